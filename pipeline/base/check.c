#include "pipeline/base/check.h"

#include <stdio.h>
#include <stdlib.h>

static _Thread_local const char *context;

void
check_context(const char *text)
{
	context = text;
}

_Noreturn void
check_failed(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: broken: %s%s%s\n", file, line, what,
	    context == NULL ? "" : "; at ", context == NULL ? "" : context);
	abort();
}

#include "daemon/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "pipeline/base/check.h"

static sigset_t
handled(void)
{
	sigset_t set;

	CHECK(sigemptyset(&set) == 0);
	CHECK(sigaddset(&set, SIGTERM) == 0);
	CHECK(sigaddset(&set, SIGINT) == 0);
	CHECK(sigaddset(&set, SIGHUP) == 0);
	return (set);
}

void
signals_block(void)
{
	sigset_t set = handled();

	/* A peer that hangs up is an error of a call, not a death. */
	CHECK(sigaddset(&set, SIGPIPE) == 0);
	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
}

int
signals_open(void)
{
	sigset_t set = handled();
	int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);

	CHECK(descriptor >= 0);
	return (descriptor);
}

int
signals_next(int descriptor)
{
	struct signalfd_siginfo got;

	if (read(descriptor, &got, sizeof got) != (ssize_t)sizeof got)
		return (0);
	return ((int)got.ssi_signo);
}

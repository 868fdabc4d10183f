#include "daemon/notify.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

enum { STATUS_MAX = 200, US_IN_MS = 1000 };

void
notify_ready(void)
{
	(void)sd_notify(0, "READY=1");
}

void
notify_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void
notify_status(const char *fmt, ...)
{
	static char said[STATUS_MAX];
	char text[STATUS_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (strcmp(text, said) == 0)
		return;
	(void)memcpy(said, text, sizeof said);
	(void)sd_notifyf(0, "STATUS=%s", text);
}

void
notify_watchdog(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}

duration_ms
notify_watchdog_every(void)
{
	uint64_t us;

	if (sd_watchdog_enabled(0, &us) <= 0)
		return (0);
	return ((duration_ms)(us / US_IN_MS / 2));
}

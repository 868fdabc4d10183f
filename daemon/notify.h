#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include "pipeline/base/duration.h"
#include "pipeline/base/outcome.h"

/*
 * What the service manager is told, over $NOTIFY_SOCKET; nothing where there
 * is none.  The main thread alone.
 */
void notify_ready(void);
void notify_stopping(void);
/* Told once however often it is said. */
void notify_status(const char *fmt, ...) PRINTF(1, 2);
/* To be called while all is well, at most notify_watchdog_every() apart. */
void notify_watchdog(void);
/* Half of WatchdogSec; 0: nobody watches. */
duration_ms notify_watchdog_every(void);

#endif

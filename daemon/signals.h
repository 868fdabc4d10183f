#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

/*
 * Signals as bytes that are read: no handler runs anywhere.
 */

/* Before any thread is started: all of them inherit it. */
void signals_block(void);
/* To poll for reading; after signals_block. */
int signals_open(void);
/* The next one that waits, or 0. */
int signals_next(int descriptor);

#endif

#ifndef PIPELINE_STORE_LOGIN_H
#define PIPELINE_STORE_LOGIN_H

#include "pipeline/store/connection.h"
#include "pipeline/store/store.h"

/* The hexadecimal SHA-1 by which Redis names a script, and a NUL. */
enum { SCRIPT_SHA_MAX = 41 };

struct login {
	const char *username; /* NULL: the default user */
	const char *password; /* NULL: no AUTH          */
	const char *name;     /* NULL: none             */
	int db;
	char script_sha[SCRIPT_SHA_MAX]; /* written by login_enter */
};

/*
 * What every new connection begins with, in one exchange: AUTH, SELECT, a
 * name, a look at the configuration, and the script of commits, whose name is
 * left in login->script_sha.  *notice is written in every case.
 *
 * DONE, RETRY
 * FATAL   refused (notice->denied), or not configured as we need it
 */
enum outcome login_enter(struct connection *connection, struct login *login,
    mono_ms deadline, struct arena *scratch, struct store_notice *notice,
    struct failure *why) MUST_CHECK;

#endif

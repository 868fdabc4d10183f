#ifndef DAEMON_FILES_H
#define DAEMON_FILES_H

#include <stdio.h>

#include "config/load.h"
#include "daemon/exit_code.h"

/*
 * What commands read of files, and how people hear about mistakes in them.
 */

/*
 * Time zones and an empty list of findings.  False: tzdata is missing, which
 * has been said on standard error (EXIT_UNREADABLE).
 */
bool files_begin(struct arena *arena, struct config_options *ret);

/* A terminal that wants colours. */
bool files_colour(FILE *to);

/* With colours where `to` is a terminal that wants them. */
void files_report(struct arena *arena, const struct findings *findings,
    enum findings_format format, FILE *to);

/*
 * The Daemon file and all that it names; mistakes go to standard error.
 * EXIT_OK    *ret is whole
 * otherwise  `mistakes` for mistakes, EXIT_UNREADABLE
 */
enum exit_code files_load(struct arena *arena, const char *path,
    enum exit_code mistakes, struct config *ret);
/* The same, with variables from elsewhere than the environment. */
enum exit_code files_load_with(struct arena *arena, const char *path,
    enum exit_code mistakes, char *(*variable)(const char *name),
    struct config *ret);

#endif

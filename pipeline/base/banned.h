#ifndef PIPELINE_BASE_BANNED_H
#define PIPELINE_BASE_BANNED_H

#include <stddef.h>

/*
 * Calls that kithd does without.  The build includes this in each of its C
 * files, so that a call of one does not compile; tests/lint/house.py reads the
 * names here and looks for them in the tests too.  Only what needs no other
 * header is declared: of time there is localtime and its like, which clang-tidy
 * and house.py find.
 */
#define BANNED(type, name, parameters, instead) \
	type name parameters __attribute__((deprecated("banned: " instead)))

BANNED(char *, strcpy, (char *, const char *), "arena_span");
BANNED(char *, strncpy, (char *, const char *, size_t), "arena_span");
BANNED(char *, strcat, (char *, const char *), "buffer_span_add");
BANNED(char *, strncat, (char *, const char *, size_t), "buffer_span_add");
BANNED(char *, stpcpy, (char *, const char *), "arena_span");
BANNED(int, sprintf, (char *, const char *, ...), "arena_print");
BANNED(char *, gets, (char *), "getline");
BANNED(char *, strtok, (char *, const char *), "span");
BANNED(int, atoi, (const char *), "a reader that can refuse");
BANNED(long, atol, (const char *), "a reader that can refuse");
BANNED(long long, atoll, (const char *), "a reader that can refuse");
BANNED(double, atof, (const char *), "a reader that can refuse");
BANNED(int, sscanf, (const char *, const char *, ...), "a reader of its own");
BANNED(int, setenv, (const char *, const char *, int), "a parameter");
BANNED(int, unsetenv, (const char *), "a parameter");
BANNED(int, putenv, (char *), "a parameter");
BANNED(int, system, (const char *), "posix_spawn");
BANNED(int, rand, (void), "randomness as a parameter");
BANNED(long, random, (void), "randomness as a parameter");
BANNED(unsigned, sleep, (unsigned), "poll");
BANNED(int, usleep, (unsigned), "poll");

#endif

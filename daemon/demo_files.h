#ifndef DAEMON_DEMO_FILES_H
#define DAEMON_DEMO_FILES_H

#include <stddef.h>

/* The files of config/example, in the program: made by CMakeLists.txt. */
struct demo_file {
	const char *name; /* "schema.yaml" */
	const char *text;
	size_t length;
};
extern const struct demo_file demo_files[];
extern const size_t n_demo_files;

#endif

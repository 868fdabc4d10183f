#ifndef CONFIG_SOURCES_H
#define CONFIG_SOURCES_H

#include "config/kinds.h"
#include "config/path.h"

/* The files of a run: each is read once, however many name it. */
struct document {
	enum kind kind; /* KIND_NONE: not ours, or reported */
	struct node *root;
	const struct file *file;
	bool taken; /* belongs to a Daemon or RuleTest that was checked */
};

struct source {
	struct file file;
	struct document *documents;
	size_t n;
	struct source *next;
	uint64_t device; /* which file it is, under whatever name */
	uint64_t number;
};

struct sources {
	struct binder *binder;
	struct source *first; /* in the order of reading */
	struct source **last;
	unsigned n;
};

void sources_init(struct sources *sources, struct binder *binder);

/* Several documents out of several files. */
struct set {
	struct document **documents;
	size_t n;
	size_t room;
	bool whole; /* every file could be read to its end */
};

/*
 * Add what a path stands for (path.h), seen from the folder of `from` (NULL:
 * as it is).  Documents of files that were found, not named, and that do not
 * begin with our apiVersion are somebody else's.
 *
 * DONE    mistakes in the files are reported
 * REJECT  there is no such file, or it cannot be read; *set is as it was, but
 *	   not whole
 */
enum outcome sources_add(struct sources *sources, const struct file *from,
    struct span path, struct set *set, struct failure *why) MUST_CHECK;

#endif

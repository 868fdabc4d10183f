#ifndef PIPELINE_STORE_KIND_H
#define PIPELINE_STORE_KIND_H

#include "pipeline/store/store.h"

/*
 * What a kind of store does; the contracts are those of store.h.
 */
struct store_kind {
	enum outcome (*claim)(struct store *, int task, struct span token,
	    struct arena *, struct task_found *, struct failure *);
	enum outcome (*raise_epoch)(struct store *, const struct owner *,
	    int64_t epoch, struct failure *);
	enum outcome (*load)(struct store *, struct load_request *, size_t n,
	    struct arena *, struct failure *);
	enum outcome (*due)(struct store *, struct due_request *, size_t n,
	    struct arena *, struct failure *);
	enum outcome (*commit)(struct store *, struct commit_request *,
	    size_t n, struct arena *, struct failure *);
	void (*published)(struct store *, const struct owner *);
	enum outcome (*read)(struct store *, int task, struct span id,
	    struct arena *, struct span *, struct failure *);
	enum outcome (*state)(struct store *, int task, struct arena *,
	    struct task_found *, struct failure *);
	duration_ms (*wait)(const struct store *);
	void (*close)(struct store *);
};

/* The head of each kind's own struct. */
struct store {
	const struct store_kind *kind;
	struct store_notice notice;
};

/*
 * The answer for several tasks, one by one: *all becomes the heaviest (FATAL,
 * RETRY, FENCED, DONE), *why the reason of the first that is as heavy.
 */
void kind_join(enum outcome *all, struct failure *why, enum outcome one,
    const struct failure *reason);

/* "task N: not ours: …" */
enum outcome kind_fenced(
    const struct owner *owner, struct failure *why) MUST_CHECK;

/* Where no customer of the task is ever due. */
struct position position_never(void);

#endif

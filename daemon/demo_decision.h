#ifndef DAEMON_DEMO_DECISION_H
#define DAEMON_DEMO_DECISION_H

#include "pipeline/base/record.h"
#include "pipeline/bridge/json.h"

/* A message of the output topics, as far as a person wants to read it. */
struct demo_decision {
	struct span type; /* "win_back" */
	struct span customer;
	struct span channel;
	struct span timezone; /* empty: not said */
	struct span reason;   /* empty: it was published */
	struct span why;
	struct span params; /* "step 1, best_category shoes" */
	wall_ms at;         /* decided_at */
};

/* False: it is none.  Texts are in the arena. */
bool demo_decision_read(struct json_reader *reader,
    const struct message *message, struct arena *arena,
    struct demo_decision *ret);

#endif

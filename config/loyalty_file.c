/* Kind LoyaltyProgram: tiers by what a customer spends. */
#include <stdlib.h>

#include "config/kinds.h"

enum {
	TIERS_MAX = 32,
	MEASURE_SPEND,
	KIND_ONE_DOWN,
};

struct loyalty_file {
	struct tier_program program;
	int measure;
	int downgrade;
};

static const struct word measures[] = {
    {"spend", MEASURE_SPEND, false},
    {"points", 0, true},
    {"visits", 0, true},
};

static bool
starts_with(struct span text, struct span start)
{
	return (text.length >= start.length &&
		memcmp(text.at, start.at, start.length) == 0);
}

/* "rolling 365d"; calendars come later. */
static bool
read_window(struct binder *b, struct node *node, void *target)
{
	static const char *const later[] = {
	    "calendar", "year", "half", "quarter", "month", "anniversary"};
	const struct span rolling = SPAN("rolling ");
	struct loyalty_file *file = target;
	struct failure why = {{0}};
	struct span text;

	if (!scalar_text(b, node, &text))
		return (false);
	for (size_t i = 0; i < ROWS(later); i++) {
		if (starts_with(text, span_of(later[i]))) {
			refuse_later(b, node, text.at);
			return (false);
		}
	}
	if (!starts_with(text, rolling)) {
		refuse(b, node, "E012", "window: rolling 365d",
		    "'window' must be 'rolling' and a duration, found '%.*s'",
		    SPAN_ARGS(text));
		return (false);
	}
	text.at += rolling.length;
	text.length -= rolling.length;
	if (duration_parse(text, &file->program.window, &why) != DONE ||
	    file->program.window < DAY_MS) {
		refuse(b, node, "E012", "window: rolling 365d",
		    "'window' must be at least a day: %s",
		    why.text[0] != '\0' ? why.text : "it is shorter");
		return (false);
	}
	return (true);
}

static bool
check_tier(struct binder *b, const struct node *key, const struct tier *tiers,
    size_t i)
{
	if (span_equals(tiers[i].name, SPAN("none"))) {
		refuse(b, key, "E012", NULL,
		    "'none' is what is below the first tier");
		return (false);
	}
	if (b->currency == NULL ||
	    tiers[i].threshold > (i > 0 ? tiers[i - 1].threshold : 0))
		return (true);
	refuse(b, key, "E016", "write the lowest tier first",
	    "the threshold of '%.*s' is not above %s%.*s",
	    SPAN_ARGS(tiers[i].name), i > 0 ? "that of " : "",
	    SPAN_ARGS(i > 0 ? tiers[i - 1].name : SPAN("0")));
	return (false);
}

static bool
read_tiers(struct binder *b, struct node *node, void *target)
{
	struct tier_program *program =
	    &((struct loyalty_file *)target)->program;
	struct tier *tiers;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	if (node->n == 0 || node->n > TIERS_MAX) {
		refuse(b, node, "E014", NULL, "there must be 1 to %d tiers",
		    TIERS_MAX);
		return (false);
	}
	tiers = ARENA_ARRAY(b->arena, node->n, struct tier);
	for (size_t i = 0; i < node->n; i++) {
		struct node *key = node->items[2 * i];

		good = scalar_name(b, key, &tiers[i].name) &&
		       scalar_money(
			   b, node->items[2 * i + 1], &tiers[i].threshold) &&
		       check_tier(b, key, tiers, i) && good;
	}
	program->tiers = tiers;
	program->n_tiers = (int)node->n;
	return (good);
}

static int
longest_first(const void *a, const void *b)
{
	duration_ms x = *(const duration_ms *)a;
	duration_ms y = *(const duration_ms *)b;

	return (x > y ? -1 : x < y);
}

static bool
read_warn(struct binder *b, struct node *node, void *target)
{
	struct tier_program *program =
	    &((struct loyalty_file *)target)->program;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	if (node->n > WARNINGS_MAX) {
		refuse(b, node, "E014", NULL,
		    "there can be at most %d warnings", WARNINGS_MAX);
		return (false);
	}
	for (size_t i = 0; i < node->n; i++)
		good = scalar_duration(b, node->items[i], MINUTE_MS, 0,
			   &program->warn[i]) &&
		       good;
	program->n_warn = (int)node->n;
	qsort(program->warn, node->n, sizeof program->warn[0], longest_first);
	for (size_t i = 1; i < node->n && good; i++) {
		if (program->warn[i] != program->warn[i - 1])
			continue;
		refuse(b, node, "E010", NULL, "a warning is given twice");
		good = false;
	}
	return (good);
}

static const struct word downgrades[] = {
    {"one_down", KIND_ONE_DOWN, false},
    {"to_earned", 0, true},
    {"floor", 0, true},
    {"real_time", 0, true},
};

static const struct key downgrade_keys[] = {
    {.name = "kind",
	.type = KEY_WORD,
	.required = true,
	KEY_NUMBER(loyalty_file, downgrade),
	KEY_WORDS(downgrades),
	.about = "`one_down`: one tier at a time."},
    {.name = "grace",
	.type = KEY_DURATION,
	KEY_AT(loyalty_file, program.grace),
	.preset = "0s",
	.about = "How long a status is kept after its threshold is missed."},
    {.name = "warn",
	.type = KEY_CUSTOM,
	.read = read_warn,
	.form = "[14d, 3d]",
	.otherwise = "none",
	.about = "How long before the end of the status `tier: at_risk` "
		 "fires."},
};
static const struct table downgrade_table = {.title = "downgrade",
    .about = "How a status is lost.",
    .keys = downgrade_keys,
    .n = ROWS(downgrade_keys)};

static const struct key loyalty_keys[] = {
    KIND_ROWS(loyalty_file, program.name),
    {.name = "schema",
	.type = KEY_FREE,
	.required = true,
	.about = "The EventSchema that it is for."},
    {.name = "measure",
	.type = KEY_WORD,
	.required = true,
	KEY_NUMBER(loyalty_file, measure),
	KEY_WORDS(measures),
	.about = "What counts: purchases less refunds."},
    {.name = "window",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_window,
	.form = "`rolling 365d`",
	.about = "Over which time."},
    {.name = "tiers",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_tiers,
	.form = "{silver: 250.00, gold: 1000.00}",
	.about = "Thresholds in the schema's currency, the lowest first; below "
		 "the first the tier is `none`."},
    {.name = "downgrade",
	.type = KEY_TABLE,
	.required = true,
	.inner = &downgrade_table,
	.about = "How a status is lost."},
    {.name = "validity",
	.type = KEY_LATER,
	.about = "A status that is kept for a time."},
};
static const struct table loyalty_table = {.title = "LoyaltyProgram",
    .about = "Tiers: at most one for a schema.",
    .keys = loyalty_keys,
    .n = ROWS(loyalty_keys)};

const struct table *const loyalty_tables[] = {
    &loyalty_table, &downgrade_table, NULL};

const struct tier_program *
read_loyalty(struct binder *b, struct node *root)
{
	struct loyalty_file *file = ARENA_NEW(b->arena, struct loyalty_file);

	(void)bind_table(b, &loyalty_table, root, file);
	return (&file->program);
}

#ifndef TESTS_UNIT_CEL_FAKE_H
#define TESTS_UNIT_CEL_FAKE_H

#include <math.h>

#include "pipeline/bridge/zones.h"
#include "pipeline/cel/cel.h"

/*
 * A host for the tests of the language: names that hold still, go in steps,
 * rise, fall, are null or are wrong, and expressions under names.
 */
enum fake_name {
	FAKE_N,       /* int                                            */
	FAKE_M,       /* int                                            */
	FAKE_U,       /* uint                                           */
	FAKE_X,       /* double                                         */
	FAKE_B,       /* bool                                           */
	FAKE_TEXT,    /* string                                         */
	FAKE_TIER,    /* string: bronze, silver, gold                   */
	FAKE_SPEND,   /* money                                          */
	FAKE_AMOUNT,  /* money                                          */
	FAKE_AT,      /* timestamp                                      */
	FAKE_AT2,     /* timestamp                                      */
	FAKE_GAP,     /* duration                                       */
	FAKE_ZONE,    /* string                                         */
	FAKE_TAGS,    /* list(string)                                   */
	FAKE_BIRTH,   /* date                                           */
	FAKE_NOTHING, /* string, null                                   */
	FAKE_NO_INT,  /* int, null                                      */
	FAKE_BROKEN,  /* int, an error                                  */
	FAKE_STEPS,   /* int: one more each `step` ms from `base` on    */
	FAKE_FLAG,    /* bool: turns each `step` ms                     */
	FAKE_ALIVE,   /* double: falls from 1 towards 0, with a guess   */
	FAKE_FADING,  /* the same without                               */
	FAKE_GROWN,   /* double: rises from 0 towards 1, with a guess   */
	FAKE_CLV,     /* money: falls from 1000.00, with a guess        */
	FAKE_AGE,     /* duration: now - base                           */
	FAKE_FREE,    /* double: as it likes                            */
	FAKE_CALL,    /* fn(n) -> int                                   */
	FAKE_VALUE,   /* entry.value: of nothing, an error              */
	FAKE_NAMED,   /* now - at > 30d, under a name                   */
	FAKE_SHARE,   /* alive, under a name                            */
	FAKE_SINCE,   /* now - at, under a name                         */
	FAKE_NAMES,
};

static const struct fake_row {
	const char *text;
	enum cel_type_kind type;
	enum cel_class class;
	int slope;
	bool non_negative;
	const char *shared;
} fake_rows[FAKE_NAMES] = {
    [FAKE_N] = {"n", CEL_TYPE_INT, CEL_K, 0, false, NULL},
    [FAKE_M] = {"m", CEL_TYPE_INT, CEL_K, 0, false, NULL},
    [FAKE_U] = {"u", CEL_TYPE_UINT, CEL_K, 0, false, NULL},
    [FAKE_X] = {"x", CEL_TYPE_DOUBLE, CEL_K, 0, false, NULL},
    [FAKE_B] = {"b", CEL_TYPE_BOOL, CEL_K, 0, false, NULL},
    [FAKE_TEXT] = {"text", CEL_TYPE_STRING, CEL_K, 0, false, NULL},
    [FAKE_TIER] = {"tier.name", CEL_TYPE_STRING, CEL_K, 0, false, NULL},
    [FAKE_SPEND] = {"spend", CEL_TYPE_MONEY, CEL_K, 0, true, NULL},
    [FAKE_AMOUNT] = {"event.amount", CEL_TYPE_MONEY, CEL_K, 0, true, NULL},
    [FAKE_AT] = {"at", CEL_TYPE_TIMESTAMP, CEL_K, 0, false, NULL},
    [FAKE_AT2] = {"at2", CEL_TYPE_TIMESTAMP, CEL_K, 0, false, NULL},
    [FAKE_GAP] = {"gap", CEL_TYPE_DURATION, CEL_K, 0, false, NULL},
    [FAKE_ZONE] = {"customer.zone", CEL_TYPE_STRING, CEL_K, 0, false, NULL},
    [FAKE_TAGS] = {"tags", CEL_TYPE_LIST, CEL_K, 0, false, NULL},
    [FAKE_BIRTH] = {"birth", CEL_TYPE_DATE, CEL_K, 0, false, NULL},
    [FAKE_NOTHING] = {"nothing", CEL_TYPE_STRING, CEL_K, 0, false, NULL},
    [FAKE_NO_INT] = {"no_int", CEL_TYPE_INT, CEL_K, 0, false, NULL},
    [FAKE_BROKEN] = {"broken", CEL_TYPE_INT, CEL_K, 0, false, NULL},
    [FAKE_STEPS] = {"steps", CEL_TYPE_INT, CEL_S, 0, true, NULL},
    [FAKE_FLAG] = {"flag", CEL_TYPE_BOOL, CEL_S, 0, false, NULL},
    [FAKE_ALIVE] = {"alive", CEL_TYPE_DOUBLE, CEL_FALLING, 0, true, NULL},
    [FAKE_FADING] = {"fading", CEL_TYPE_DOUBLE, CEL_FALLING, 0, true, NULL},
    [FAKE_GROWN] = {"grown", CEL_TYPE_DOUBLE, CEL_RISING, 0, true, NULL},
    [FAKE_CLV] = {"clv(365d)", CEL_TYPE_MONEY, CEL_FALLING, 0, true, NULL},
    [FAKE_AGE] = {"age", CEL_TYPE_DURATION, CEL_L, 1, false, NULL},
    [FAKE_FREE] = {"free", CEL_TYPE_DOUBLE, CEL_FREE, 0, false, NULL},
    [FAKE_CALL] = {"fn(n)", CEL_TYPE_INT, CEL_K, 0, false, NULL},
    [FAKE_VALUE] = {"entry.value", CEL_TYPE_INT, CEL_K, 0, false, NULL},
    [FAKE_NAMED] = {"named", CEL_TYPE_BOOL, CEL_K, 0, false, "now - at > 30d"},
    [FAKE_SHARE] = {"share", CEL_TYPE_DOUBLE, CEL_K, 0, false, "alive"},
    [FAKE_SINCE] = {"since", CEL_TYPE_DURATION, CEL_K, 0, false, "now - at"},
};

#define FAKE_CLV_MINOR 100000.0

static const struct value fake_tags[] = {
    {.kind = VALUE_STRING, .length = 3, .text = "vip"},
    {.kind = VALUE_STRING, .length = 3, .text = "new"},
};

/* What the names hold, and what things are made of. */
struct fake {
	struct arena *arena;
	const struct zones *zones;
	struct arena *zones_arena;
	struct value values[FAKE_NAMES];
	wall_ms base; /* alive is 1 there */
	int64_t step;
	double life; /* ms in which alive falls to 1/e */
	struct cel_leaf leaves[FAKE_NAMES];
	struct cel_memo memos[FAKE_NAMES];
	struct report report;
	char
	    first[512]; /* "E120 at 3+5: message | help" of the first finding */
	unsigned n_findings;
};

static inline struct value
fake_steps(const struct fake *fake, struct cel_eval *ev)
{
	int64_t since = ev->now - fake->base;
	int64_t n = since / fake->step - (since % fake->step < 0);

	cel_lower(ev, fake->base + (n + 1) * fake->step);
	return (value_int(n));
}

static inline double
fake_alive(const struct fake *fake, wall_ms t)
{
	return (
	    t <= fake->base ? 1 : exp((double)(fake->base - t) / fake->life));
}

static inline struct value
fake_read(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct fake *fake = ev->subject;
	struct value v;

	switch (leaf->number) {
	case FAKE_STEPS:
		return (fake_steps(fake, ev));
	case FAKE_FLAG:
		v = fake_steps(fake, ev);
		return (value_bool(v.i % 2 == 0));
	case FAKE_ALIVE:
	case FAKE_FADING:
		return (value_double(fake_alive(fake, ev->now)));
	case FAKE_GROWN:
		return (value_double(1 - fake_alive(fake, ev->now)));
	case FAKE_CLV:
		return (value_money(
		    (int64_t)(FAKE_CLV_MINOR * fake_alive(fake, ev->now))));
	case FAKE_AGE:
		return (value_duration(ev->now - fake->base));
	default:
		return (fake->values[leaf->number]);
	}
}

/* A rough closed form: the evaluator makes it exact. */
static inline wall_ms
fake_guess(const struct cel_leaf *leaf, struct cel_eval *ev, double bound)
{
	const struct fake *fake = ev->subject;

	if (leaf->number == FAKE_CLV)
		bound /= FAKE_CLV_MINOR;
	if (leaf->number == FAKE_GROWN)
		bound = 1 - bound;
	if (!(bound > 0 && bound < 1))
		return (INSTANT_NEVER);
	return (fake->base + (int64_t)(-log(bound) * fake->life) + 17);
}

static inline enum cel_claim
fake_resolve(const struct cel_host *host, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	const struct fake *fake = host->context;
	struct span text = {
	    cel_checker_text(checker)->text.at + node->offset, node->length};

	for (int i = 0; i < FAKE_NAMES; i++) {
		if (span_equals(text, span_of(fake_rows[i].text))) {
			*leaf = fake->leaves[i];
			return (CEL_MINE);
		}
	}
	if (span_equals(text, SPAN("refused"))) {
		cel_refuse(checker, node, "E110", NULL, "refused by the host");
		return (CEL_REFUSED);
	}
	return (CEL_NOT_MINE);
}

static inline void
fake_add(struct report *report, const struct finding *finding)
{
	struct fake *fake =
	    (struct fake *)(void *)((char *)report -
				    offsetof(struct fake, report));

	if (fake->n_findings++ == 0)
		(void)snprintf(fake->first, sizeof fake->first,
		    "%s %zu+%zu %.*s%s%.*s", finding->code, finding->offset,
		    finding->length, SPAN_ARGS(finding->message),
		    finding->help.length > 0 ? " | " : "",
		    SPAN_ARGS(finding->help));
}

static inline struct cel_host
fake_host(const struct fake *fake)
{
	return ((struct cel_host){fake_resolve, fake});
}

static inline struct cel_dialect
fake_dialect(const struct fake *fake, bool product)
{
	return ((struct cel_dialect){
	    .product = product, .currency = {"EUR", 2}, .zones = fake->zones});
}

static inline const struct cel_expr *
fake_compile(struct fake *fake, struct span text, enum cel_use use,
    enum cel_type_kind wanted)
{
	struct source_text *source =
	    arena_alloc(fake->arena, sizeof(struct source_text));
	struct cel_host host = fake_host(fake);
	struct cel_dialect dialect = fake_dialect(fake, true);

	source->text = text;
	fake->first[0] = '\0';
	fake->n_findings = 0;
	return (cel_compile(
	    fake->arena, source, &host, &dialect, use, wanted, &fake->report));
}

static inline void
fake_leaves(struct fake *fake)
{
	static const struct span tiers[] = {
	    {"bronze", 6}, {"silver", 6}, {"gold", 4}};
	static const struct cel_type string = {.kind = CEL_TYPE_STRING};

	for (int i = 0; i < FAKE_NAMES; i++) {
		const struct fake_row *row = &fake_rows[i];
		struct cel_leaf *leaf = &fake->leaves[i];

		*leaf = (struct cel_leaf){.type = {.kind = row->type},
		    .class = row->class,
		    .slope = row->slope,
		    .non_negative = row->non_negative,
		    .read = fake_read,
		    .number = i,
		    .memo = i};
		if (i == FAKE_ALIVE || i == FAKE_GROWN || i == FAKE_CLV)
			leaf->guess = fake_guess;
		if (i == FAKE_TAGS)
			leaf->type.element = &string;
		if (i == FAKE_TIER) {
			leaf->type.options = tiers;
			leaf->type.n_options = 3;
		}
		if (row->shared == NULL)
			continue;
		leaf->shared = fake_compile(
		    fake, span_of(row->shared), CEL_NAMED, CEL_TYPE_DYN);
	}
}

static inline void
fake_init(struct fake *fake)
{
	memset(fake, 0, sizeof *fake);
	fake->arena = arena_new();
	fake->report.add = fake_add;
	fake->base = INT64_C(1736150400000); /* 2025-01-06T08:00:00Z */
	fake->step = DAY_MS;
	fake->life = 90.0 * (double)DAY_MS;
	fake->values[FAKE_N] = value_int(3);
	fake->values[FAKE_M] = value_int(-7);
	fake->values[FAKE_U] = (struct value){.kind = VALUE_UINT, .u = 5};
	fake->values[FAKE_X] = value_double(2.5);
	fake->values[FAKE_B] = value_bool(true);
	fake->values[FAKE_TEXT] = value_string(SPAN("Zo\xc3\xab"));
	fake->values[FAKE_TIER] = value_string(SPAN("gold"));
	fake->values[FAKE_SPEND] = value_money(12345);
	fake->values[FAKE_AMOUNT] = value_money(3000);
	fake->values[FAKE_AT] = value_timestamp(fake->base);
	fake->values[FAKE_AT2] = value_timestamp(fake->base + 5 * DAY_MS);
	fake->values[FAKE_GAP] = value_duration(90 * MINUTE_MS);
	fake->values[FAKE_ZONE] = value_string(SPAN("Europe/Berlin"));
	fake->values[FAKE_TAGS] =
	    (struct value){.kind = VALUE_LIST, .length = 2, .items = fake_tags};
	fake->values[FAKE_BIRTH] = value_date((struct civil_day){1988, 2, 29});
	fake->values[FAKE_NOTHING] = value_null();
	fake->values[FAKE_NO_INT] = value_null();
	fake->values[FAKE_BROKEN] = value_error("broken");
	fake->values[FAKE_FREE] = value_double(1);
	fake->values[FAKE_CALL] = value_int(9);
	fake->values[FAKE_VALUE] = value_error("of nothing");
	fake_leaves(fake);
}

static inline void
fake_done(struct fake *fake)
{
	arena_free(fake->arena);
}

/* For a group of cmocka's: *state is the host. */
static inline int
fake_set_up(void **state)
{
	static struct fake fake;
	struct arena *arena = arena_new();
	struct failure why;
	const struct zones *zones;

	if (zones_load(arena, &zones, &why) != DONE)
		return (-1);
	fake_init(&fake);
	fake.zones = zones;
	fake.zones_arena = arena;
	*state = &fake;
	return (0);
}

static inline int
fake_tear_down(void **state)
{
	struct fake *fake = *state;

	arena_free(fake->zones_arena);
	fake_done(fake);
	return (0);
}

static inline struct cel_eval
fake_eval(struct fake *fake, wall_ms now)
{
	return ((struct cel_eval){.now = now,
	    .until = INSTANT_NEVER,
	    .arena = fake->arena,
	    .subject = fake,
	    .zones = fake->zones});
}

#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/cel_fake.h"

static struct value
value_at(
    struct fake *fake, const struct cel_expr *expr, wall_ms now, wall_ms *until)
{
	struct cel_eval ev = fake_eval(fake, now);
	struct value v = cel_evaluate(expr, &ev);

	*until = ev.until;
	return (v);
}

static bool
answers_the_same(struct value a, struct value b)
{
	return (a.kind == b.kind &&
		(a.kind == VALUE_ERROR || a.kind == VALUE_NULL ||
		    (a.kind == VALUE_BOOL ? a.truth == b.truth
			: a.kind == VALUE_STRING
			    ? span_equals(value_text(a), value_text(b))
			    : a.i == b.i)));
}

static const struct cel_expr *
compile(struct fake *fake, const char *text, enum cel_type_kind wanted)
{
	const struct cel_expr *expr =
	    fake_compile(fake, span_of(text), CEL_IN_TIME, wanted);

	if (expr == NULL)
		fail_msg("%s: %s", text, fake->first);
	return (expr);
}

/* Each of these turns within the window, or never; all in whole ms. */
static const char *const linear[] = {
    "now > at2",
    "now >= at2",
    "now < at2",
    "now <= at2",
    "now == at2",
    "now != at2",
    "at2 < now",
    "at2 >= now",
    "now - at > 120h",
    "now - at >= 120h",
    "at2 - now < 5s",
    "at2 - now <= 5s",
    "at2 - now == 5s",
    "5s > at2 - now",
    "age > 5d",
    "age >= 5d && n > 2",
    "since > 5d",
    "now - at > at2 - now + 115h + 5h",
    "(now - at) + (now - at) >= 240h",
    "(now - at) + (now - at) > 240h",
    "(now - at) + (now - at) == 240h",
    "(now - at) + (now - at) == 240h + 1ms - 0s",
    "(now - at) - (now - at2) == 120h",
    "now > timestamp('2025-01-11T08:00:00.0005Z')",
    "now >= timestamp('2025-01-11T08:00:00.0005Z')",
    "now < timestamp('2025-01-11T08:00:00.0005Z')",
    "now == timestamp('2025-01-11T08:00:00.0005Z')",
    "timestamp('2025-01-11T08:00:00.0005Z') - now > 0s",
    "timestamp('2025-01-11T08:00:00.0005Z') - now >= 0s",
    "timestamp('2025-01-11T08:00:00.0005Z') - now <= 0s",
    "now > at2 || b && now == at2 + 2ms",
    "!(now > at2)",
    "(now > at2 ? 1 : 2) == 2",
    "broken == 1 || now > at2",
};

/*
 * Around the crossing, for each ms: until is the first ms behind it at which
 * the answer is another, as trying all of them finds it.
 */
static void
linear_crossings_are_exact_to_the_millisecond(void **state)
{
	struct fake *fake = *state;
	wall_ms from = fake->base + 5 * DAY_MS - 40;
	enum { WINDOW = 80 };

	for (size_t i = 0; i < sizeof linear / sizeof linear[0]; i++) {
		const struct cel_expr *expr =
		    compile(fake, linear[i], CEL_TYPE_BOOL);

		for (int ms = 0; ms < WINDOW; ms++) {
			wall_ms until;
			wall_ms ignored;
			wall_ms turns = from + ms + 1;
			struct value v =
			    value_at(fake, expr, from + ms, &until);

			while (turns < from + WINDOW &&
			       answers_the_same(
				   v, value_at(fake, expr, turns, &ignored)))
				turns++;
			if (turns < from + WINDOW ? until != turns
						  : until < from + WINDOW)
				fail_msg("%s at %d: until %lld, turns %lld",
				    linear[i], ms, (long long)(until - from),
				    (long long)(turns - from));
		}
	}
}

static const struct far_row {
	const char *text;
	int64_t after; /* until - base; 0: never */
} far_rows[] = {
    {"now - at > 30d", 30 * DAY_MS + 1},
    {"now - at >= 30d", 30 * DAY_MS},
    {"named", 30 * DAY_MS + 1},
    {"n > 5 && now - at > 30d", 0},
    {"n > 5 || now - at > 30d", 30 * DAY_MS + 1},
    {"now - at < 0s", 0},
    {"n == 3", 0},
    {"now > at", 1},
    {"now >= at", 0},
    {"steps == 0", DAY_MS},
    {"steps >= 0 && now - at > 36h", DAY_MS},
    {"has(age)", 0},
    {"now.getHours() == 8", HOUR_MS},
    {"now.getHours(customer.zone) == 9", HOUR_MS},
    {"now.getMinutes() == 0", MINUTE_MS},
    {"now.getDate('Asia/Tokyo') == 6", 7 * HOUR_MS},
    {"now.getDate(customer.zone) == 6", 15 * HOUR_MS},
    {"(now + 30m).getHours() == 8", HOUR_MS / 2},
    {"(now - at).getHours() == 0", HOUR_MS},
    {"(at2 - now).getHours() == 0", 1},
    {"age.getMinutes() == 0", MINUTE_MS},
    {"now.getMonth() == 0", INT64_C(25) * DAY_MS + 16 * HOUR_MS},
    {"now.getFullYear() == 2025", INT64_C(359) * DAY_MS + 16 * HOUR_MS},
    {"now.getDayOfWeek() == 1", 16 * HOUR_MS},
    {"now.getHours('+05:30') == 13", HOUR_MS / 2},
};

static void
until_is_where_the_next_change_is(void **state)
{
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof far_rows / sizeof far_rows[0]; i++) {
		const struct far_row *row = &far_rows[i];
		wall_ms until;

		(void)value_at(fake, compile(fake, row->text, CEL_TYPE_BOOL),
		    fake->base, &until);
		if (until !=
		    (row->after == 0 ? INSTANT_NEVER : fake->base + row->after))
			fail_msg("%s: until %lld", row->text,
			    (long long)(until - fake->base));
	}
}

/* Summer time in Berlin, Lord Howe by half an hour, Apia's lost day. */
static const struct change_row {
	const char *zone;
	const char *from;
} change_rows[] = {
    {"Europe/Berlin", "2025-03-30T00:50:00Z"},
    {"Europe/Berlin", "2025-10-26T00:50:00Z"},
    {"Australia/Lord_Howe", "2025-04-05T14:50:00Z"},
    {"Australia/Lord_Howe", "2025-10-04T15:20:00Z"},
    {"Pacific/Apia", "2011-12-30T09:50:00Z"},
    {"America/New_York", "2025-11-02T05:50:00Z"},
    {"Asia/Kathmandu", "2025-12-31T18:10:00Z"},
};

static const char *const getters[] = {"getFullYear", "getMonth", "getDate",
    "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes"};

/* Second by second through the change: until is the next other answer. */
static void
getters_change_where_the_wall_does(void **state)
{
	enum { SECONDS = 5400, STEP = 30, ROOM = 128 };
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof change_rows / sizeof change_rows[0] *
				   (sizeof getters / sizeof getters[0]);
	     i++) {
		const struct change_row *row =
		    &change_rows[i / (sizeof getters / sizeof getters[0])];
		const char *getter =
		    getters[i % (sizeof getters / sizeof getters[0])];
		const struct cel_expr *expr;
		wall_ms from;
		wall_ms until;
		char text[ROOM];
		struct value before;

		assert_int_equal(
		    instant_parse(span_of(row->from), &from, NULL), DONE);
		(void)snprintf(
		    text, sizeof text, "now.%s('%s')", getter, row->zone);
		expr = compile(fake, text, CEL_TYPE_INT);
		before = value_at(fake, expr, from, &until);
		for (int s = 1; s < SECONDS; s++) {
			wall_ms now = from + s * SECOND_MS;
			wall_ms next;
			struct value v = value_at(fake, expr, now, &next);

			if (now < until
				? !answers_the_same(v, before)
				: answers_the_same(v, before) || now != until)
				fail_msg("%s at %s + %d s: %lld, until %lld",
				    text, row->from, s, (long long)v.i,
				    (long long)(until - from) / SECOND_MS);
			before = v;
			until = next;
		}
	}
}

/* What stands before the name, between it and the bound, and behind that. */
static const char *const monotone[][3] = {
    {"", " < ", ""},
    {"", " <= ", ""},
    {"", " > ", ""},
    {"", " >= ", ""},
    {"", " * 2.0 < 2.0 * ", ""},
    {"", " + 1.0 >= ", " + 1.0"},
    {"-", " > -", ""},
    {"", " / 2.0 < ", " / 2.0"},
    {"1.0 - ", " < 1.0 - ", ""},
};

/*
 * Random models: the crossing with a closed form beside the one without, and
 * both beside a test of the two milliseconds around it.
 */
static void
monotone_crossings_need_no_guess(void **state)
{
	enum { ROUNDS = 400, ROOM = 128 };
	struct fake *fake = *state;
	uint64_t seed = 88172645463325252ULL;
	double life = fake->life;

	for (int round = 0; round < ROUNDS; round++) {
		const char *const *form =
		    monotone[(size_t)round %
			     (sizeof monotone / sizeof monotone[0])];
		char bound[ROOM];
		char text[ROOM];
		wall_ms until[3];
		wall_ms ignored;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		fake->life = (double)(1 + seed % (200 * (uint64_t)DAY_MS));
		(void)snprintf(bound, sizeof bound, "0.%03u",
		    (unsigned)(seed >> 32) % 998 + 1);
		for (int i = 0; i < 3; i++) {
			static const char *const names[] = {
			    "alive", "fading", "share"};

			(void)snprintf(text, sizeof text, "%s%s%s%s%s", form[0],
			    names[i], form[1], bound, form[2]);
			(void)value_at(fake, compile(fake, text, CEL_TYPE_BOOL),
			    fake->base, &until[i]);
		}
		if (until[0] != until[1] || until[0] != until[2])
			fail_msg("%s of life %f: %lld with, %lld without", text,
			    fake->life, (long long)until[0],
			    (long long)until[1]);
		const struct cel_expr *expr =
		    compile(fake, text, CEL_TYPE_BOOL);
		struct value now = value_at(fake, expr, fake->base, &ignored);

		assert_true(until[0] < INSTANT_NEVER);
		assert_true(answers_the_same(
		    now, value_at(fake, expr, until[0] - 1, &ignored)));
		assert_false(answers_the_same(
		    now, value_at(fake, expr, until[0], &ignored)));
		assert_int_equal(
		    until[0], cel_first_flip(expr,
				  &(struct cel_eval){.arena = fake->arena,
				      .subject = fake,
				      .zones = fake->zones},
				  fake->base, INSTANT_NEVER));
		assert_int_equal(
		    until[0], cel_first_flip(expr,
				  &(struct cel_eval){.arena = fake->arena,
				      .subject = fake,
				      .zones = fake->zones},
				  fake->base, fake->base + DAY_MS));
	}
	fake->life = life;
}

/* A grammar that only makes what is legal in time. */
struct maker {
	char *at;
	size_t left;
	uint64_t seed;
};

static unsigned
pick(struct maker *m, unsigned n)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return ((unsigned)(m->seed >> 11) % n);
}

static void
put(struct maker *m, const char *text)
{
	int n = snprintf(m->at, m->left, "%s", text);

	m->at += n;
	m->left -= (size_t)n;
}

static const char *const durations[] = {"now - at", "at2 - now", "age", "since",
    "gap", "5d", "36h", "(now - at) + (now - at2)", "(at2 - now) - (now - at)"};
static const char *const doubles[] = {"alive", "fading", "share", "1.0 - grown",
    "alive * 2.0", "alive * fading", "alive + fading", "double(alive)"};
static const char *const numbers[] = {"n", "steps", "now.getHours()",
    "now.getDayOfWeek(customer.zone)", "(now - at).getHours()",
    "(at2 - now).getHours()", "broken", "age.getMinutes()", "no_int",
    "steps * n", "tags.size()", "(now + gap).getDate('Asia/Tokyo')"};
static const char *const sums[] = {"clv(365d)", "clv(365d) * 2",
    "clv(365d) / 3", "clv(365d) * 0.5", "clv(365d) - 100.00",
    "spend + clv(365d)", "clv(365d) + clv(365d)"};
static const char *const prices[] = {
    "500.00", "spend", "999.99", "event.amount * steps", "0.01"};
static const char *const signs[] = {
    " < ", " <= ", " > ", " >= ", " == ", " != "};
static const char *const bounds[] = {"0.5", "0.93", "0.999", "x", "0.0",
    "double(steps)", "0.0001 * double(steps)"};

#define PICK(m, list) (list)[pick(m, sizeof(list) / sizeof((list)[0]))]

static void
make_term(struct maker *m)
{
	switch (pick(m, 7)) {
	case 0:
	case 1:
		put(m, PICK(m, durations));
		put(m, PICK(m, signs));
		put(m, PICK(m, durations));
		return;
	case 2:
		put(m, PICK(m, doubles));
		put(m, signs[pick(m, 4)]);
		put(m, PICK(m, bounds));
		return;
	case 3:
		put(m, PICK(m, numbers));
		put(m, PICK(m, signs));
		put(m, PICK(m, numbers));
		return;
	case 4:
		put(m, PICK(m, sums));
		put(m, signs[pick(m, 4)]);
		put(m, PICK(m, prices));
		return;
	case 5:
		put(m, pick(m, 2) ? "flag" : "named");
		return;
	default:
		put(m, pick(m, 2) ? "has(alive)" : "now > at2 + gap");
		return;
	}
}

static void
make_bool(struct maker *m, unsigned depth)
{
	static const char *const joints[] = {" && ", " || ", " ? ", " == "};
	unsigned joint = pick(m, 5);

	if (depth == 0 || joint == 4) {
		put(m, pick(m, 4) == 0 ? "!(" : "(");
		make_term(m);
		put(m, ")");
		return;
	}
	put(m, "(");
	make_bool(m, depth - 1);
	put(m, joints[joint]);
	make_bool(m, depth - 1);
	if (joint == 2) {
		put(m, " : ");
		make_bool(m, depth - 1);
	}
	put(m, ")");
}

/* From until to until, never past a change: samples between say the same. */
static void
until_is_never_late(void **state)
{
	enum { ROUNDS = 1500, HOPS = 12, SAMPLES = 12, ROOM = 4096 };
	struct fake *fake = *state;
	struct maker m = {.seed = 1234567890123457ULL};
	struct arena *lasting = fake->arena;

	fake->arena = arena_new();
	for (int round = 0; round < ROUNDS; round++) {
		char text[ROOM];
		const struct cel_expr *expr;
		wall_ms now = fake->base +
			      (int64_t)pick(&m, 12) * 12 * HOUR_MS - DAY_MS +
			      (int64_t)pick(&m, 3);

		m.at = text;
		m.left = sizeof text;
		make_bool(&m, 3);
		expr = compile(fake, text, CEL_TYPE_BOOL);
		for (int hop = 0; hop < HOPS; hop++) {
			wall_ms until;
			wall_ms ignored;
			struct value v = value_at(fake, expr, now, &until);
			int64_t room = until - now;

			if (until <= now)
				fail_msg("%s: until %lld", text,
				    (long long)(until - now));
			if (room > 4000 * DAY_MS)
				room = 4000 * DAY_MS;
			for (int i = 0; i <= SAMPLES; i++) {
				wall_ms t =
				    i == 0 ? now + room - 1
					   : now + (int64_t)(m.seed %
							     (uint64_t)room);

				(void)pick(&m, 2);
				if (room == 4000 * DAY_MS &&
				    t > now + 3653 * DAY_MS)
					continue;
				if (!answers_the_same(
					v, value_at(fake, expr, t, &ignored)))
					fail_msg("%s: at %lld until %lld, but "
						 "another at %lld",
					    text, (long long)(now - fake->base),
					    (long long)(until - fake->base),
					    (long long)(t - fake->base));
			}
			if (until == INSTANT_NEVER)
				break;
			now = until;
		}
		arena_reset(fake->arena);
	}
	arena_free(fake->arena);
	fake->arena = lasting;
}

/* Two rules read one name: the second finds it, with its until. */
static void
a_named_expression_is_evaluated_once(void **state)
{
	struct fake *fake = *state;
	const struct cel_expr *expr =
	    compile(fake, "n > 2 && named", CEL_TYPE_BOOL);
	struct cel_eval ev = fake_eval(fake, fake->base);
	bool error;

	memset(fake->memos, 0, sizeof fake->memos);
	ev.memos = fake->memos;
	ev.stamp = 7;
	assert_false(cel_holds(expr, &ev, &error));
	assert_false(error);
	assert_int_equal(ev.until, fake->base + 30 * DAY_MS + 1);
	assert_int_equal(fake->memos[FAKE_NAMED].stamp, 7);
	assert_int_equal(
	    fake->memos[FAKE_NAMED].until, fake->base + 30 * DAY_MS + 1);
	/* what is kept is what is answered, until it ends or is stale */
	fake->memos[FAKE_NAMED].value = value_bool(true);
	ev.until = fake->base + DAY_MS;
	ev.now = fake->base + HOUR_MS;
	assert_true(cel_holds(expr, &ev, &error));
	assert_int_equal(ev.until, fake->base + DAY_MS);
	ev.stamp = 8;
	assert_false(cel_holds(expr, &ev, &error));
	fake->memos[FAKE_NAMED].value = value_bool(false);
	ev.now = fake->base + 31 * DAY_MS;
	assert_true(cel_holds(expr, &ev, &error));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(linear_crossings_are_exact_to_the_millisecond),
	    cmocka_unit_test(until_is_where_the_next_change_is),
	    cmocka_unit_test(getters_change_where_the_wall_does),
	    cmocka_unit_test(monotone_crossings_need_no_guess),
	    cmocka_unit_test(until_is_never_late),
	    cmocka_unit_test(a_named_expression_is_evaluated_once),
	};

	return (cmocka_run_group_tests_name(
	    "cel until", tests, fake_set_up, fake_tear_down));
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pipeline/cel/compare.h"
#include "tests/unit/cel_fake.h"

/*
 * An expression beside what must be the same: most rows are written in the
 * language itself.  NULL: an error value.
 */
static const struct row {
	const char *text;
	const char *same;
} rows[] = {
    /* literals */
    {"0x10 + 1", "17"},
    {"u + 2", "7u"},
    {"-9223372036854775808 + 0", "-9223372036854775807 - 1"},
    {"1e3", "1000.0"},
    {".5 + x", "3.0"},
    {"2w", "14d"},
    {"36h + 15m", "duration('36h15m')"},
    {"500ms", "duration('0.5s')"},
    {"'\\x41\\u00e9\\U0001F600\\101\\n'", "'A\xc3\xa9\xf0\x9f\x98\x80"
					  "A\\n'"},
    {"b'\\377\\x00'.size()", "2"},
    {"'\\377'.size()", "1"},
    {"r'\\n'.size()", "2"},
    {"\"\"\"a\n'\"b\"\"\"", "'a\\n\\'\"b'"},
    /* arithmetic */
    {"7 % -3", "1"},
    {"m / 2", "-3"},
    {"m % 3", "-1"},
    {"n * 9223372036854775807", NULL},
    {"n / (n - 3)", NULL},
    {"n % (n - 3)", NULL},
    {"x / 0.0 > 1.0", "true"},
    {"u - 6u", NULL},
    {"-n", "-3"},
    {"-(-n)", "3"},
    {"2 + 3 * 4 - 1", "13"},
    {"(2 + 3) * 4", "20"},
    {"text + '!'", "'Zo\xc3\xab!'"},
    {"x * 2", "5.0"},
    /* comparison */
    {"n > 2", "true"},
    {"n >= x", "true"},
    {"2 < x && x < 3", "true"},
    {"u == 5", "true"},
    {"text == 'Zo\xc3\xab'", "true"},
    {"'a' < 'b' && 'Z' < 'a'", "true"},
    {"at < at2", "true"},
    {"at2 - at", "5d"},
    {"at2 - at == 120h", "true"},
    {"gap < 2h", "true"},
    {"tier.name in ['gold', 'silver']", "true"},
    {"'vip' in tags", "true"},
    {"n in [1, 2]", "false"},
    {"x in [1, 2.5]", "true"},
    {"[1, 2] == [1, 2]", "true"},
    {"tags[1]", "'new'"},
    {"tags[2]", NULL},
    {"tags.exists(t, t == 'vip')", "true"},
    {"tags.all(t, t.size() == 3)", "true"},
    {"tags.map(t, t + 'x')", "['vipx', 'newx']"},
    {"tags.filter(t, t != 'vip')", "['new']"},
    {"tags.exists_one(t, t.startsWith('v'))", "true"},
    /* logic and absorption */
    {"broken == 1 || true", "true"},
    {"true || broken == 1", "true"},
    {"broken == 1 && b", NULL},
    {"broken == 1 && !b", "false"},
    {"!b && broken == 1", "false"},
    {"!b || broken == 1", NULL},
    {"!(broken == 1)", NULL},
    {"b ? 1 : broken", "1"},
    {"b ? broken : 1", NULL},
    {"broken == 1 ? 1 : 2", NULL},
    {"!b && b || b", "true"},
    /* null */
    {"nothing == null", "true"},
    {"nothing != null", "false"},
    {"nothing == 'a'", "false"},
    {"nothing != 'a'", "true"},
    {"text == null", "false"},
    {"no_int > 1", NULL},
    {"no_int + 1", NULL},
    {"nothing.size()", NULL},
    {"nothing.startsWith('a')", NULL},
    {"nothing in ['a']", NULL},
    {"has(nothing)", "false"},
    {"has(text)", "true"},
    {"has(broken)", "false"},
    {"has(entry.value)", "false"},
    {"has(nothing) ? nothing : 'friend'", "'friend'"},
    {"b ? nothing : null", "null"},
    {"(b ? tier.name : 'none') == 'other'", "false"},
    /* money */
    {"spend >= 123.45", "true"},
    {"spend > 123", "true"},
    {"spend == 123.450", "true"},
    {"spend + 0.55 == 124.00", "true"},
    {"100 <= spend", "true"},
    {"spend - event.amount == 93.45", "true"},
    {"event.amount * 2 == 60.00", "true"},
    {"2 * event.amount == 60", "true"},
    {"event.amount * 0.5 == 15.0", "true"},
    {"event.amount / 7 == 4.29", "true"},
    {"spend / event.amount", "4.115"},
    {"spend / (spend - spend)", NULL},
    {"-spend < 0", "true"},
    {"-5.00 < spend", "true"},
    {"event.amount in [10.00, 30]", "true"},
    {"(b ? 30 : 40.00) == event.amount", "true"},
    {"string(spend)", "'123.45'"},
    {"double(spend)", "123.45"},
    {"spend * 9223372036854775807", NULL},
    {"spend > 0.00 ? spend / event.amount : 0.0", "4.115"},
    /* text */
    {"text.size()", "3"},
    {"size(text)", "3"},
    {"text.contains('o')", "true"},
    {"text.startsWith('Zo')", "true"},
    {"text.endsWith('o')", "false"},
    {"text.matches('^Z.*$')", "true"},
    {"matches(text, 'b')", "false"},
    {"text.matches(text + '(')", NULL},
    {"'AbC'.lowerAscii() + 'AbC'.upperAscii()", "'abcABC'"},
    {"' \\t a b\\u2003'.trim()", "'a b'"},
    /* conversions */
    {"int('12') + int(2.9) + int(u)", "19"},
    {"double(n) / 2.0", "1.5"},
    {"string(n) + string(true) + string(x)", "'3true2.5'"},
    {"string(1e21) + string(0.1) + string(100.0)", "'1e+210.1100'"},
    {"string(at)", "'2025-01-06T08:00:00Z'"},
    {"string(gap)", "'5400s'"},
    {"int(at)", "1736150400"},
    {"timestamp(1736150400) == at", "true"},
    {"timestamp('2025-01-06T09:00:00.5+01:00') - at", "500ms"},
    {"string(birth)", "'1988-02-29'"},
    {"bool('true')", "true"},
    {"uint(7)", "7u"},
    /* getters */
    {"at.getFullYear()", "2025"},
    {"at.getMonth()", "0"},
    {"at.getDate()", "6"},
    {"at.getDayOfMonth()", "5"},
    {"at.getDayOfWeek()", "1"},
    {"at.getDayOfYear()", "5"},
    {"at.getHours()", "8"},
    {"at.getHours('+05:30')", "13"},
    {"at.getMinutes('-00:30')", "30"},
    {"at.getHours('UTC')", "8"},
    {"at.getHours(customer.zone)", "9"},
    {"at.getHours('Asia/Tokyo')", "17"},
    {"at.getHours(text)", NULL},
    {"gap.getHours()", "1"},
    {"gap.getMinutes()", "90"},
    {"duration('-1.5s').getSeconds()", "-1"},
    {"duration('1.321s').getMilliseconds()", "321"},
    /* the host's */
    {"fn(n) + 1", "10"},
    {"share > 0.99", "true"},
    {"named", "false"},
    {"since == 0s", "true"},
    {"now == at", "true"},
    {"now.getHours(customer.zone) >= 9", "true"},
};

static struct value
value_of(struct fake *fake, const char *text)
{
	const struct cel_expr *expr =
	    fake_compile(fake, span_of(text), CEL_NAMED, CEL_TYPE_DYN);
	struct cel_eval ev = fake_eval(fake, fake->base);

	if (expr == NULL)
		fail_msg("%s: %s", text, fake->first);
	return (cel_evaluate(expr, &ev));
}

/* Of one kind and equal. */
static bool
same(struct fake *fake, struct value a, struct value b)
{
	struct cel_eval ev = fake_eval(fake, fake->base);
	struct cel_run run;

	cel_run_init(&run, NULL, &ev);
	return (a.kind == b.kind && cel_values_equal(&run, a, b) == CEL_SAME);
}

static void
expressions_have_the_values_of_the_language(void **state)
{
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct value got = value_of(fake, row->text);

		if (row->same == NULL
			? got.kind != VALUE_ERROR
			: !same(fake, got, value_of(fake, row->same)))
			fail_msg("%s: not %s but kind %d, %lld %s", row->text,
			    row->same, got.kind, (long long)got.i,
			    got.kind == VALUE_ERROR ? got.error : "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(expressions_have_the_values_of_the_language),
	};

	return (cmocka_run_group_tests_name(
	    "cel value", tests, fake_set_up, fake_tear_down));
}

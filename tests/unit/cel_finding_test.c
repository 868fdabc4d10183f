#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pipeline/base/buffer.h"
#include "tests/unit/cel_fake.h"

/*
 * One mistake is one finding: its code, the offset and length of what is
 * wrong, the message, and the help behind a bar.  Two are two.
 */
static const struct row {
	const char *text;
	unsigned n;
	const char *finding; /* the first */
} rows[] = {
    {"", 1, "E100 0+0 unexpected end, expected an operand"},
    {"n >", 1, "E100 3+0 unexpected end, expected an operand"},
    {"n > 2 )", 1, "E100 6+1 unexpected ')', expected an operator or the end"},
    {"(n > 2", 1, "E100 6+0 unexpected end, expected ')'"},
    {"n = 2", 1, "E100 2+1 '=' is not an operator, write '=='"},
    {"n & 2", 1, "E100 2+1 write '&&' for and, '||' for or"},
    {"n > 2 n", 1, "E100 6+1 unexpected 'n', expected an operator or the end"},
    {"for > 2", 1, "E100 0+3 'for' is a reserved word"},
    {"n.for > 2", 1, "E110 0+5 int has no field 'for'"},
    {"'abc", 1, "E100 0+4 a text does not end"},
    {"'a\\q' == text", 1, "E100 0+3 unknown escape"},
    {"'\\ud83d' == text", 1, "E100 0+7 not a Unicode code point"},
    {"1. > 2", 1, "E100 3+1 unexpected '>', expected a name behind '.'"},
    {"1e > x", 1, "E100 0+2 '1e' has no unit: ms, s, m, h, d or w"},
    {"90x > gap", 1, "E100 0+3 '90x' has no unit: ms, s, m, h, d or w"},
    {"0.5h > gap", 1,
	"E100 0+3 letters behind a decimal number; a duration is a "
	"whole number and one unit, as in 90m"},
    {"5m5s > gap", 1, "E100 0+4 '5m5s' has no unit: ms, s, m, h, d or w"},
    {"9223372036854775808 > n", 1, "E100 0+19 the number is out of range"},
    {"18446744073709551616u > u", 1, "E100 0+21 the number is out of range"},
    {"1e400 > x", 1, "E100 0+5 the number is out of range"},
    {"n > 2 ? true", 1, "E100 12+0 unexpected end, expected ':'"},
    {"[1, 2", 1, "E100 5+0 unexpected end, expected ',' or ']'"},
    {"{'a' 1}", 1, "E100 5+1 unexpected '1', expected ':'"},
    {"n == #", 1, "E100 5+1 this character has no meaning here"},
    {"`n` == 2", 1, "E100 0+3 unexpected 'n', expected an operand"},
    {"x.?y == 1", 1,
	"E100 2+1 optional selection is not available in this version"},
    {"tags[?0] == 'a'", 1,
	"E100 5+1 optional indexing is not available in this version"},
    {"text == 'a\nb", 1, "E100 8+2 a text does not end"},
    {"nn > 2", 1, "E110 0+2 undeclared name 'nn'"},
    {"zzz.qqq > 2", 1, "E110 0+3 undeclared name 'zzz'"},
    {"refused && n > 2", 1, "E110 0+7 refused by the host"},
    {"refused.x.y == 3 || nn2 == 4", 2, "E110 0+7 refused by the host"},
    {"text.siz() > 2", 1, "E110 0+10 no function 'siz' | did you mean 'size'?"},
    {"n.size() > 2", 1, "E120 0+8 'size' is not defined for (int)"},
    {"n < text", 1,
	"E120 0+8 '<' is not defined for (int, string) | write "
	"int(text)"},
    {"text < x", 1,
	"E120 0+8 '<' is not defined for (string, double) | write "
	"double(text)"},
    {"n + x > 2.0", 1,
	"E121 0+5 '+' is not defined for (int, double) | write "
	"double(n)"},
    {"x + u > 2.0", 1,
	"E121 0+5 '+' is not defined for (double, uint) | write "
	"double(u)"},
    {"n && b", 1, "E120 0+1 '&&' is for bool, found int"},
    {"!n", 1, "E120 1+1 '!' is for bool, found int"},
    {"n ? true : false", 1,
	"E120 0+1 the condition before '?' is for bool, found int"},
    {"b ? 1 : 'a'", 1,
	"E120 8+3 both sides of ':' are of one type, found string "
	"beside int"},
    {"[1, 'a'] == [1]", 1,
	"E120 4+3 elements of a list are of one type, found string "
	"beside int"},
    {"n", 1, "E122 0+1 must be bool, found int"},
    {"text", 1, "E122 0+4 must be bool, found string"},
    {"now", 1, "E122 0+3 must be bool, found timestamp"},
    {"now > 3", 1, "E120 0+7 '>' is not defined for (timestamp, int)"},
    {"now - at", 1, "E122 0+8 must be bool, found duration"},
    {"alive", 1, "E122 0+5 must be bool, found double"},
    {"alive == 0.5", 1,
	"E151 0+12 it cannot be computed when this changes by itself | "
	"what rises or falls has a crossing with < <= > >= and what "
	"stands still, or with what moves the other way"},
    {"alive + grown < 1.0", 1,
	"E151 0+13 it cannot be computed when this changes by itself | "
	"compare its parts with < <= > >= directly, or give the rule a "
	"`resolution`"},
    {"alive * x < 1.0", 1,
	"E151 0+9 it cannot be computed when this changes by itself | "
	"compare its parts with < <= > >= directly, or give the rule a "
	"`resolution`"},
    {"string(now) == ''", 1,
	"E151 0+11 it cannot be computed when this changes by itself | "
	"compare its parts with < <= > >= directly, or give the rule a "
	"`resolution`"},
    {"(now - at) in [3d]", 1,
	"E151 0+18 it cannot be computed when this changes by itself | "
	"compare it with < <= > >= directly, or give the rule a "
	"`resolution`"},
    {"free > 0.5", 1,
	"E151 0+4 it cannot be computed when this changes by itself | "
	"give the rule a `resolution`, or ask at an event"},
    {"b ? now > at : n", 1,
	"E120 15+1 both sides of ':' are of one type, found int beside "
	"bool"},
    {"tier.name == 'glod'", 1,
	"E160 13+6 tier.name is never 'glod' | did you mean 'gold'?"},
    {"tier.name in ['gold', 'sliver']", 1,
	"E160 22+8 tier.name is never 'sliver' | did you mean 'silver'?"},
    {"spend > 1.234", 1, "E131 8+5 more decimals than the 2 of EUR"},
    {"spend + 1.234 > 2.00", 1, "E131 8+5 more decimals than the 2 of EUR"},
    {"spend > n", 1, "E120 0+9 '>' is not defined for (money, int)"},
    {"spend * spend > 1.00", 1,
	"E120 0+13 '*' is not defined for (money, money)"},
    {"spend / 1.5 > 1.00", 1,
	"E120 0+11 '/' is not defined for (money, double) | money over "
	"an int is money, money over money is a double"},
    {"1 / 0 > 2", 1, "E130 0+5 always an error: division by zero"},
    {"duration('1d3') > gap", 1, "E130 0+15 always an error: not a duration"},
    {"timestamp('2025-02-30T00:00:00Z') > now", 1,
	"E130 0+33 always an error: not an RFC 3339 timestamp"},
    {"text.matches('a(')", 1,
	"E130 13+4 not a regular expression: missing ): a("},
    {"int('x') > 2", 1, "E130 0+8 always an error: not an int"},
    {"[1, 2][3] == 2", 1, "E130 0+9 always an error: index out of range"},
    {"dyn(n) == 3", 1, "E110 0+6 'dyn' is not available: all types are known"},
    {"type(n) == 3", 1,
	"E110 0+7 'type' is not available: all types are known"},
    {"math.least(n, m) > 2", 1,
	"E110 0+4 'math' is not available in this version"},
    {"text.replace('a', 'b') == 'c'", 1,
	"E110 0+22 'replace' is not available in this version"},
    {"text.substring(1) == 'c'", 1,
	"E110 0+17 'substring' is not available in this version"},
    {"startsWith(text, 'a')", 1,
	"E110 0+21 no function 'startsWith' | it is a method: write it "
	"behind its operand"},
    {"text.int() == 3", 1,
	"E110 0+10 no function 'int' | it is no method: write it before"
	" its operand"},
    {"size(n, m) == 3", 1, "E120 0+10 'size' is not defined for (int, int)"},
    {"has(n, m)", 1,
	"E100 0+9 has() takes one name with a field, as in has(a.b)"},
    {"has(n > 2)", 1,
	"E100 0+10 has() takes one name with a field, as in has(a.b)"},
    {"has(at.x)", 1, "E110 4+4 timestamp has no field 'x'"},
    {"tags.all(1, true)", 1,
	"E100 9+1 'all' takes the name of a variable first"},
    {"n.all(x, true)", 1, "E120 0+14 'all' is for a list or a map, found int"},
    {"tags.all(t, t)", 1, "E120 12+1 'all' is for bool, found string"},
    {"tags.exists(t, tt == 'a')", 1, "E110 15+2 undeclared name 'tt'"},
    {"text.foo == 'a'", 1, "E110 0+8 string has no field 'foo'"},
    {"n in 3", 1, "E120 0+6 'in' is not defined for (int, int)"},
    {"n in ['a']", 1, "E120 0+10 'in' is not defined for (int, list(string))"},
    {"at + at2 > now", 1,
	"E120 0+8 '+' is not defined for (timestamp, timestamp)"},
    {"at - 3 > now", 1, "E120 0+6 '-' is not defined for (timestamp, int)"},
    {"birth > at", 1, "E120 0+10 '>' is not defined for (date, timestamp)"},
    {"-text == 'a'", 1, "E120 0+5 '-' is not defined for (string)"},
    {"birth.getFullYear() > 3", 1,
	"E120 0+19 'getFullYear' is not defined for (date)"},
    {"n > 2 && (x < text || nn > 3)", 2,
	"E120 10+8 '<' is not defined for (double, string) | write "
	"double(text)"},
};

static void
a_mistake_is_reported_once_where_it_is(void **state)
{
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		const struct cel_expr *expr = fake_compile(
		    fake, span_of(row->text), CEL_IN_TIME, CEL_TYPE_BOOL);

		if (expr != NULL || fake->n_findings != row->n ||
		    strcmp(fake->first, row->finding) != 0)
			fail_msg("%s: %u findings, %s", row->text,
			    fake->n_findings, fake->first);
	}
}

/* A text of n times `repeated` between two others. */
static struct span
many(struct arena *arena, const char *before, const char *repeated, size_t n,
    const char *after)
{
	struct buffer b;

	buffer_init(&b, arena);
	buffer_span_add(&b, span_of(before));
	for (size_t i = 0; i < n; i++)
		buffer_span_add(&b, span_of(repeated));
	buffer_span_add(&b, span_of(after));
	return (buffer_span(&b));
}

static void
what_is_too_large_is_refused(void **state)
{
	static const struct limit {
		const char *before;
		const char *repeated;
		size_t n;
		const char *after;
		bool fits;
	} limits[] = {
	    {"n == 1", " ", 4090, "", true},
	    {"n == 1", " ", 4091, "", false},
	    {"b", " && b", 124, "", true},
	    {"b", " && b", 125, "", false},
	    {"", "(", 249, "b", false},
	    {"", "(", 4000, "", false},
	    {"", "!", 4000, "b", false},
	    {"", "!", 200, "b", true},
	    {"", "-", 4000, "n > 1", false},
	    {"b", " ? b : b", 500, "", false},
	    {"b", " ? b", 500, "", false},
	    {"n", ".a", 2000, " == 1", false},
	    {"tags", "[0]", 1300, " == 1", false},
	    {"", "[", 4000, "", false},
	    {"tags", ".map(t, tags", 17, "", false},
	    {"'", "x", 4000, "' == text", true},
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		const struct limit *l = &limits[i];
		const struct cel_expr *expr = fake_compile(fake,
		    many(fake->arena, l->before, l->repeated, l->n, l->after),
		    CEL_IN_TIME, CEL_TYPE_BOOL);

		if ((expr != NULL) != l->fits || fake->n_findings != !l->fits)
			fail_msg(
			    "%zu times %s: %s", l->n, l->repeated, fake->first);
	}
}

/* Doubled thirty times a text would be a gigabyte; so it is an error. */
static void
what_would_grow_without_end_is_an_error(void **state)
{
	static const char *const texts[] = {
	    "['x'].map(a, a+a+a+a).map(a, a+a+a+a).map(a, a+a+a+a)"
	    ".map(a, a+a+a+a).map(a, a+a+a+a).map(a, a+a+a+a)"
	    ".map(a, a+a+a+a).map(a, a+a+a+a).map(a, a+a+a+a)"
	    ".map(a, a+a+a+a).all(a, a != text)",
	    "[1].map(a, [a,a,a,a]).map(a, [a,a,a,a]).map(a, [a,a,a,a])"
	    ".map(a, [a,a,a,a]).map(a, [a,a,a,a]).map(a, [a,a,a,a])"
	    ".map(a, [a,a,a,a]).map(a, [a,a,a,a]).map(a, [a,a,a,a])"
	    ".map(a, [a,a,a,a]).map(a, [a,a,a,a]).exists(a, a == a)",
	    "[1,2,3,4,5,6,7,8].all(a, [1,2,3,4,5,6,7,8].all(b, "
	    "[1,2,3,4,5,6,7,8].all(c, [1,2,3,4,5,6,7,8].all(d, "
	    "[1,2,3,4,5,6,7,8].all(e, [1,2,3,4,5,6,7,8].all(f, "
	    "[1,2,3,4,5,6,7,8].all(g, g + n > 0)))))))",
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const struct cel_expr *expr = fake_compile(
		    fake, span_of(texts[i]), CEL_IN_TIME, CEL_TYPE_BOOL);
		struct cel_eval ev = fake_eval(fake, fake->base);

		if (expr == NULL)
			fail_msg("%s", fake->first);
		assert_int_equal(cel_evaluate(expr, &ev).kind, VALUE_ERROR);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mistake_is_reported_once_where_it_is),
	    cmocka_unit_test(what_is_too_large_is_refused),
	    cmocka_unit_test(what_would_grow_without_end_is_an_error),
	};

	return (cmocka_run_group_tests_name(
	    "cel finding", tests, fake_set_up, fake_tear_down));
}

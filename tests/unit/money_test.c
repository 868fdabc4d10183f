#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/money.h"

static const struct row {
	const char *text;
	int decimals;
	enum outcome outcome;
	int64_t minor;
} rows[] = {
    {"45", 2, DONE, 4500},
    {"45.5", 2, DONE, 4550},
    {"45.50", 2, DONE, 4550},
    {"45.5000000000000000000000000000", 2, DONE, 4550},
    {"-3.20", 2, DONE, -320},
    {"0.1", 2, DONE, 10},
    {"0", 2, DONE, 0},
    {"-0.00", 2, DONE, 0},
    {"0e999999999999999999999", 2, DONE, 0},
    {"1.5e2", 2, DONE, 15000},
    {"1.5E+2", 2, DONE, 15000},
    {"100e-2", 2, DONE, 100},
    {"100000000000000000000000e-21", 2, DONE, 10000},
    {"0.000000000000000000000001e24", 2, DONE, 100},
    {"1000", 0, DONE, 1000},
    {"1000.0", 0, DONE, 1000},
    {"1.234", 3, DONE, 1234},
    {"92233720368547758.07", 2, DONE, INT64_MAX},
    {"-92233720368547758.07", 2, DONE, -INT64_MAX},
    {"9223372036854775807", 0, DONE, INT64_MAX},
    {"92233720368547758.08", 2, REJECT, 0},
    {"9223372036854775808", 0, REJECT, 0},
    {"1e17", 2, REJECT, 0},
    {"1e99999999999999999999", 2, REJECT, 0},
    {"99999999999999999999", 2, REJECT, 0},
    {"1.234", 2, REJECT, 0},
    {"1.5", 0, REJECT, 0},
    {"1e-3", 2, REJECT, 0},
    {"1e-99999999999999999999", 2, REJECT, 0},
    {"1.000000000000000000000000000001", 2, REJECT, 0},
    {"", 2, REJECT, 0},
    {"-", 2, REJECT, 0},
    {"+1", 2, REJECT, 0},
    {".5", 2, REJECT, 0},
    {"1.", 2, REJECT, 0},
    {"01", 2, REJECT, 0},
    {"1e", 2, REJECT, 0},
    {"1e+", 2, REJECT, 0},
    {"1,50", 2, REJECT, 0},
    {" 1", 2, REJECT, 0},
    {"1 ", 2, REJECT, 0},
    {"0x10", 2, REJECT, 0},
    {"NaN", 2, REJECT, 0},
    {"1.2.3", 2, REJECT, 0},
};

static void
money_is_read_exactly_or_rejected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct currency currency = {"XYZ", rows[i].decimals};
		struct failure why = {{0}};
		int64_t got = -7;
		enum outcome outcome =
		    money_parse(span_of(rows[i].text), &currency, &got, &why);

		if (outcome != rows[i].outcome)
			fail_msg("'%s': outcome %d, %s", rows[i].text, outcome,
			    why.text);
		assert_int_equal(got, outcome == DONE ? rows[i].minor : -7);
	}
}

static const struct format_row {
	int64_t minor;
	int decimals;
	const char *text;
} formats[] = {
    {4500, 2, "45.00"},
    {-5, 2, "-0.05"},
    {0, 2, "0.00"},
    {1000, 0, "1000"},
    {-1, 0, "-1"},
    {1, 3, "0.001"},
    {123456, 4, "12.3456"},
    {INT64_MAX, 2, "92233720368547758.07"},
    {INT64_MIN, 2, "-92233720368547758.08"},
};

static void
money_is_written_with_the_currencys_decimals(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		struct currency currency = {"XYZ", formats[i].decimals};
		struct span text =
		    money_format(arena, formats[i].minor, &currency);

		assert_string_equal(text.at, formats[i].text);
	}
	arena_free(arena);
}

static const struct currency_row {
	const char *code;
	int decimals; /* -1: none such */
} currencies[] = {
    {"EUR", 2},
    {"USD", 2},
    {"JPY", 0},
    {"KRW", 0},
    {"KWD", 3},
    {"TND", 3},
    {"CLF", 4},
    {"XOF", 0},
    {"AED", 2},
    {"ZWG", 2},
    {"BIF", 0},
    {"eur", -1},
    {"XXX", -1},
    {"XAU", -1},
    {"UR ", -1},
    {"R U", -1},
    {"EU", -1},
    {"EURO", -1},
    {"", -1},
};

static void
currencies_have_the_decimals_of_iso_4217(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++) {
		const struct currency_row *row = &currencies[i];
		struct currency got = {"", -1};
		enum outcome outcome =
		    currency_find(span_of(row->code), &got, NULL);

		assert_int_equal(outcome, row->decimals < 0 ? REJECT : DONE);
		assert_int_equal(got.decimals, row->decimals);
		if (outcome == DONE)
			assert_string_equal(got.code, row->code);
	}
}

static const struct divide_row {
	int64_t n;
	int64_t d;
	int64_t quotient;
} divides[] = {
    {10, 4, 2},
    {14, 4, 4},
    {11, 4, 3},
    {9, 4, 2},
    {-10, 4, -2},
    {-14, 4, -4},
    {-11, 4, -3},
    {1, 2, 0},
    {3, 2, 2},
    {-1, 2, 0},
    {-3, 2, -2},
    {0, 5, 0},
    {7, 1, 7},
    {INT64_MAX, INT64_MAX, 1},
    {INT64_MIN, 1, INT64_MIN},
    {INT64_MIN, 2, INT64_MIN / 2},
    {INT64_MAX, 2, INT64_MAX / 2 + 1},
    {INT64_MIN, INT64_MAX, -1},
};

static void
division_rounds_half_to_even(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof divides / sizeof divides[0]; i++)
		assert_int_equal(money_divide(divides[i].n, divides[i].d),
		    divides[i].quotient);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(money_is_read_exactly_or_rejected),
	    cmocka_unit_test(money_is_written_with_the_currencys_decimals),
	    cmocka_unit_test(currencies_have_the_decimals_of_iso_4217),
	    cmocka_unit_test(division_rounds_half_to_even),
	};

	return (cmocka_run_group_tests_name("money", tests, NULL, NULL));
}

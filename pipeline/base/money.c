/*
 * Exact money: decimal text to minor units and back, without a double.
 */
#include "pipeline/base/money.h"

#include <inttypes.h>
#include <stdbool.h>

#include "pipeline/base/check.h"

enum {
	CODE_LENGTH = 3,
	/* 10^18 is the largest power of ten in an int64. */
	POWER_MAX = 18,
	/* Beyond this an exponent only decides between zero and too much. */
	EXPONENT_MAX = 1 << 30,
	DECIMALS_MAX = 4,
};

/*
 * ISO 4217, the currencies that have minor units, by their number of decimals;
 * with those that ended since 2021, because history is replayed.  Metals,
 * bonds, drawing rights, XTS and XXX have no minor unit and are left out.
 */
static const struct group {
	int decimals;
	const char *codes;
} groups[] = {
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "},
    {2, "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB "
	"BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC "
	"CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
	"GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD "
	"KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
	"MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR "
	"RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC "
	"SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES "
	"WST XAD XCD XCG YER ZAR ZMW ZWG ZWL "},
    {3, "BHD IQD JOD KWD LYD OMR TND "},
    {4, "CLF UYW "},
};

static const int64_t powers[POWER_MAX + 1] = {
    INT64_C(1),
    INT64_C(10),
    INT64_C(100),
    INT64_C(1000),
    INT64_C(10000),
    INT64_C(100000),
    INT64_C(1000000),
    INT64_C(10000000),
    INT64_C(100000000),
    INT64_C(1000000000),
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

static bool
group_has(const struct group *group, const char *code)
{
	for (const char *at = group->codes; *at != '\0';
	     at += CODE_LENGTH + 1) {
		if (memcmp(at, code, CODE_LENGTH) == 0)
			return (true);
	}
	return (false);
}

enum outcome
currency_find(struct span code, struct currency *ret, struct failure *why)
{
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		if (code.length != CODE_LENGTH ||
		    !group_has(&groups[i], code.at))
			continue;
		(void)memcpy(ret->code, code.at, CODE_LENGTH);
		ret->code[CODE_LENGTH] = '\0';
		ret->decimals = groups[i].decimals;
		return (DONE);
	}
	return (fail_with(why, REJECT, "not a currency of ISO 4217"));
}

/*
 * A number as its text has it: digits * 10^exponent, where digits does not end
 * in a zero, so that the exponent alone says whether it fits a currency.
 */
struct decimal {
	bool negative;
	bool too_long; /* digits do not fit */
	int64_t digits;
	int64_t exponent;
	int64_t zeros; /* read, and not yet known to be inside the digits */
};

static bool
is_digit(const char *at, const char *end)
{
	return (at < end && *at >= '0' && *at <= '9');
}

static void
add_digit(struct decimal *d, char digit)
{
	int64_t shifted;

	if (digit == '0') {
		d->zeros++;
		return;
	}
	if (d->digits == 0)
		d->zeros = 0;
	if (d->zeros >= POWER_MAX ||
	    __builtin_mul_overflow(d->digits, powers[d->zeros + 1], &shifted) ||
	    __builtin_add_overflow(shifted, digit - '0', &d->digits))
		d->too_long = true;
	d->zeros = 0;
}

/* [eE][+-]?digits, or nothing; NULL if it is neither. */
static const char *
read_exponent(const char *at, const char *end, int64_t *ret)
{
	bool negative = false;

	*ret = 0;
	if (at == end || (*at != 'e' && *at != 'E'))
		return (at);
	at++;
	if (at < end && (*at == '+' || *at == '-'))
		negative = *at++ == '-';
	if (!is_digit(at, end))
		return (NULL);
	for (; is_digit(at, end); at++) {
		if (*ret < EXPONENT_MAX)
			*ret = *ret * 10 + (*at - '0');
	}
	if (negative)
		*ret = -*ret;
	return (at);
}

/* JSON's grammar: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool
read_decimal(struct span text, struct decimal *ret)
{
	const char *at = text.at;
	const char *end = text.at + text.length;
	int64_t exponent;
	int64_t decimals = 0;

	*ret = (struct decimal){.negative = at < end && *at == '-'};
	at += ret->negative ? 1 : 0;
	if (!is_digit(at, end) || (*at == '0' && is_digit(at + 1, end)))
		return (false);
	for (; is_digit(at, end); at++)
		add_digit(ret, *at);
	if (at < end && *at == '.') {
		if (!is_digit(++at, end))
			return (false);
		for (; is_digit(at, end); at++, decimals++)
			add_digit(ret, *at);
	}
	at = read_exponent(at, end, &exponent);
	ret->exponent = exponent - decimals + ret->zeros;
	return (at == end && at != NULL);
}

enum outcome
money_parse(struct span text, const struct currency *currency, int64_t *ret,
    struct failure *why)
{
	struct decimal d;
	int64_t minor = 0;
	int64_t shift;

	if (text.length == 0 || !read_decimal(text, &d))
		return (fail_with(why, REJECT, "not a number"));
	shift = d.exponent + currency->decimals;
	if (d.digits == 0 && !d.too_long)
		shift = 0;
	if (shift < 0)
		return (
		    fail_with(why, REJECT, "more decimals than the %d of %s",
			currency->decimals, currency->code));
	if (d.too_long || shift > POWER_MAX ||
	    __builtin_mul_overflow(d.digits, powers[shift], &minor))
		return (fail_with(why, REJECT, "an amount out of range"));
	*ret = d.negative ? -minor : minor;
	return (DONE);
}

struct span
money_format(
    struct arena *arena, int64_t minor, const struct currency *currency)
{
	uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	uint64_t unit;

	CHECK(currency->decimals >= 0 && currency->decimals <= DECIMALS_MAX);
	unit = (uint64_t)powers[currency->decimals];
	if (currency->decimals == 0)
		return (arena_print(arena, "%" PRId64, minor));
	return (
	    arena_print(arena, "%s%" PRIu64 ".%0*" PRIu64, minor < 0 ? "-" : "",
		size / unit, currency->decimals, size % unit));
}

int64_t
money_divide(int64_t n, int64_t d)
{
	int64_t quotient;
	int64_t left;

	CHECK(d > 0);
	quotient = n / d;
	left = n % d < 0 ? -(n % d) : n % d;
	if (left < d - left || (left == d - left && quotient % 2 == 0))
		return (quotient);
	return (n < 0 ? quotient - 1 : quotient + 1);
}

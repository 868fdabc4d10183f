/*
 * The one table of what can be called: name, operands, result, code.  The
 * checker reads it at load; at run time only dyn looks into it.
 */
#include "pipeline/cel/overload.h"

#include "pipeline/cel/arithmetic.h"
#include "pipeline/cel/convert.h"
#include "pipeline/cel/text.h"
#include "pipeline/cel/time.h"

#define ANY  CEL_TYPE_DYN
#define BOOL CEL_TYPE_BOOL
#define INT  CEL_TYPE_INT
#define UINT CEL_TYPE_UINT
#define DBL  CEL_TYPE_DOUBLE
#define CASH CEL_TYPE_MONEY
#define STR  CEL_TYPE_STRING
#define BYT  CEL_TYPE_BYTES
#define TIME CEL_TYPE_TIMESTAMP
#define DUR  CEL_TYPE_DURATION
#define DAY  CEL_TYPE_DATE
#define LIST CEL_TYPE_LIST
#define MAP  CEL_TYPE_MAP
#define TYPE CEL_TYPE_TYPE

static const struct cel_name names[] = {
    {"_+_", FN_ADD, false, false},
    {"_-_", FN_SUBTRACT, false, false},
    {"_*_", FN_MULTIPLY, false, false},
    {"_/_", FN_DIVIDE, false, false},
    {"_%_", FN_MODULO, false, false},
    {"-_", FN_NEGATE, false, false},
    {"size", FN_SIZE, true, true},
    {"contains", FN_CONTAINS, false, true},
    {"startsWith", FN_STARTS_WITH, false, true},
    {"endsWith", FN_ENDS_WITH, false, true},
    {"matches", FN_MATCHES, true, true},
    {"lowerAscii", FN_LOWER, false, true},
    {"upperAscii", FN_UPPER, false, true},
    {"trim", FN_TRIM, false, true},
    {"bool", FN_BOOL, true, false},
    {"int", FN_INT, true, false},
    {"uint", FN_UINT, true, false},
    {"double", FN_DOUBLE, true, false},
    {"string", FN_STRING, true, false},
    {"bytes", FN_BYTES, true, false},
    {"timestamp", FN_TIMESTAMP, true, false},
    {"duration", FN_DURATION, true, false},
    {"type", FN_TYPE, true, false},
    {"dyn", FN_DYN, true, false},
    {"getFullYear", FN_YEAR, false, true},
    {"getMonth", FN_MONTH, false, true},
    {"getDate", FN_DATE, false, true},
    {"getDayOfMonth", FN_DAY_OF_MONTH, false, true},
    {"getDayOfWeek", FN_DAY_OF_WEEK, false, true},
    {"getDayOfYear", FN_DAY_OF_YEAR, false, true},
    {"getHours", FN_HOURS, false, true},
    {"getMinutes", FN_MINUTES, false, true},
    {"getSeconds", FN_SECONDS, false, true},
    {"getMilliseconds", FN_MILLISECONDS, false, true},
};

static const char *const later[] = {"charAt", "indexOf", "join", "lastIndexOf",
    "replace", "split", "substring", "format", "quote", "strings", "math",
    "optional", "sets", "cel", "base64", "transformList", "transformMap",
    "transformMapEntry", "existsOne", "optMap", "optFlatMap", "orValue",
    "hasValue", "flatten", "slice", "distinct", "sort", "sortBy", "reverse",
    "range", "find", "findAll", "isSorted", "sum", "min", "max", "ip", "cidr",
    "url", "quantity", "semver", "optional_type"};

static const struct cel_overload overloads[] = {
    {FN_ADD, INT, 2, {INT, INT}, cel_int_add},
    {FN_ADD, UINT, 2, {UINT, UINT}, cel_uint_add},
    {FN_ADD, DBL, 2, {DBL, DBL}, cel_double_add},
    {FN_ADD, CASH, 2, {CASH, CASH}, cel_money_add},
    {FN_ADD, STR, 2, {STR, STR}, cel_text_add},
    {FN_ADD, BYT, 2, {BYT, BYT}, cel_text_add},
    {FN_ADD, LIST, 2, {LIST, LIST}, cel_list_add},
    {FN_ADD, DUR, 2, {DUR, DUR}, cel_time_add},
    {FN_ADD, TIME, 2, {DUR, TIME}, cel_time_add},
    {FN_ADD, TIME, 2, {TIME, DUR}, cel_time_add},
    {FN_SUBTRACT, INT, 2, {INT, INT}, cel_int_subtract},
    {FN_SUBTRACT, UINT, 2, {UINT, UINT}, cel_uint_subtract},
    {FN_SUBTRACT, DBL, 2, {DBL, DBL}, cel_double_subtract},
    {FN_SUBTRACT, CASH, 2, {CASH, CASH}, cel_money_subtract},
    {FN_SUBTRACT, DUR, 2, {DUR, DUR}, cel_time_subtract},
    {FN_SUBTRACT, TIME, 2, {TIME, DUR}, cel_time_subtract},
    {FN_SUBTRACT, DUR, 2, {TIME, TIME}, cel_time_subtract},
    {FN_MULTIPLY, INT, 2, {INT, INT}, cel_int_multiply},
    {FN_MULTIPLY, UINT, 2, {UINT, UINT}, cel_uint_multiply},
    {FN_MULTIPLY, DBL, 2, {DBL, DBL}, cel_double_multiply},
    {FN_MULTIPLY, CASH, 2, {CASH, INT}, cel_money_by_int},
    {FN_MULTIPLY, CASH, 2, {INT, CASH}, cel_int_by_money},
    {FN_MULTIPLY, CASH, 2, {CASH, DBL}, cel_money_by_double},
    {FN_MULTIPLY, CASH, 2, {DBL, CASH}, cel_double_by_money},
    {FN_DIVIDE, INT, 2, {INT, INT}, cel_int_divide},
    {FN_DIVIDE, UINT, 2, {UINT, UINT}, cel_uint_divide},
    {FN_DIVIDE, DBL, 2, {DBL, DBL}, cel_double_divide},
    {FN_DIVIDE, CASH, 2, {CASH, INT}, cel_money_share},
    {FN_DIVIDE, DBL, 2, {CASH, CASH}, cel_money_ratio},
    {FN_MODULO, INT, 2, {INT, INT}, cel_int_modulo},
    {FN_MODULO, UINT, 2, {UINT, UINT}, cel_uint_modulo},
    {FN_NEGATE, INT, 1, {INT}, cel_int_negate},
    {FN_NEGATE, DBL, 1, {DBL}, cel_double_negate},
    {FN_NEGATE, CASH, 1, {CASH}, cel_money_negate},
    {FN_SIZE, INT, 1, {STR}, cel_text_size},
    {FN_SIZE, INT, 1, {BYT}, cel_bytes_size},
    {FN_SIZE, INT, 1, {LIST}, cel_list_size},
    {FN_SIZE, INT, 1, {MAP}, cel_list_size},
    {FN_CONTAINS, BOOL, 2, {STR, STR}, cel_contains},
    {FN_STARTS_WITH, BOOL, 2, {STR, STR}, cel_starts_with},
    {FN_ENDS_WITH, BOOL, 2, {STR, STR}, cel_ends_with},
    {FN_MATCHES, BOOL, 2, {STR, STR}, cel_matches},
    {FN_LOWER, STR, 1, {STR}, cel_lower_ascii},
    {FN_UPPER, STR, 1, {STR}, cel_upper_ascii},
    {FN_TRIM, STR, 1, {STR}, cel_trim},
    {FN_BOOL, BOOL, 1, {BOOL}, cel_same},
    {FN_BOOL, BOOL, 1, {STR}, cel_text_to_bool},
    {FN_INT, INT, 1, {INT}, cel_same},
    {FN_INT, INT, 1, {DBL}, cel_double_to_int},
    {FN_INT, INT, 1, {UINT}, cel_uint_to_int},
    {FN_INT, INT, 1, {STR}, cel_text_to_int},
    {FN_INT, INT, 1, {TIME}, cel_timestamp_to_int},
    {FN_INT, INT, 1, {DUR}, cel_duration_to_int},
    {FN_UINT, UINT, 1, {UINT}, cel_same},
    {FN_UINT, UINT, 1, {INT}, cel_int_to_uint},
    {FN_UINT, UINT, 1, {DBL}, cel_double_to_uint},
    {FN_UINT, UINT, 1, {STR}, cel_text_to_uint},
    {FN_DOUBLE, DBL, 1, {DBL}, cel_same},
    {FN_DOUBLE, DBL, 1, {INT}, cel_int_to_double},
    {FN_DOUBLE, DBL, 1, {UINT}, cel_uint_to_double},
    {FN_DOUBLE, DBL, 1, {STR}, cel_text_to_double},
    {FN_DOUBLE, DBL, 1, {CASH}, cel_money_to_double},
    {FN_STRING, STR, 1, {STR}, cel_same},
    {FN_STRING, STR, 1, {BOOL}, cel_bool_to_text},
    {FN_STRING, STR, 1, {INT}, cel_int_to_text},
    {FN_STRING, STR, 1, {UINT}, cel_uint_to_text},
    {FN_STRING, STR, 1, {DBL}, cel_double_to_text},
    {FN_STRING, STR, 1, {BYT}, cel_bytes_to_text},
    {FN_STRING, STR, 1, {TIME}, cel_timestamp_to_text},
    {FN_STRING, STR, 1, {DUR}, cel_duration_to_text},
    {FN_STRING, STR, 1, {CASH}, cel_money_to_text},
    {FN_STRING, STR, 1, {DAY}, cel_date_to_text},
    {FN_BYTES, BYT, 1, {BYT}, cel_same},
    {FN_BYTES, BYT, 1, {STR}, cel_text_to_bytes},
    {FN_TIMESTAMP, TIME, 1, {TIME}, cel_same},
    {FN_TIMESTAMP, TIME, 1, {INT}, cel_int_to_timestamp},
    {FN_TIMESTAMP, TIME, 1, {STR}, cel_text_to_timestamp},
    {FN_DURATION, DUR, 1, {DUR}, cel_same},
    {FN_DURATION, DUR, 1, {STR}, cel_text_to_duration},
    {FN_TYPE, TYPE, 1, {ANY}, cel_to_type},
    {FN_DYN, ANY, 1, {ANY}, cel_same},
    {FN_YEAR, INT, 1, {TIME}, cel_timestamp_get},
    {FN_YEAR, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_MONTH, INT, 1, {TIME}, cel_timestamp_get},
    {FN_MONTH, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_DATE, INT, 1, {TIME}, cel_timestamp_get},
    {FN_DATE, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_DAY_OF_MONTH, INT, 1, {TIME}, cel_timestamp_get},
    {FN_DAY_OF_MONTH, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_DAY_OF_WEEK, INT, 1, {TIME}, cel_timestamp_get},
    {FN_DAY_OF_WEEK, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_DAY_OF_YEAR, INT, 1, {TIME}, cel_timestamp_get},
    {FN_DAY_OF_YEAR, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_HOURS, INT, 1, {TIME}, cel_timestamp_get},
    {FN_HOURS, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_HOURS, INT, 1, {DUR}, cel_duration_get},
    {FN_MINUTES, INT, 1, {TIME}, cel_timestamp_get},
    {FN_MINUTES, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_MINUTES, INT, 1, {DUR}, cel_duration_get},
    {FN_SECONDS, INT, 1, {TIME}, cel_timestamp_get},
    {FN_SECONDS, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_SECONDS, INT, 1, {DUR}, cel_duration_get},
    {FN_MILLISECONDS, INT, 1, {TIME}, cel_timestamp_get},
    {FN_MILLISECONDS, INT, 2, {TIME, STR}, cel_timestamp_get},
    {FN_MILLISECONDS, INT, 1, {DUR}, cel_duration_get},
};
enum { N_OVERLOADS = sizeof overloads / sizeof overloads[0] };

const struct cel_overload *
cel_overloads(size_t *n)
{
	*n = N_OVERLOADS;
	return (overloads);
}

const struct cel_name *
cel_names(size_t *n)
{
	*n = sizeof names / sizeof names[0];
	return (names);
}

const struct cel_name *
cel_name_find(struct span name)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (span_equals(name, span_of(names[i].name)))
			return (&names[i]);
	}
	return (NULL);
}

bool
cel_name_later(struct span name)
{
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
		if (span_equals(name, span_of(later[i])))
			return (true);
	}
	return (false);
}

static bool
takes(const struct cel_overload *overload, const struct value *args, size_t n)
{
	if (overload->n_args != n)
		return (false);
	for (size_t i = 0; i < n; i++) {
		if (overload->args[i] != ANY &&
		    overload->args[i] != cel_kind_of(args[i]))
			return (false);
	}
	return (true);
}

const struct cel_overload *
cel_overload_for(enum cel_function function, const struct value *args, size_t n)
{
	for (size_t i = 0; i < N_OVERLOADS; i++) {
		if (overloads[i].function == function &&
		    takes(&overloads[i], args, n))
			return (&overloads[i]);
	}
	return (NULL);
}

struct value
cel_overload_run(struct cel_run *run, const struct cel_overload *overload,
    const struct value *args)
{
	for (size_t i = 0; i < overload->n_args; i++) {
		if (args[i].kind == VALUE_ERROR)
			return (args[i]);
		if (args[i].kind == VALUE_NULL && overload->args[i] != ANY)
			return (value_error("an operand is null"));
	}
	run->row = overload;
	return (overload->run(run, args));
}

const struct cel_overload *
cel_overload_linear(enum cel_function function)
{
	static const struct cel_overload add = {
	    FN_ADD, TIME, 2, {TIME, DUR}, cel_linear_add};
	static const struct cel_overload subtract = {
	    FN_SUBTRACT, TIME, 2, {TIME, DUR}, cel_linear_subtract};

	return (function == FN_ADD ? &add : &subtract);
}

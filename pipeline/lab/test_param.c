#include "pipeline/lab/test_param.h"

#include <errno.h>
#include <stdlib.h>

enum { NUMBER_MAX = 64, BASE = 10 };

/* A number's text with a NUL behind it; false: too long to be one. */
static bool
copy_number(struct span text, char to[NUMBER_MAX])
{
	if (text.length == 0 || text.length >= NUMBER_MAX)
		return (false);
	(void)memcpy(to, text.at, text.length);
	to[text.length] = '\0';
	return (true);
}

static bool
equals_double(struct span text, double d)
{
	char number[NUMBER_MAX];
	char *end;
	double wanted;

	if (!copy_number(text, number))
		return (false);
	wanted = strtod(number, &end);
	return (*end == '\0' && !(wanted < d) && !(wanted > d));
}

static bool
equals_int(struct span text, int64_t i)
{
	char number[NUMBER_MAX];
	char *end;
	long long wanted;

	if (!copy_number(text, number))
		return (false);
	errno = 0;
	wanted = strtoll(number, &end, BASE);
	if (errno == 0 && *end == '\0')
		return (wanted == i);
	return (equals_double(text, (double)i));
}

static bool
equals_money(struct span text, int64_t minor, const struct currency *currency)
{
	int64_t wanted;

	return (money_parse(text, currency, &wanted, NULL) == DONE &&
		wanted == minor);
}

static bool
equals_instant(struct span text, wall_ms t)
{
	wall_ms wanted;

	return (instant_parse(text, &wanted, NULL) == DONE && wanted == t);
}

static bool
equals_duration(struct span text, duration_ms length)
{
	duration_ms wanted;

	if (duration_parse(text, &wanted, NULL) == DONE)
		return (wanted == length);
	return (equals_int(text, length));
}

/* What lies between the quotes of a JSON string, or the text itself. */
static bool
equals_json(struct span text, struct span json)
{
	if (json.length >= 2 && json.at[0] == '"')
		json = (struct span){json.at + 1, json.length - 2};
	return (span_equals(text, json));
}

static bool
equal(const struct test_param *wanted, const struct test_actual *actual,
    const struct currency *currency)
{
	struct span text = wanted->text.text;
	struct value v = actual->value;

	if (wanted->null)
		return (span_equals(actual->json, SPAN("null")));
	switch ((enum value_kind)v.kind) {
	case VALUE_STRING:
		return (span_equals(text, value_text(v)));
	case VALUE_INT:
		return (equals_int(text, v.i));
	case VALUE_DOUBLE:
		return (equals_double(text, v.d));
	case VALUE_MONEY:
		return (equals_money(text, v.i, currency));
	case VALUE_TIMESTAMP:
		return (equals_instant(text, v.i));
	case VALUE_DURATION:
		return (equals_duration(text, v.i));
	case VALUE_NULL:
	case VALUE_ERROR:
	case VALUE_BOOL:
	case VALUE_UINT:
	case VALUE_BYTES:
	case VALUE_DATE:
	case VALUE_LIST:
	case VALUE_MAP:
	case VALUE_TYPE:
	case VALUE_OPTIONAL:
	case VALUE_ENTRY:
		break;
	}
	return (equals_json(text, actual->json));
}

static const struct test_actual *
find_actual(const struct test_output *output, struct span name)
{
	for (size_t i = 0; i < output->n_params; i++) {
		if (span_equals(output->params[i].name, name))
			return (&output->params[i]);
	}
	return (NULL);
}

/* The first param that is missing or another; NULL: there is none. */
static const struct test_param *
first_other(const struct test_entry *entry, const struct test_output *output,
    const struct currency *currency)
{
	for (size_t i = 0; i < entry->n_params; i++) {
		const struct test_param *wanted = &entry->params[i];
		const struct test_actual *actual =
		    find_actual(output, wanted->name.text);

		if (actual == NULL || !equal(wanted, actual, currency))
			return (wanted);
	}
	return (NULL);
}

bool
test_params_equal(const struct test_entry *entry,
    const struct test_output *output, const struct currency *currency)
{
	return (first_other(entry, output, currency) == NULL);
}

struct span
test_params_differ(const struct test_entry *entry,
    const struct test_output *output, const struct currency *currency,
    struct arena *arena)
{
	const struct test_param *wanted = first_other(entry, output, currency);
	const struct test_actual *actual;

	if (wanted == NULL)
		return (SPAN(""));
	actual = find_actual(output, wanted->name.text);
	if (actual == NULL)
		return (arena_print(arena, "there is no param %.*s",
		    SPAN_ARGS(wanted->name.text)));
	return (arena_print(arena, "%.*s is %.*s, not %.*s",
	    SPAN_ARGS(wanted->name.text), SPAN_ARGS(actual->json),
	    SPAN_ARGS(wanted->text.text)));
}

/*
 * :task <-> struct task_state.  Both stores keep the task as a hash of texts
 * and read it here, so that what one accepts the other does.
 *
 *	epoch token batch published id kid frontier partitions live_from edition
 *	bound		"<instant>" for its end, "<instant>:<customer>" otherwise
 *	topic:<name>	"<next offset> <running arrival maximum>"
 */
#include "pipeline/store/state.h"

#include <inttypes.h>

#include "pipeline/base/buffer.h"

enum {
	OTHER_FIELDS = 2, /* bound and partitions */
	DECIMAL = 10,
};

static const struct span topic_prefix = {"topic:", sizeof "topic:" - 1};

/* Fields that are one number or one text of struct task_state. */
static const struct row {
	struct span name;
	size_t offset;
	bool text;
	bool committed; /* otherwise a claim or store_published writes it */
} rows[] = {
#define ROW(field, text, committed)                                     \
	{                                                               \
		{#field, sizeof #field - 1},                            \
		    offsetof(struct task_state, field), text, committed \
	}
    ROW(epoch, false, false),
    ROW(token, true, false),
    ROW(batch, false, true),
    ROW(published, false, false),
    ROW(id, true, true),
    ROW(kid, true, true),
    ROW(frontier, false, true),
    ROW(live_from, false, true),
    ROW(edition, true, true),
#undef ROW
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

bool
state_number(struct span text, int64_t *ret)
{
	bool negative = text.length > 0 && text.at[0] == '-';
	int64_t number = 0;

	if (text.length == (negative ? 1U : 0U))
		return (false);
	for (size_t i = negative ? 1 : 0; i < text.length; i++) {
		int digit = text.at[i] - '0';

		if (digit < 0 || digit >= DECIMAL ||
		    __builtin_mul_overflow(number, DECIMAL, &number) ||
		    __builtin_sub_overflow(number, digit, &number))
			return (false);
	}
	/* Summed up below zero, where there is one number more. */
	if (!negative && number == INT64_MIN)
		return (false);
	*ret = negative ? number : -number;
	return (true);
}

struct span
state_print(struct arena *arena, int64_t number)
{
	return (arena_print(arena, "%" PRId64, number));
}

struct span
state_print_batch(struct arena *arena, int64_t batch)
{
	return (batch == BATCH_NONE ? SPAN("") : state_print(arena, batch));
}

static struct span
print_bound(struct arena *arena, struct position bound)
{
	struct buffer text;

	buffer_init(&text, arena);
	buffer_print(&text, "%" PRId64, bound.instant);
	if (!bound.end) {
		buffer_char(&text, ':');
		buffer_span_add(&text, bound.customer);
	}
	return (buffer_span(&text));
}

static struct field
topic_field(struct arena *arena, const struct topic_state *topic)
{
	struct buffer name;

	buffer_init(&name, arena);
	buffer_span_add(&name, topic_prefix);
	buffer_span_add(&name, topic->name);
	return ((struct field){
	    buffer_span(&name), arena_print(arena, "%" PRId64 " %" PRId64,
				    topic->next, topic->arrival)});
}

struct fields
state_encode(struct arena *arena, const struct task_state *state)
{
	struct field *at = ARENA_ARRAY(
	    arena, N_ROWS + OTHER_FIELDS + state->n_topics, struct field);
	size_t n = 0;

	for (size_t i = 0; i < N_ROWS; i++) {
		const char *from = (const char *)state + rows[i].offset;
		struct span text;
		int64_t number;

		if (!rows[i].committed)
			continue;
		if (rows[i].text) {
			(void)memcpy(&text, from, sizeof text);
		} else {
			(void)memcpy(&number, from, sizeof number);
			text = state_print(arena, number);
		}
		at[n++] = (struct field){rows[i].name, text};
	}
	at[n++] =
	    (struct field){SPAN("bound"), print_bound(arena, state->bound)};
	at[n++] = (struct field){
	    SPAN("partitions"), state_print(arena, state->partitions)};
	for (size_t i = 0; i < state->n_topics; i++)
		at[n++] = topic_field(arena, &state->topics[i]);
	return ((struct fields){at, n});
}

/* Split at the first c; false where there is none, and *left is all. */
static bool
split(struct span text, char c, struct span *left, struct span *right)
{
	const char *at =
	    text.length == 0 ? NULL : memchr(text.at, c, text.length);

	*left = text;
	*right = (struct span){NULL, 0};
	if (at == NULL)
		return (false);
	left->length = (size_t)(at - text.at);
	*right = (struct span){at + 1, text.length - left->length - 1};
	return (true);
}

static bool
read_bound(struct span text, struct position *ret)
{
	struct span instant;

	ret->end = !split(text, ':', &instant, &ret->customer);
	return (state_number(instant, &ret->instant));
}

static bool
read_topic(const struct field *field, struct topic_state *ret)
{
	struct span next;
	struct span arrival;

	ret->name = (struct span){field->name.at + topic_prefix.length,
	    field->name.length - topic_prefix.length};
	return (split(field->value, ' ', &next, &arrival) &&
		state_number(next, &ret->next) &&
		state_number(arrival, &ret->arrival));
}

static bool
read_partitions(struct span text, int *ret)
{
	int64_t number;

	if (!state_number(text, &number) || number < 0 || number > INT32_MAX)
		return (false);
	*ret = (int)number;
	return (true);
}

static bool
is_topic(struct span name)
{
	return (name.length >= topic_prefix.length &&
		memcmp(name.at, topic_prefix.at, topic_prefix.length) == 0);
}

static bool
read_row(const struct field *field, struct task_state *ret)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		char *to = (char *)ret + rows[i].offset;
		int64_t number;

		if (!span_equals(field->name, rows[i].name))
			continue;
		if (rows[i].text) {
			(void)memcpy(to, &field->value, sizeof field->value);
			return (true);
		}
		if (!state_number(field->value, &number))
			return (false);
		(void)memcpy(to, &number, sizeof number);
		return (true);
	}
	return (true);
}

enum outcome
state_decode(struct fields fields, struct arena *arena, struct task_state *ret,
    struct failure *why)
{
	struct topic_state *topics =
	    ARENA_ARRAY(arena, fields.n, struct topic_state);
	struct task_state state = {
	    .batch = BATCH_NONE,
	    .published = BATCH_NONE,
	    .frontier = INSTANT_BEFORE,
	    .bound = {.instant = INSTANT_BEFORE, .end = true},
	    .live_from = INSTANT_BEFORE,
	    .topics = topics,
	};

	for (size_t i = 0; i < fields.n; i++) {
		const struct field *field = &fields.at[i];
		bool fine;

		if (is_topic(field->name))
			fine = read_topic(field, &topics[state.n_topics++]);
		else if (span_equals(field->name, SPAN("bound")))
			fine = read_bound(field->value, &state.bound);
		else if (span_equals(field->name, SPAN("partitions")))
			fine = read_partitions(field->value, &state.partitions);
		else
			fine = read_row(field, &state);
		if (!fine)
			return (fail_with(why, FATAL,
			    "task: field %.*s: not a value of ours",
			    SPAN_ARGS(field->name)));
	}
	state.exists = state.batch != BATCH_NONE;
	*ret = state;
	return (DONE);
}

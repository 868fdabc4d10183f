#include "daemon/demo_decision.h"

#include "pipeline/base/buffer.h"

enum { DIGITS_MAX = 9 };

static struct span
text_of(const struct json *object, struct span name)
{
	const struct json *member = json_member(object, name);

	return (member != NULL && member->kind == JSON_STRING ? member->text
							      : SPAN(""));
}

static void
put_value(struct buffer *b, const struct json *value)
{
	double number;

	switch (value->kind) {
	case JSON_STRING:
		buffer_span_add(b, value->text);
		break;
	case JSON_NUMBER:
		if (value->text.length > DIGITS_MAX &&
		    json_number(value->text, &number))
			buffer_print(b, "%.3g", number);
		else
			buffer_span_add(b, value->text);
		break;
	case JSON_BOOL:
		buffer_span_add(b, value->truth ? SPAN("yes") : SPAN("no"));
		break;
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		buffer_char(b, '-');
		break;
	}
}

static struct span
params_of(const struct json *object, struct arena *arena)
{
	const struct json *params = json_member(object, SPAN("params"));
	struct buffer b;

	buffer_init(&b, arena);
	if (params == NULL || params->kind != JSON_OBJECT)
		return (SPAN(""));
	for (const struct json *p = params->first; p != NULL; p = p->next) {
		if (p->kind == JSON_NULL)
			continue;
		buffer_print(&b, "%s%.*s ", b.length > 0 ? ", " : "",
		    SPAN_ARGS(p->name));
		put_value(&b, p);
	}
	return (buffer_span(&b));
}

bool
demo_decision_read(struct json_reader *reader, const struct message *message,
    struct arena *arena, struct demo_decision *ret)
{
	const struct json *object;
	enum json_error error;

	if (json_read(reader, message->value, arena, &object, &error, NULL) !=
	    DONE)
		return (false);
	*ret = (struct demo_decision){.type = text_of(object, SPAN("type")),
	    .customer = text_of(object, SPAN("customer_id")),
	    .channel = text_of(object, SPAN("channel")),
	    .timezone = text_of(object, SPAN("timezone")),
	    .reason = text_of(object, SPAN("reason")),
	    .why = text_of(object, SPAN("why")),
	    .params = params_of(object, arena)};
	return (instant_parse(text_of(object, SPAN("decided_at")), &ret->at,
		    NULL) == DONE);
}

#include "pipeline/event/plan.h"

#include "pipeline/base/check.h"

static struct json_pointer
compile(struct arena *arena, struct span text)
{
	struct json_pointer pointer = {NULL, 0};

	CHECK(json_pointer_compile(arena, text, &pointer, NULL) == DONE);
	return (pointer);
}

static bool
moves_money(const struct stream *stream)
{
	return (stream->role == ROLE_PURCHASE || stream->role == ROLE_REFUND);
}

static void
plan_field(struct arena *arena, const struct stream *stream, int i,
    struct field_plan *plan)
{
	const struct field *field = &stream->fields[i];

	plan->pointer = compile(arena, field->from);
	plan->required =
	    field->required ||
	    (moves_money(stream) && i == stream->amount_field) ||
	    (stream->role == ROLE_REFUND && i == stream->order_field);
	plan->is_id = field->type == FIELD_STRING &&
		      (i == stream->id_field || i == stream->order_field);
}

static void
plan_stream(
    struct arena *arena, const struct stream *stream, struct stream_plan *plan)
{
	int currency = stream_field(stream, SPAN("currency"));
	struct field_plan *fields;

	plan->key = compile(arena, stream->key_from);
	plan->id = compile(arena, stream->id_from);
	plan->time = compile(arena, stream->time_from);
	plan->currency = compile(arena, currency == NO_FIELD
					    ? SPAN("/currency")
					    : stream->fields[currency].from);
	plan->moves_money = moves_money(stream);
	fields = ARENA_ARRAY(arena, stream->n_fields, struct field_plan);
	for (size_t i = 0; i < stream->n_fields; i++)
		plan_field(arena, stream, (int)i, &fields[i]);
	plan->fields = fields;
}

const struct stream_plan *
plan_streams(struct arena *arena, const struct schema *schema)
{
	struct stream_plan *plans =
	    ARENA_ARRAY(arena, schema->n_streams, struct stream_plan);

	for (size_t i = 0; i < schema->n_streams; i++)
		plan_stream(arena, &schema->streams[i], &plans[i]);
	return (plans);
}

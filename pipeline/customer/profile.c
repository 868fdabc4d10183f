/*
 * Profile and consent: the last writer wins by (e, stream, id hash), field by
 * field, whatever order they arrive in.
 */
#include "pipeline/customer/history.h"

/* What wrote a field or a consent. */
struct writer {
	wall_ms e;
	int stream;
	uint64_t id_hash;
};

static bool
writer_later(struct writer a, struct writer b)
{
	if (a.e != b.e)
		return (a.e > b.e);
	if (a.stream != b.stream)
		return (a.stream > b.stream);
	return (a.id_hash > b.id_hash);
}

bool
profile_fold(struct customer *customer, const struct event *event)
{
	struct writer writer = {event->e, event->stream->index, event->id_hash};
	bool changed = false;

	for (size_t i = 0; i < event->n_changes; i++) {
		const struct profile_change *change = &event->changes[i];
		struct profile_field *field = &customer->profile[change->field];

		if (!writer_later(writer, (struct writer){field->e,
					      field->stream, field->id_hash}))
			continue;
		*field = (struct profile_field){.value = change->value,
		    .e = writer.e,
		    .stream = writer.stream,
		    .id_hash = writer.id_hash};
		changed = true;
	}
	return (changed);
}

/* At equal times denied wins, whoever says it. */
static bool
consent_wins(const struct consent *a, const struct consent *b)
{
	if (a->e == b->e && a->state != b->state)
		return (
		    a->state == CONSENT_DENIED || b->state == CONSENT_UNKNOWN);
	return (writer_later((struct writer){a->e, a->stream, a->id_hash},
	    (struct writer){b->e, b->stream, b->id_hash}));
}

void
consent_fold(struct customer *customer, const struct schema *schema,
    const struct event *event)
{
	struct consent said = {
	    .state = event->granted ? CONSENT_GRANTED : CONSENT_DENIED,
	    .e = event->e,
	    .stream = event->stream->index,
	    .id_hash = event->id_hash,
	};
	struct consent *row =
	    customer->consents + (size_t)event->purpose * schema->n_channels;

	for (size_t i = 0; i < schema->n_channels; i++)
		if ((event->channel == ALL_CHANNELS ||
			event->channel == (int)i) &&
		    consent_wins(&said, &row[i]))
			row[i] = said;
}

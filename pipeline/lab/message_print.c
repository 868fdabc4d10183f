#include "pipeline/base/json.h"
#include "pipeline/lab/backtest.h"

void
message_print(struct buffer *b, const struct message *message)
{
	buffer_span_add(b, SPAN("{\"topic\":"));
	json_string(b, message->topic);
	buffer_span_add(b, SPAN(",\"key\":"));
	if (message->key.at == NULL)
		buffer_span_add(b, SPAN("null"));
	else
		json_string(b, message->key);
	buffer_span_add(b, SPAN(",\"value\":"));
	if (message->value.length == 0)
		buffer_span_add(b, SPAN("null"));
	else
		buffer_span_add(b, message->value);
	buffer_span_add(b, SPAN("}\n"));
}

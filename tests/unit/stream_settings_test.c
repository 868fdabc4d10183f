#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/stream/sink.h"
#include "pipeline/stream/source.h"

/* `words` is part of the reason; NULL for a property that is taken. */
static const struct row {
	struct property property;
	const char *words;
} rows[] = {
    {{"linger.ms", "20"}, NULL},
    {{"security.protocol", "SASL_SSL"}, NULL},
    {{"session.timeout.ms", "45000"}, NULL},
    {{"queued.max.messages.kbytes", "1024"}, NULL},
    {{"linger.ms", "soon"}, "linger.ms"},
    {{"linger.ns", "1"}, "linger.ns"},
    {{"bootstrap.servers", "a:1"}, "kafka.brokers"},
    {{"group.id", "g"}, "kafka.group"},
    {{"group.instance.id", "i"}, "instance"},
    {{"transactional.id", "t"}, "instance"},
    {{"group.protocol", "consumer"}, "classic"},
    {{"isolation.level", "read_uncommitted"}, "read_committed"},
    {{"enable.auto.commit", "true"}, "offsets travel"},
    {{"auto.commit.enable", "true"}, "offsets travel"},
    {{"auto.offset.reset", "earliest"}, "never guessed"},
    {{"enable.partition.eof", "false"}, "true"},
    {{"partition.assignment.strategy", "cooperative-sticky"}, "range"},
    {{"partitioner", "random"}, "murmur2_random"},
    {{"enable.idempotence", "false"}, "true"},
    {{"transaction.timeout.ms", "60000"}, "session.timeout.ms"},
    {{"rebalance_cb", "x"}, "rebalance_cb"},
};

static void
properties_are_taken_or_refused_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct failure why = {{0}};
		enum outcome outcome = property_check(&rows[i].property, &why);

		if (outcome != (rows[i].words == NULL ? DONE : REJECT))
			fail_msg("%s: outcome %d, %s", rows[i].property.name,
			    outcome, why.text);
		if (rows[i].words != NULL &&
		    strstr(why.text, rows[i].words) == NULL)
			fail_msg("%s", why.text);
	}
}

static void
a_refused_property_opens_nothing(void **state)
{
	static const char *const topics[] = {"t"};
	const struct property bad = {"isolation.level", "read_uncommitted"};
	struct client_options client = {"127.0.0.1:1", &bad, 1};
	struct source_options from = {.client = client,
	    .group = "g",
	    .instance = "i",
	    .topics = topics,
	    .n_topics = 1};
	struct sink_options to = {
	    .client = client, .group = "g", .instance = "i"};
	struct source *source = NULL;
	struct sink *sink = NULL;
	struct failure why;

	(void)state;
	assert_int_equal(source_open(&from, &source, &why), FATAL);
	assert_int_equal(sink_open(&to, &sink, &why), FATAL);
	assert_null(source);
	assert_null(sink);
}

/*
 * Nothing listens there: opening asks nobody, and closing waits for nobody.
 */
static void
clients_open_and_close_without_a_broker(void **state)
{
	static const char *const topics[] = {"t"};
	const struct property shorter = {"session.timeout.ms", "6000"};
	struct client_options client = {"127.0.0.1:1", &shorter, 1};
	struct source_options from = {.client = client,
	    .group = "g",
	    .instance = "i",
	    .topics = topics,
	    .n_topics = 1};
	struct sink_options to = {.client = client,
	    .group = "g",
	    .instance = "i",
	    .topics = topics,
	    .n_topics = 1};
	struct source *source = NULL;
	struct sink *sink = NULL;
	struct membership got;
	struct client_line line;
	enum cause cause;
	struct failure why;

	(void)state;
	assert_int_equal(source_open(&from, &source, &why), DONE);
	assert_int_equal(sink_open(&to, &sink, &why), DONE);
	source_poll(source, 1, &got);
	assert_int_equal(got.change, MEMBERSHIP_SAME);
	assert_null(source_member(source));
	assert_int_equal(sink_start(sink, 1, &cause, &why), RETRY);
	assert_int_equal(cause, CAUSE_AWAY);
	while (source_log(source, &line) || sink_log(sink, &line))
		assert_int_not_equal(line.text[0], '\0');
	source_close(source);
	sink_close(sink);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(properties_are_taken_or_refused_in_words),
	    cmocka_unit_test(a_refused_property_opens_nothing),
	    cmocka_unit_test(clients_open_and_close_without_a_broker),
	};

	return (
	    cmocka_run_group_tests_name("stream_settings", tests, NULL, NULL));
}

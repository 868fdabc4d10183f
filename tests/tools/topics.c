/*
 * What a scenario needs of a broker from outside of kithd: make topics, fill
 * them, read them back.  It shares no code with the daemon.
 *
 *	topics BROKERS create NAME[,SETTING=VALUE]... PARTITIONS ...
 *	topics BROKERS fill < lines of TOPIC TAB KEY TAB TIMESTAMP TAB VALUE
 *	topics BROKERS send TOPIC PARTITION TIMESTAMP KEY [NAME=VALUE]... < value
 *	topics BROKERS dump TOPIC...	committed messages, one JSON line each
 *	topics BROKERS hex TOPIC...	the same; keys, headers, values in hex
 *	topics BROKERS count TOPIC...	how many committed messages
 *	topics BROKERS await TOPIC N	when the first and the Nth committed
 *					message came, in ms since the epoch
 *
 * send: PARTITION -1 goes by the key, TIMESTAMP 0 is now; an empty KEY or
 * value is none at all.
 *
 * Timestamps lie in the past here: topics keep everything (retention.ms=-1).
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_MAX = 512, WAIT_MS = 30000, POLL_MS = 100, DECIMAL = 10 };

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "topics: %s: %s\n", what, why);
	exit(1);
}

static void
set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char why[TEXT_MAX];

	if (rd_kafka_conf_set(conf, name, value, why, sizeof why) !=
	    RD_KAFKA_CONF_OK)
		die(name, why);
}

static rd_kafka_t *
client(rd_kafka_type_t type, const char *brokers, rd_kafka_conf_t *conf)
{
	char why[TEXT_MAX];
	rd_kafka_t *rk;

	set(conf, "bootstrap.servers", brokers);
	rk = rd_kafka_new(type, conf, why, sizeof why);
	if (rk == NULL)
		die(brokers, why);
	return (rk);
}

static long long
number(const char *text)
{
	char *end;
	long long n = strtoll(text, &end, DECIMAL);

	if (end == text || *end != '\0')
		die(text, "not a number");
	return (n);
}

/* "NAME,setting=value,…"; topics here keep everything. */
static rd_kafka_NewTopic_t *
new_topic(char *described, const char *partitions)
{
	char why[TEXT_MAX];
	char *rest;
	char *name = strtok_r(described, ",", &rest);
	rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(
	    name, (int)number(partitions), 1, why, sizeof why);

	if (topic == NULL)
		die(name, why);
	(void)rd_kafka_NewTopic_set_config(topic, "retention.ms", "-1");
	for (char *at; (at = strtok_r(NULL, ",", &rest)) != NULL;) {
		char *value = strchr(at, '=');

		if (value == NULL)
			die(at, "not SETTING=VALUE");
		*value++ = '\0';
		(void)rd_kafka_NewTopic_set_config(topic, at, value);
	}
	return (topic);
}

static void
create(const char *brokers, char **pairs, int n)
{
	rd_kafka_t *rk =
	    client(RD_KAFKA_PRODUCER, brokers, rd_kafka_conf_new());
	rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
	rd_kafka_event_t *event;
	const rd_kafka_topic_result_t **results;
	size_t n_results;

	for (int i = 0; i + 1 < n; i += 2) {
		rd_kafka_NewTopic_t *topic = new_topic(pairs[i], pairs[i + 1]);

		rd_kafka_CreateTopics(rk, &topic, 1, NULL, queue);
		event = rd_kafka_queue_poll(queue, WAIT_MS);
		if (event == NULL)
			die(pairs[i], "no answer");
		results = rd_kafka_CreateTopics_result_topics(
		    rd_kafka_event_CreateTopics_result(event), &n_results);
		for (size_t k = 0; k < n_results; k++)
			if (rd_kafka_topic_result_error(results[k]) != 0)
				die(pairs[i],
				    rd_kafka_topic_result_error_string(
					results[k]));
		rd_kafka_event_destroy(event);
		rd_kafka_NewTopic_destroy(topic);
	}
	rd_kafka_queue_destroy(queue);
	rd_kafka_destroy(rk);
}

/* The field that *at begins, ended with NUL; *at is what follows it. */
static char *
cut(char **at, char end)
{
	char *field = *at;
	char *stop = strchr(field, end);

	if (stop == NULL)
		die("fill", "a line is not TOPIC TAB KEY TAB TIME TAB VALUE");
	*stop = '\0';
	*at = stop + 1;
	return (field);
}

static rd_kafka_resp_err_t
produce(rd_kafka_t *rk, const rd_kafka_vu_t *record, size_t n)
{
	rd_kafka_error_t *error = rd_kafka_produceva(rk, record, n);
	rd_kafka_resp_err_t code =
	    error == NULL ? 0 : rd_kafka_error_code(error);

	rd_kafka_error_destroy(error);
	return (code);
}

static void
send_line(rd_kafka_t *rk, char *line)
{
	char *topic = cut(&line, '\t');
	char *key = cut(&line, '\t');
	char *timestamp = cut(&line, '\t');
	char *value = cut(&line, '\n');
	const rd_kafka_vu_t record[] = {
	    {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
	    {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {key, strlen(key)}},
	    {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {value, strlen(value)}},
	    {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = number(timestamp)},
	    {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
	};
	rd_kafka_resp_err_t code;

	do {
		code = produce(rk, record, sizeof record / sizeof record[0]);
		rd_kafka_poll(rk, code == 0 ? 0 : POLL_MS);
	} while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL);
	if (code != 0)
		die(topic, rd_kafka_err2str(code));
}

static int failures;

static void
delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)opaque;
	failures += message->err != 0;
}

static rd_kafka_t *
writer(const char *brokers)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set(conf, "enable.idempotence", "true");
	set(conf, "partitioner", "murmur2_random");
	set(conf, "linger.ms", "5");
	set(conf, "queue.buffering.max.messages", "500000");
	set(conf, "message.max.bytes", "4000000");
	rd_kafka_conf_set_dr_msg_cb(conf, delivered);
	return (client(RD_KAFKA_PRODUCER, brokers, conf));
}

static void
finish(rd_kafka_t *rk, const char *command)
{
	if (rd_kafka_flush(rk, WAIT_MS) != 0 || failures > 0)
		die(command, "not everything was delivered");
	rd_kafka_destroy(rk);
}

static void
fill(const char *brokers)
{
	rd_kafka_t *rk = writer(brokers);
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0)
		send_line(rk, line);
	free(line);
	finish(rk, "fill");
}

enum { SEND_LEAST = 4 }; /* arguments */

static void
send_one(const char *brokers, char **args, int n)
{
	enum { VALUE_MAX = 4000000 };
	static char value[VALUE_MAX];
	size_t length = fread(value, 1, sizeof value, stdin);
	rd_kafka_t *rk = writer(brokers);
	rd_kafka_headers_t *headers = rd_kafka_headers_new(8);
	char *key = args[3][0] != '\0' ? args[3] : NULL;
	rd_kafka_resp_err_t code;

	for (int i = SEND_LEAST; i < n; i++) {
		const char *at = strchr(args[i], '=');

		if (at == NULL)
			die(args[i], "not NAME=VALUE");
		(void)rd_kafka_header_add(
		    headers, args[i], at - args[i], at + 1, -1);
	}
	{
		const rd_kafka_vu_t record[] = {
		    {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = args[0]},
		    {.vtype = RD_KAFKA_VTYPE_PARTITION,
			.u.i32 = (int32_t)number(args[1])},
		    {.vtype = RD_KAFKA_VTYPE_TIMESTAMP,
			.u.i64 = number(args[2])},
		    {.vtype = RD_KAFKA_VTYPE_KEY,
			.u.mem = {key, key == NULL ? 0 : strlen(key)}},
		    {.vtype = RD_KAFKA_VTYPE_VALUE,
			.u.mem = {length > 0 ? value : NULL, length}},
		    {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
		    {.vtype = RD_KAFKA_VTYPE_MSGFLAGS,
			.u.i = RD_KAFKA_MSG_F_COPY},
		};

		code = produce(rk, record, sizeof record / sizeof record[0]);
	}
	if (code != 0)
		die(args[0], rd_kafka_err2str(code));
	finish(rk, "send");
}

static void
print_hex(const char *at, size_t length)
{
	if (at == NULL) {
		printf("null");
		return;
	}
	putchar('"');
	for (size_t i = 0; i < length; i++)
		printf("%02x", (unsigned char)at[i]);
	putchar('"');
}

static void
print_text(const char *at, size_t length)
{
	putchar('"');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)at[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

/* Values of triggers are JSON; of dead letters they may be anything. */
static void
print_value(const char *at, size_t length)
{
	if (length > 0 && at[0] == '{')
		printf("%.*s", (int)length, at);
	else
		print_text(at, length);
}

static void
print_headers(const rd_kafka_message_t *m, void (*text)(const char *, size_t))
{
	rd_kafka_headers_t *headers;
	const char *name;
	const void *header;
	size_t size;

	if (rd_kafka_message_headers(m, &headers) != 0)
		return;
	for (size_t i = 0;
	     rd_kafka_header_get_all(headers, i, &name, &header, &size) == 0;
	     i++) {
		printf(i == 0 ? "" : ",");
		print_text(name, strlen(name));
		putchar(':');
		text(header, size);
	}
}

static void
print_message(const rd_kafka_message_t *m, int hex)
{
	void (*text)(const char *, size_t) = hex ? print_hex : print_text;
	rd_kafka_timestamp_type_t type;

	printf("{\"topic\":\"%s\",\"partition\":%d,\"offset\":%lld,"
	       "\"timestamp\":%lld,\"key\":",
	    rd_kafka_topic_name(m->rkt), m->partition, (long long)m->offset,
	    (long long)rd_kafka_message_timestamp(m, &type));
	text(m->key, m->key_len);
	printf(",\"headers\":{");
	print_headers(m, text);
	printf("},\"value\":");
	(hex ? print_hex : print_value)(m->payload, m->len);
	printf("}\n");
}

static int
partitions_of(rd_kafka_t *rk, const char *topic)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
	int n;

	if (rd_kafka_metadata(rk, 0, rkt, &metadata, WAIT_MS) != 0 ||
	    metadata->topic_cnt != 1)
		die(topic, "no metadata");
	n = metadata->topics[0].partition_cnt;
	rd_kafka_metadata_destroy(metadata);
	rd_kafka_topic_destroy(rkt);
	return (n);
}

/* A reader of all committed messages of these topics. */
static rd_kafka_t *
reader(const char *brokers, char **topics, int n, int *open)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(8);
	rd_kafka_t *rk;

	*open = 0;
	set(conf, "group.id", "scenario-reader");
	set(conf, "isolation.level", "read_committed");
	set(conf, "enable.partition.eof", "true");
	set(conf, "enable.auto.commit", "false");
	rk = client(RD_KAFKA_CONSUMER, brokers, conf);
	for (int i = 0; i < n; i++)
		for (int p = 0, all = partitions_of(rk, topics[i]); p < all;
		     p++, ++*open)
			rd_kafka_topic_partition_list_add(list, topics[i], p)
			    ->offset = 0;
	if (rd_kafka_assign(rk, list) != 0)
		die("dump", "cannot assign");
	rd_kafka_topic_partition_list_destroy(list);
	return (rk);
}

enum { COUNT, DUMP, HEX };

static long
read_all(const char *brokers, char **topics, int n, int how)
{
	int open;
	rd_kafka_t *rk = reader(brokers, topics, n, &open);
	long seen = 0;

	while (open > 0) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, WAIT_MS);

		if (m == NULL)
			die("dump", "the broker does not answer");
		if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
			open--;
		else if (m->err != 0)
			die("dump", rd_kafka_message_errstr(m));
		else if (seen++, how != COUNT)
			print_message(m, how == HEX);
		rd_kafka_message_destroy(m);
	}
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return (seen);
}

static long long
now_ms(void)
{
	enum { MS = 1000, NS_OF_MS = 1000000 };
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return ((long long)t.tv_sec * MS + t.tv_nsec / NS_OF_MS);
}

static void
await(const char *brokers, char *topic, long n)
{
	int open;
	rd_kafka_t *rk = reader(brokers, &topic, 1, &open);
	long long first = 0;
	long seen = 0;

	while (seen < n) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, WAIT_MS);

		if (m == NULL)
			continue;
		if (m->err == 0 && seen++ == 0)
			first = now_ms();
		rd_kafka_message_destroy(m);
	}
	printf("%lld %lld\n", first, now_ms());
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
}

int
main(int argc, char **argv)
{
	const char *command = argc > 2 ? argv[2] : "";
	char **args = argv + 3;
	int n = argc - 3;

	if (strcmp(command, "create") == 0)
		create(argv[1], args, n);
	else if (strcmp(command, "fill") == 0)
		fill(argv[1]);
	else if (strcmp(command, "send") == 0 && n >= SEND_LEAST)
		send_one(argv[1], args, n);
	else if (strcmp(command, "dump") == 0)
		(void)read_all(argv[1], args, n, DUMP);
	else if (strcmp(command, "hex") == 0)
		(void)read_all(argv[1], args, n, HEX);
	else if (strcmp(command, "count") == 0)
		printf("%ld\n", read_all(argv[1], args, n, COUNT));
	else if (strcmp(command, "await") == 0 && n > 1)
		await(argv[1], args[0], (long)number(args[1]));
	else
		die("usage",
		    "topics BROKERS create|fill|send|dump|hex|count|await …");
	return (0);
}

#ifndef CONFIG_DAEMON_FILE_H
#define CONFIG_DAEMON_FILE_H

#include "pipeline/base/duration.h"
#include "pipeline/base/report.h"
#include "pipeline/event/trigger.h"
#include "pipeline/stream/sink.h"

/* Kind Daemon: what to run.  Every key has its value, or its default. */

/* A property of librdkafka, as it is passed through.  It may be a secret that
   was read from a file: never print a value. */
struct kafka_property {
	struct span name;
	struct span value;
};

/* A topic of its own for one type of trigger. */
struct trigger_topic {
	struct source_text type;
	struct span topic;
};

enum kafka_start { START_EARLIEST, START_LATEST };

struct topics_config {
	struct span triggers; /* of every type that has no other */
	const struct trigger_topic *by_type;
	size_t n_by_type;
	struct span suppressed; /* empty: only counted */
	struct span dead_letters;
	bool create_missing;
};

struct kafka_config {
	struct span brokers;
	struct span group; /* "kith-<name>" */
	enum kafka_start start;
	const struct kafka_property *properties;
	size_t n_properties;
	struct topics_config topics;
	enum trigger_format format;
};

enum store_place {
	STORE_REDIS,  /* redis://HOST[:PORT][/DB], unix:///PATH[?db=DB] */
	STORE_MEMORY, /* "memory:": test and backtest alone */
};
enum store_empty { EMPTY_FAIL, EMPTY_REBUILD };

struct store_config {
	enum store_place place;
	struct span redis;    /* the address as it is written; NUL follows */
	struct span username; /* empty: the default user */
	struct span password; /* empty: none; a secret */
	struct span prefix;
	duration_ms timeout;
	enum store_empty on_empty;
};

struct http_config {
	struct span host; /* empty: no HTTP */
	int port;
};

enum log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR };
enum log_format { LOG_AUTO, LOG_TEXT, LOG_JSON };

struct log_config {
	enum log_level level;
	enum log_format format;
};

enum clock_kind { CLOCK_WALL, CLOCK_STREAM };
enum first_start { FIRST_PRIME, FIRST_LIVE };

struct batch_config {
	int max_records;
	duration_ms max_delay;
};

struct advanced_config {
	struct span instance; /* empty: HOSTNAME is not set, ask the host */
	struct span tenant;   /* default: the name */
	enum clock_kind clock;
	enum delivery delivery;
	/* Of a first start; without the key: prime, and live with a clock of
	   the stream. */
	enum first_start on_first_start;
	duration_ms settle;
	duration_ms future_tolerance;
	duration_ms live_within;
	struct batch_config batch;
	duration_ms offset_interval;
};

struct daemon_config {
	struct span name;
	const struct source_text *rules; /* files, folders or globs */
	size_t n_rules;
	int workers;
	struct kafka_config kafka;
	struct store_config store;
	struct http_config http;
	struct log_config log;
	struct advanced_config advanced;
};

/* How far in the future an event may lie where no Daemon file says. */
#define FUTURE_TOLERANCE_MS ((duration_ms)5 * 60 * 1000)

#endif

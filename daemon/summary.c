#include "daemon/summary.h"

#include <inttypes.h>

#include "pipeline/base/buffer.h"
#include "pipeline/event/schema.h"
#include "pipeline/rule/rule.h"

enum { NAME_COLUMNS = 36, MS_IN_S = 1000 };

/* ", name 12" unless it is nothing; the first without its comma. */
static void
add_part(struct buffer *b, struct span name, uint64_t n)
{
	if (n == 0)
		return;
	buffer_print(b, "%s%.*s %" PRIu64, b->length == 0 ? "" : ", ",
	    SPAN_ARGS(name), n);
}

static void
print_row(FILE *to, const char *title, uint64_t n, const struct buffer *parts)
{
	(void)fprintf(to, "%-11s %10" PRIu64 "%s%.*s\n", title, n,
	    parts->length > 0 ? "  " : "", SPAN_ARGS(buffer_span(parts)));
}

static uint64_t
print_records(struct arena *arena, const struct edition *edition,
    const struct stats *stats, FILE *to)
{
	struct buffer parts;
	uint64_t sum = 0;

	buffer_init(&parts, arena);
	for (size_t i = 0; i < stats->n_streams; i++) {
		uint64_t n = counter_read(&stats->events[i]);

		sum += n;
		add_part(&parts, edition->schema->streams[i].name, n);
	}
	print_row(to, "records", sum, &parts);
	return (sum);
}

static void
print_unreadable(struct arena *arena, const struct stats *stats, FILE *to)
{
	struct buffer parts;
	uint64_t sum = 0;

	buffer_init(&parts, arena);
	for (int i = 0; i < DEAD_REASONS; i++) {
		uint64_t n = counter_read(&stats->dead_letters[i]);

		sum += n;
		add_part(
		    &parts, span_of(dead_reason_name((enum dead_reason)i)), n);
	}
	print_row(to, "unreadable", sum, &parts);
}

static void
print_rule(struct arena *arena, const struct rule *rule,
    const struct rule_stats *stats, FILE *to)
{
	struct buffer parts;
	uint64_t suppressed = 0;

	buffer_init(&parts, arena);
	for (int i = 0; i < REASONS; i++) {
		uint64_t n = counter_read(&stats->suppressed[i]);

		suppressed += n;
		add_part(&parts, span_of(reason_name((enum reason)i)), n);
	}
	add_part(&parts, SPAN("shadow"), counter_read(&stats->shadows));
	add_part(&parts, SPAN("primed"), counter_read(&stats->primed));
	add_part(&parts, SPAN("errors"), counter_read(&stats->errors));
	(void)fprintf(to, "%-*.*s %9" PRIu64 " %11" PRIu64 "%s%.*s\n",
	    NAME_COLUMNS, SPAN_ARGS(rule->id), counter_read(&stats->triggers),
	    suppressed, parts.length > 0 ? "  " : "",
	    SPAN_ARGS(buffer_span(&parts)));
}

void
summary_print(struct arena *arena, const struct edition *edition,
    const struct stats *stats, duration_ms took, FILE *to)
{
	uint64_t records = print_records(arena, edition, stats, to);

	print_unreadable(arena, stats, to);
	(void)fprintf(to, "\n%-*s %9s %11s\n", NAME_COLUMNS, "rule", "triggers",
	    "suppressed");
	for (size_t i = 0; i < edition->n_rules; i++)
		print_rule(arena, &edition->rules[i], &stats->rules[i], to);
	(void)fprintf(to, "\n%.1f s, %.0f records/s\n", (double)took / MS_IN_S,
	    (double)records * MS_IN_S / (double)(took > 0 ? took : 1));
}

#include "daemon/demo_summary.h"

#include "pipeline/base/buffer.h"
#include "pipeline/rule/rule.h"

enum { NAME_COLUMNS = 20 };

static uint64_t
suppressed_of(const struct rule_stats *rule)
{
	uint64_t n = 0;

	for (int i = 0; i < REASONS; i++)
		n += counter_read(&rule->suppressed[i]);
	return (n);
}

struct demo_sums
demo_sums_of(const struct stats *stats)
{
	struct demo_sums sums = {.records = 0};

	for (size_t i = 0; i < stats->n_streams; i++)
		sums.records += counter_read(&stats->events[i]);
	for (size_t i = 0; i < DEAD_REASONS; i++)
		sums.dead += counter_read(&stats->dead_letters[i]);
	for (size_t i = 0; i < stats->n_rules; i++) {
		sums.published += counter_read(&stats->rules[i].triggers);
		sums.suppressed += suppressed_of(&stats->rules[i]);
	}
	return (sums);
}

static void
add_part(struct buffer *b, const char *name, uint64_t n)
{
	if (n > 0)
		buffer_print(b, "%s%s %.*s", b->length > 0 ? ", " : "", name,
		    SPAN_ARGS(demo_number(n, b->arena)));
}

static void
print_rule(const struct rule *rule, const struct rule_stats *stats,
    struct arena *arena, struct demo_screen *screen)
{
	struct buffer why;

	buffer_init(&why, arena);
	for (int i = 0; i < REASONS; i++)
		add_part(&why,
		    i == REASON_CANCELLED ? "cancelled"
					  : reason_name((enum reason)i),
		    counter_read(&stats->suppressed[i]));
	add_part(&why, "in shadow", counter_read(&stats->shadows));
	demo_screen_say(screen, "%-*.*s %9.*s %9.*s%s%.*s", NAME_COLUMNS,
	    SPAN_ARGS(rule->name),
	    SPAN_ARGS(demo_number(counter_read(&stats->triggers), arena)),
	    SPAN_ARGS(demo_number(suppressed_of(stats), arena)),
	    why.length > 0 ? "   " : "", SPAN_ARGS(buffer_span(&why)));
}

void
demo_summary_rules(const struct edition *edition, const struct stats *stats,
    struct demo_screen *screen)
{
	struct arena *arena = arena_new();

	demo_screen_say(
	    screen, "%-*s %9s %9s", NAME_COLUMNS, "rule", "sent", "not sent");
	for (size_t i = 0; i < edition->n_rules; i++)
		print_rule(&edition->rules[i], &stats->rules[i], arena, screen);
	arena_free(arena);
}

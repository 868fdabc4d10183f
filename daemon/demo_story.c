#include "daemon/demo_story.h"

#include <stdlib.h>

#include "pipeline/base/buffer.h"
#include "pipeline/base/check.h"

enum { LINES_MAX = 64, TEXT_COLUMNS = 96 };

/* In the order in which they are told of one instant. */
enum kind { HAPPENED, SENT, NOT_SENT };

struct line {
	wall_ms at;
	size_t order;
	struct span text;
	enum kind kind;
};

struct story {
	int zone; /* where it lives now */
	struct line lines[LINES_MAX];
	size_t n;
	size_t n_said; /* SENT, NOT_SENT */
};

struct demo_stories {
	const struct zones *zones;
	struct arena *arena;
	struct story *stories; /* n_personas */
};

struct demo_stories *
demo_stories_new(const struct zones *zones)
{
	struct demo_stories *s = calloc(1, sizeof *s);

	CHECK(s != NULL);
	s->zones = zones;
	s->arena = arena_new();
	s->stories = calloc(n_personas, sizeof *s->stories);
	CHECK(s->stories != NULL);
	for (size_t i = 0; i < n_personas; i++)
		s->stories[i].zone =
		    zones_find(zones, span_of(personas[i].zone));
	return (s);
}

void
demo_stories_free(struct demo_stories *stories)
{
	if (stories == NULL)
		return;
	arena_free(stories->arena);
	free(stories->stories);
	free(stories);
}

/* Told with the time on the wall where it lived then. */
static void
add(struct demo_stories *s, struct story *story, wall_ms at, enum kind kind,
    struct span text)
{
	char time[DEMO_TIME_MAX];
	struct line *line;

	if (story->n == LINES_MAX)
		return;
	demo_time(s->zones, story->zone, at, time);
	line = &story->lines[story->n];
	*line = (struct line){.at = at,
	    .order = story->n++,
	    .kind = kind,
	    .text = arena_print(s->arena, "%s  %.*s", time, SPAN_ARGS(text))};
	story->n_said += kind != HAPPENED;
}

void
demo_stories_record(
    struct demo_stories *stories, const struct generated *record)
{
	struct story *story = &stories->stories[record->persona];

	if (!record->history)
		add(stories, story, record->arrived, HAPPENED, record->told);
}

void
demo_stories_decision(
    struct demo_stories *stories, const struct demo_decision *decision)
{
	int persona = generator_persona(decision->customer);
	struct story *story;
	int zone;
	struct buffer b;

	if (persona < 0)
		return;
	story = &stories->stories[persona];
	zone = zones_find(stories->zones, decision->timezone);
	if (zone != ZONE_NONE)
		story->zone = zone;
	buffer_init(&b, stories->arena);
	buffer_print(&b, "%.*s", SPAN_ARGS(decision->type));
	if (decision->reason.length > 0)
		buffer_print(
		    &b, ", not sent: %.*s", SPAN_ARGS(decision->reason));
	else
		buffer_print(&b, " by %.*s: %.*s", SPAN_ARGS(decision->channel),
		    SPAN_ARGS(decision->why));
	if (b.length > TEXT_COLUMNS) {
		b.length = TEXT_COLUMNS;
		buffer_print(&b, " ...");
	}
	add(stories, story, decision->at,
	    decision->reason.length > 0 ? NOT_SENT : SENT, buffer_span(&b));
}

static int
compare_lines(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;

	if (x->at != y->at)
		return (x->at < y->at ? -1 : 1);
	if ((x->kind == HAPPENED) != (y->kind == HAPPENED))
		return (x->kind == HAPPENED ? -1 : 1);
	return (x->order < y->order ? -1 : 1);
}

static void
tell(struct story *story, const struct persona *persona,
    struct demo_screen *screen)
{
	static const char *const colours[] = {
	    [HAPPENED] = "", [SENT] = "\033[36m", [NOT_SENT] = "\033[33m"};
	bool colour = screen->colour;

	demo_screen_say(screen, "\n%s%s%s: %s", colour ? "\033[1m" : "",
	    persona->name, colour ? "\033[0m" : "", persona->about);
	qsort(story->lines, story->n, sizeof story->lines[0], compare_lines);
	for (size_t i = 0; i < story->n; i++) {
		const struct line *line = &story->lines[i];

		demo_screen_say(screen, "  %s%s %.*s%s",
		    colour ? colours[line->kind] : "",
		    line->kind == HAPPENED ? "  " : "->", SPAN_ARGS(line->text),
		    colour ? "\033[0m" : "");
	}
}

void
demo_stories_tell(
    struct demo_stories *stories, size_t n, struct demo_screen *screen)
{
	for (size_t i = 0; i < n_personas && n > 0; i++) {
		if (stories->stories[i].n_said == 0)
			continue;
		tell(&stories->stories[i], &personas[i], screen);
		n--;
	}
}

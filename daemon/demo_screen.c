#include "daemon/demo_screen.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "daemon/files.h"
#include "pipeline/base/buffer.h"
#include "pipeline/base/utf8.h"

enum {
	COLUMNS_DEFAULT = 160, /* where nobody says how wide it is */
	COLUMNS_MIN = 80,
	TYPE_COLUMNS = 19,
	NAME_COLUMNS = 16,
	CHANNEL_COLUMNS = 9,
	BAR_COLUMNS = 24,
	LINES_A_SECOND = 9,
	LINES_AT_ONCE = 12,
	STATUS_TERMINAL_MS = 100,
	STATUS_PLAIN_MS = 5000,
	MS = 1000,
	PER_CENT = 100,
	THOUSANDS = 3,
	DIGITS_MAX = 32,
};

#define PLAIN  "\033[0m"
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define CYAN   "\033[36m"
#define YELLOW "\033[33m"

void
demo_screen_init(
    struct demo_screen *screen, FILE *to, const struct zones *zones)
{
	struct winsize size = {.ws_col = 0};

	*screen = (struct demo_screen){.to = to,
	    .terminal = isatty(fileno(to)) == 1,
	    .colour = files_colour(to),
	    .columns = COLUMNS_DEFAULT,
	    .zones = zones,
	    .tokens = LINES_AT_ONCE};
	if (screen->terminal && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0)
		screen->columns =
		    size.ws_col > COLUMNS_MIN ? size.ws_col : COLUMNS_MIN;
}

void
demo_screen_clear(struct demo_screen *screen)
{
	if (screen->status)
		(void)fputs("\r\033[K", screen->to);
	screen->status = false;
}

void
demo_screen_say(struct demo_screen *screen, const char *fmt, ...)
{
	va_list args;

	demo_screen_clear(screen);
	va_start(args, fmt);
	(void)vfprintf(screen->to, fmt, args);
	va_end(args);
	(void)fputc('\n', screen->to);
	(void)fflush(screen->to);
}

/* ---- numbers and times ---- */

struct span
demo_number(uint64_t n, struct arena *arena)
{
	struct span digits = arena_print(arena, "%llu", (unsigned long long)n);
	struct buffer b;

	buffer_init(&b, arena);
	for (size_t i = 0; i < digits.length; i++) {
		if (i > 0 && (digits.length - i) % THOUSANDS == 0)
			buffer_char(&b, ',');
		buffer_char(&b, digits.at[i]);
	}
	return (arena_span(arena, buffer_span(&b)));
}

void
demo_time(
    const struct zones *zones, int zone, wall_ms t, char ret[DEMO_TIME_MAX])
{
	struct local local =
	    zone_local(zones, zone == ZONE_NONE ? ZONE_UTC : zone, t);
	struct civil_day day = civil_from_days(local.days);
	int minutes = (int)(local.ms / MINUTE_MS);
	int an_hour = (int)(HOUR_MS / MINUTE_MS);

	(void)snprintf(ret, DEMO_TIME_MAX, "%04d-%02u-%02u %02u:%02u",
	    day.year % (PER_CENT * PER_CENT), (unsigned)day.month % PER_CENT,
	    (unsigned)day.day % PER_CENT, (unsigned)(minutes / an_hour),
	    (unsigned)(minutes % an_hour));
}

/* ---- lines ---- */

/* A line that ends where the terminal does; colours take no room. */
struct line {
	FILE *to;
	bool colour;
	int left; /* columns */
};

static void
put_colour(struct line *line, const char *colour)
{
	if (line->colour)
		(void)fputs(colour, line->to);
}

static int
put(struct line *line, struct span text)
{
	int n = 0;

	while (text.length > 0 && line->left > 0) {
		size_t length = utf8_length(text);

		length = length == 0 ? 1 : length;
		(void)fwrite(text.at, 1, length, line->to);
		text.at += length;
		text.length -= length;
		line->left--;
		n++;
	}
	return (n);
}

static void
put_padded(struct line *line, struct span text, int width)
{
	int n = put(line, text);

	do
		(void)put(line, SPAN(" "));
	while (++n < width);
}

bool
demo_screen_room(struct demo_screen *screen, int64_t now)
{
	screen->tokens +=
	    (double)(now - screen->filled_at) * LINES_A_SECOND / MS;
	screen->filled_at = now;
	if (screen->tokens > LINES_AT_ONCE)
		screen->tokens = LINES_AT_ONCE;
	if (screen->tokens < 1)
		return (false);
	screen->tokens -= 1;
	return (true);
}

static void
put_reason(struct line *line, const struct demo_decision *d)
{
	if (d->reason.length > 0) {
		put_colour(line, YELLOW);
		(void)put(line, SPAN("not sent: "));
		(void)put(line, d->reason);
		return;
	}
	(void)put(line, d->params);
	if (d->params.length > 0 && d->why.length > 0)
		(void)put(line, SPAN(" | "));
	put_colour(line, DIM);
	(void)put(line, d->why);
}

void
demo_screen_decision(struct demo_screen *screen, const struct demo_decision *d,
    const char *name, bool known)
{
	struct line line = {screen->to, screen->colour, screen->columns - 1};
	char time[DEMO_TIME_MAX];

	demo_screen_clear(screen);
	demo_time(
	    screen->zones, zones_find(screen->zones, d->timezone), d->at, time);
	put_padded(&line, span_of(time), 0);
	(void)put(&line, SPAN(" "));
	put_colour(&line, d->reason.length > 0 ? DIM : CYAN);
	put_padded(&line, d->type, TYPE_COLUMNS);
	put_colour(&line, PLAIN);
	if (known)
		put_colour(&line, BOLD);
	put_padded(&line, span_of(name), NAME_COLUMNS);
	put_colour(&line, PLAIN);
	put_padded(&line, d->channel, CHANNEL_COLUMNS);
	put_reason(&line, d);
	put_colour(&line, PLAIN);
	(void)fputc('\n', screen->to);
}

/* ---- status ---- */

static void
put_bar(struct line *line, double done)
{
	char bar[BAR_COLUMNS + 3];

	bar[0] = '[';
	for (int i = 0; i < BAR_COLUMNS; i++)
		bar[i + 1] = i < done * BAR_COLUMNS ? '#' : '.';
	bar[BAR_COLUMNS + 1] = ']';
	bar[BAR_COLUMNS + 2] = '\0';
	(void)put(line, span_of(bar));
}

static void
put_progress(struct demo_screen *screen, const struct demo_progress *p,
    struct line *line)
{
	struct arena *arena = arena_new();
	char time[DEMO_TIME_MAX];
	struct buffer b;

	demo_time(screen->zones, ZONE_UTC, p->now, time);
	buffer_init(&b, arena);
	buffer_print(&b, " %.10s  %.*s records (%.*s/s)  %.*s customers", time,
	    SPAN_ARGS(demo_number(p->records, arena)),
	    SPAN_ARGS(demo_number((uint64_t)p->rate, arena)),
	    SPAN_ARGS(demo_number(p->customers, arena)));
	buffer_print(&b, "  %.*s sent  %.*s not",
	    SPAN_ARGS(demo_number(p->published, arena)),
	    SPAN_ARGS(demo_number(p->suppressed, arena)));
	(void)put(line, buffer_span(&b));
	arena_free(arena);
}

void
demo_screen_status(struct demo_screen *screen, int64_t now,
    const struct demo_progress *progress)
{
	struct line line = {screen->to, screen->colour, screen->columns - 1};

	bool gone = screen->terminal && !screen->status;

	if (!gone &&
	    now - screen->status_at <
		(screen->terminal ? STATUS_TERMINAL_MS : STATUS_PLAIN_MS))
		return;
	screen->status_at = now;
	demo_screen_clear(screen);
	put_colour(&line, DIM);
	put_bar(&line, progress->done);
	put_progress(screen, progress, &line);
	put_colour(&line, PLAIN);
	if (!screen->terminal)
		(void)fputc('\n', screen->to);
	screen->status = screen->terminal;
	(void)fflush(screen->to);
}

/*
 * Dense streams: how many of a kind on a UTC day, and the last of each kind.
 */
#include "pipeline/customer/array.h"
#include "pipeline/customer/history.h"

static int
kind_compare(struct value a, struct value b)
{
	if (a.kind != b.kind)
		return (a.kind == VALUE_NULL ? -1 : 1);
	return (a.kind == VALUE_NULL
		    ? 0
		    : span_compare(value_text(a), value_text(b)));
}

static int32_t
day_of(wall_ms e)
{
	int64_t day = instant_utc_day(e);

	if (day < INT32_MIN)
		return (INT32_MIN);
	return (day > INT32_MAX ? INT32_MAX : (int32_t)day);
}

static struct value
kind_of(const struct event *event)
{
	int field = event->stream->kind_field;
	struct value kind =
	    field == NO_FIELD ? value_null() : event->fields[field];

	return (kind.kind == VALUE_STRING ? kind : value_null());
}

/* Where a kind's last event is, or would be. */
static size_t
last_index(const struct history *history, struct value kind)
{
	size_t i = 0;

	while (i < history->n_lasts &&
	       kind_compare(history->lasts[i].kind, kind) < 0)
		i++;
	return (i);
}

static bool
last_is(const struct history *history, size_t i, struct value kind)
{
	return (i < history->n_lasts &&
		kind_compare(history->lasts[i].kind, kind) == 0);
}

static bool
last_later(const struct last_kind *last, const struct event *event)
{
	return (last->e > event->e ||
		(last->e == event->e && last->id_hash >= event->id_hash));
}

/* Remember it as the last of its kind; the kind under which it counts. */
static struct value
last_add(
    struct history *history, const struct event *event, struct arena *arena)
{
	struct value kind = kind_of(event);
	size_t i = last_index(history, kind);

	if (!last_is(history, i, kind) && history->n_lasts >= KINDS_MAX) {
		kind = value_null();
		i = last_index(history, kind);
	}
	if (!last_is(history, i, kind)) {
		history->lasts =
		    array_open(arena, history->lasts, history->n_lasts,
			&history->lasts_room, i, sizeof *history->lasts);
		history->n_lasts++;
		history->lasts[i] =
		    (struct last_kind){.kind = kind, .e = INSTANT_BEFORE};
	}
	if (!last_later(&history->lasts[i], event)) {
		history->lasts[i].e = event->e;
		history->lasts[i].id_hash = event->id_hash;
	}
	return (kind);
}

static void
bucket_add(struct history *history, int32_t day, struct value kind,
    struct arena *arena)
{
	size_t i = history->n_days;
	struct day_count *at;

	while (i > 0 &&
	       (history->days[i - 1].day > day ||
		   (history->days[i - 1].day == day &&
		       kind_compare(history->days[i - 1].kind, kind) > 0)))
		i--;
	at = i == 0 ? NULL : &history->days[i - 1];
	if (at == NULL || at->day != day || kind_compare(at->kind, kind) != 0) {
		history->days =
		    array_open(arena, history->days, history->n_days,
			&history->days_room, i, sizeof *history->days);
		history->n_days++;
		at = &history->days[i];
		*at = (struct day_count){.day = day, .kind = kind};
	}
	if (at->count < UINT32_MAX)
		at->count++;
}

/* The first day that a window of max days at n still sees. */
static int64_t
first_day(const struct stream *stream, wall_ms n)
{
	return ((int64_t)day_of(n) - stream->max + 1);
}

void
days_add(
    struct history *history, const struct event *event, struct arena *arena)
{
	struct value kind = last_add(history, event, arena);

	if (day_of(event->e) >= first_day(event->stream, event->a))
		bucket_add(history, day_of(event->e), kind, arena);
}

void
days_expire(struct history *history, const struct stream *stream, wall_ms n)
{
	size_t count = 0;

	while (count < history->n_days &&
	       history->days[count].day < first_day(stream, n))
		count++;
	array_close(
	    history->days, history->n_days, 0, count, sizeof *history->days);
	history->n_days -= count;
}

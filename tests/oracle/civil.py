"""Local time: instants (int ms UTC) to wall readings and back.

The instant of a local date and time is the first at which the wall reads it
or, where it is skipped, anything later.
"""

import datetime as dt
import functools
import zoneinfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

EPOCH = dt.datetime(1970, 1, 1)
MILLISECOND = dt.timedelta(milliseconds=1)


@functools.lru_cache(maxsize=None)
def zone_named(name):
    return zoneinfo.ZoneInfo(name)


@functools.lru_cache(maxsize=None)
def zone_exists(name):
    try:
        zone_named(name)
        return True
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False


def offset(zone, at):
    """The zone's offset from UTC at an instant, in ms."""
    utc = (EPOCH + at * MILLISECOND).replace(tzinfo=dt.timezone.utc)
    return utc.astimezone(zone_named(zone)).utcoffset() // MILLISECOND


def wall(zone, at):
    """What the wall reads, as a naive datetime."""
    return EPOCH + (at + offset(zone, at)) * MILLISECOND


def local_date(zone, at):
    return wall(zone, at).date()


@functools.lru_cache(maxsize=None)
def transitions(zone, year):
    """The instants in a UTC year at which the zone's offset changes."""
    at = (dt.datetime(year, 1, 1) - EPOCH) // MILLISECOND
    end = (dt.datetime(year + 1, 1, 1) - EPOCH) // MILLISECOND
    found, before = [], offset(zone, at - HOUR)
    at -= HOUR
    while at < end:
        now = offset(zone, at + HOUR)
        if now != before:
            found.append(first_true(at, at + HOUR,
                                    lambda t: offset(zone, t) == now))
        at, before = at + HOUR, now
    return tuple(found)


def transitions_between(zone, start, end):
    years = range(wall("UTC", start).year, wall("UTC", end).year + 1)
    return [t for year in years for t in transitions(zone, year)
            if start < t <= end]


def first_true(low, high, test):
    """The first ms in (low, high] at which a test that turns once is true."""
    while high - low > 1:
        middle = (low + high) // 2
        if test(middle):
            high = middle
        else:
            low = middle
    return high


def first_reading(zone, target):
    """The first instant at which the wall reads `target`, or later."""
    guess = (target - EPOCH) // MILLISECOND
    # Offsets lie within a day and a bit of UTC; between two changes of the
    # offset the wall runs straight, so the first reading lies at a straight
    # solution or at a change.
    start, end = guess - 2 * DAY, guess + 2 * DAY
    edges = [start] + transitions_between(zone, start, end) + [end]
    for low, high in zip(edges, edges[1:]):
        at = max(low, guess - offset(zone, low))
        if at < high:
            return at
    raise ValueError("no such instant")


@functools.lru_cache(maxsize=1 << 18)
def instant_of(zone, date, minute):
    """The first instant at which the wall reads date and minute, or later."""
    midnight = dt.datetime.combine(date, dt.time())
    return first_reading(zone, midnight + minute * dt.timedelta(minutes=1))


def add_months(zone, at, months):
    """The first instant whose wall is >= that of `at` plus months, clamped."""
    start = wall(zone, at)
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    day = min(start.day, days_in_month(year, month))
    return first_reading(zone, start.replace(year=year, month=month, day=day))


def days_in_month(year, month):
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return (after - dt.date(year, month, 1)).days


def parse_instant(text):
    """RFC 3339 with an offset, floored to ms; None if it is anything else."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None or "T" not in text.upper():
        return None
    utc = moment.astimezone(dt.timezone.utc).replace(tzinfo=None)
    return (utc - EPOCH) // MILLISECOND


def show_instant(at):
    moment = EPOCH + at * MILLISECOND
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (at % 1000)

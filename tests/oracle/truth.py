"""What a rule may ask at an instant: windows, models, the tier, the event.

Every answer is computed from the raw lists. A question without an answer
(the latest of nothing) raises NoValue, and a condition that raises does not
hold. A money value is an int of minor units; `Money` and `Instant` say how a
parameter is to be written.
"""

import bisect
import collections
import fractions
import math

from civil import DAY, WEEK, local_date, show_instant


class NoValue(Exception):
    """An error value of the rule language."""


Money = collections.namedtuple("Money", "minor")
Instant = collections.namedtuple("Instant", "at")
Churn = collections.namedtuple("Churn", "r alpha a b")


def known(value):
    if value is None:
        raise NoValue
    return value


def show(value, digits):
    """A parameter as it stands in the message."""
    if isinstance(value, Money):
        sign, minor = "-" * (value.minor < 0), abs(value.minor)
        whole, part = divmod(minor, 10 ** digits)
        return "%s%d.%0*d" % (sign, whole, digits, part)
    if isinstance(value, Instant):
        return show_instant(known(value.at))
    return value


def entry_at(entry):
    return entry.at


class Window:
    """Entries of one stream that count at n, in the order of a history."""

    def __init__(self, truth, stream, entries):
        self.truth, self.stream, self.entries = truth, stream, entries

    def _keep(self, test):
        return Window(self.truth, self.stream,
                      [entry for entry in self.entries if test(entry)])

    def last(self, d):
        n = self.truth.n
        if self.stream.days:
            today = n // DAY
            return self._keep(lambda x: x.at // DAY > today - d // DAY)
        return self._part(n - d, n)

    def between(self, far, near):
        n = self.truth.n
        return self._part(n - far, n - near)

    def _part(self, after, until):
        """Entries in (after, until]; they lie in the order of time."""
        low = bisect.bisect_right(self.entries, after, key=entry_at)
        high = bisect.bisect_right(self.entries, until, key=entry_at)
        return Window(self.truth, self.stream, self.entries[low:high])

    def where(self, test):
        return self._keep(test)

    def count(self):
        return len(self.entries)

    def _values(self, name):
        values = (entry[name] for entry in self.entries)
        return [value for value in values if value is not None]

    def _some(self, name):
        return known(self._values(name) or None)

    def sum(self, name):
        return sum(self._values(name))

    def distinct(self, name):
        return len(set(self._values(name)))

    def avg(self, name):
        values = self._some(name)
        if self.stream.fields[name] == "money":
            # round() of a fraction goes half to even.
            return round(fractions.Fraction(sum(values), len(values)))
        return sum(values) / len(values)

    def min(self, name):
        return min(self._some(name))

    def max(self, name):
        return max(self._some(name))

    def top(self, name):
        """The most frequent; among equals that of the latest entry."""
        values = self._some(name)
        times = collections.Counter(values)
        return next(value for value in reversed(values)
                    if times[value] == max(times.values()))

    def _ends(self, name):
        return self._some(name) if name else known(self.entries or None)

    def latest(self, name=None):
        """The latest entry, or the latest value of a field."""
        return self._ends(name)[-1]

    def first(self, name=None):
        return self._ends(name)[0]

    def previous(self, name=None):
        """The latest other than the event at hand."""
        event = known(self.truth.event)
        return self._keep(lambda x: (x.id, x.raw_e)
                          != (event.id, event.raw_e)).latest(name)


def purchase_days(entries, timezone):
    """The instants of the purchase days: of each day its earliest."""
    days = {}
    for entry in entries:
        days.setdefault(local_date(timezone, entry.at), entry.at)
    return sorted(days.values())


def p_alive(churn, days, n):
    """MBG/NBD; in the order in which the formula is written."""
    if not days:
        raise NoValue
    x = len(days) - 1
    t_x = (days[-1] - days[0]) / WEEK
    age = (n - days[0]) / WEEK
    level = (math.log(churn.a / (churn.b + x)) + (churn.r + x)
             * math.log1p((age - t_x) / (churn.alpha + t_x)))
    return math.exp(-level) if level > 700 else 1 / (1 + math.exp(level))


class Truth:
    """One state of one customer at n, as the expressions of rules see it."""

    def __init__(self, customer, n, event=None, start=None):
        self.customer, self.n = customer, n
        self.event, self.start = event, start
        self.idle_step = None
        self.idle_stream = None
        self.tier_old = None

    def stream(self, name):
        history = self.customer.history
        return Window(self, history.schema.streams[name],
                      self.customer.counted(name))

    @property
    def purchases(self):
        return self.stream(self.customer.history.schema.named("purchase"))

    @property
    def zone(self):
        return self.customer.history.zone()

    def field(self, name):
        return self.customer.history.field(name)

    @property
    def p_alive(self):
        return p_alive(self.customer.rules.churn,
                       self.customer.purchase_days(), self.n)

    @property
    def tier(self):
        return self.customer.tier

    @property
    def idle_days(self):
        last = known(self.customer.last(known(self.idle_stream)))
        return (self.n - last.at) // DAY


def holds(condition, truth):
    if condition is None:
        return True
    try:
        return bool(condition(truth))
    except NoValue:
        return False

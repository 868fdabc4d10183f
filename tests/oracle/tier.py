"""The loyalty status of one customer: spend in a rolling window, no validity
period, one step down, grace and warnings.

The status is the only thing that is remembered; what it is measured by is
summed anew each time.
"""

import dataclasses

from truth import NoValue


@dataclasses.dataclass
class Programme:
    window: int
    names: list          # from the lowest; "none" lies below
    thresholds: list
    grace: int
    warn: list


@dataclasses.dataclass
class Happening:
    """Something that happened to a tier: what, when, and from where."""
    kind: str
    at: int
    old: str
    new: str


class Tier:
    def __init__(self, programme, customer):
        self.programme, self.customer = programme, customer
        self.level = 0
        self.grace_from = None
        self.warned = set()

    @property
    def name(self):
        return self._name(self.level)

    def _name(self, level):
        return (["none"] + self.programme.names)[level]

    def _threshold(self, level):
        return ([0] + self.programme.thresholds)[level]

    def measure(self, n):
        low = n - self.programme.window
        return sum(entry.net
                   for entry in self.customer.counted_purchases()
                   if low < entry.at <= n)

    def _earned(self, q):
        return sum(q >= bound for bound in self.programme.thresholds)

    def missing(self, n):
        return max(0, self._threshold(self.level) - self.measure(n))

    def valid_to(self, n):
        """The end of the status as it stands, grace included."""
        if self.level == 0:
            raise NoValue
        if self.grace_from is not None:
            return self.grace_from + self.programme.grace
        exits = sorted(entry.at + self.programme.window
                       for entry in self.customer.counted_purchases())
        return self.programme.grace + next(
            at for at in exits if at > n
            and self.measure(at) < self._threshold(self.level))

    def after_event(self, n):
        """What a purchase or a refund does to the status."""
        q, old = self.measure(n), self.name
        earned = self._earned(q)
        if earned > self.level:
            self._become(earned)
            return [Happening("upgraded", n, old, self.name)]
        if self.grace_from is not None and q >= self._threshold(self.level):
            self._become(self.level)
            return [Happening("retained", n, old, old)]
        self._lapse(q, n)
        return []

    def _become(self, level):
        self.level, self.grace_from, self.warned = level, None, set()

    def _lapse(self, q, n):
        if self.grace_from is None and q < self._threshold(self.level):
            self.grace_from, self.warned = n, set()

    def dues(self):
        """The instants at which the status has something to do by itself."""
        if self.grace_from is None:
            return []
        end = self.grace_from + self.programme.grace
        return [end] + [end - lead for lead in self.programme.warn
                        if lead not in self.warned]

    def at_time(self, n):
        """What time alone does at n."""
        happened = []
        self._lapse(self.measure(n), n)
        if self.grace_from is None:
            return happened
        end = self.grace_from + self.programme.grace
        for lead in self.programme.warn:
            if end - lead <= n < end and lead not in self.warned:
                self.warned.add(lead)
                happened.append(Happening("at_risk", n, self.name, self.name))
        if n >= end:
            happened.append(self._fall(n))
        return happened

    def _fall(self, n):
        old, q = self.name, self.measure(n)
        self._become(max(self.level - 1, self._earned(q)))
        self._lapse(q, n)
        return Happening("downgraded", n, old, self.name)

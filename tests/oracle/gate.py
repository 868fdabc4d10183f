"""The gate: who may be contacted now, later, or not at all.

All that is remembered is which decisions are pending or published and for
when; every test counts them anew.
"""

import dataclasses
import datetime as dt
import typing

import civil
from truth import holds

NEVER = "never"


@dataclasses.dataclass(frozen=True)
class Cap:
    name: str
    max: int
    per: object          # ms of a rolling window, or "day", "week", "month"
    over: str = "drop"


@dataclasses.dataclass(frozen=True)
class Quiet:
    """Quiet hours in minutes of the day; `all_day` in weekdays, Monday 0."""
    start: typing.Optional[int]
    end: typing.Optional[int]
    all_day: tuple = ()
    otherwise: str = "defer"
    jitter: int = 0

    def quiet(self, zone, at):
        now = civil.wall(zone, at)
        if now.weekday() in self.all_day:
            return True
        if self.start is None:
            return False
        minute = now.hour * 60 + now.minute
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def release(self, zone, n):
        """The first instant >= n outside the quiet hours."""
        if not self.quiet(zone, n):
            return n
        today = civil.local_date(zone, n)
        edges = civil.transitions_between(zone, n, n + 9 * civil.DAY)
        for day in range(-1, 9):
            date = today + dt.timedelta(days=day)
            edges += [civil.instant_of(zone, date, minute)
                      for minute in {0, self.start or 0, self.end or 0}]
        return min(at for at in edges
                   if at > n and not self.quiet(zone, at))


@dataclasses.dataclass(frozen=True)
class Channel:
    purpose: typing.Optional[str] = None
    caps: tuple = ()
    quiet: typing.Optional[Quiet] = None


@dataclasses.dataclass(eq=False)
class Decision:
    """That a rule's message is due; `n` is when that was decided, `at` the
    time of its slot: when it was or will be published."""
    rule: object
    key: str
    tau: int
    n: int
    event: object = None
    idle_step: int = 0
    last: object = None          # the purchase whose silence this is
    tier_old: object = None
    at: int = 0
    pending: bool = False
    ended: bool = False

    @property
    def order(self):
        return (-self.rule.priority, self.rule.id, self.tau, self.key)


def period(cap, zone, at):
    """Which calendar period of a cap an instant lies in."""
    date = civil.local_date(zone, at)
    return {"day": date, "week": date - dt.timedelta(days=date.weekday()),
            "month": date.replace(day=1)}[cap.per]


def after_period(cap, zone, at):
    """The start of the next calendar period."""
    start = period(cap, zone, at)
    length = {"day": 1, "week": 7, "month": civil.days_in_month(
        start.year, start.month)}[cap.per]
    return civil.instant_of(zone, start + dt.timedelta(days=length), 0)


class Gate:
    def __init__(self, customer):
        self.customer = customer
        self.live = []           # decisions that are pending or published
        self.passed = set()      # exclusive groups of this evaluation

    def pending(self):
        return [d for d in self.live if d.pending]

    def take(self, decisions, n):
        """One evaluation: decisions and the releases that fall due in it."""
        self.passed = set()
        for decision in sorted(decisions, key=lambda d: d.order):
            if decision.ended:
                continue         # its slot went to one of higher priority
            if decision.pending:
                self._release(decision, n)
            else:
                self._decide(decision, n)

    def _decide(self, decision, n):
        rule = decision.rule
        reason = None
        if n - decision.tau > rule.expires:
            reason = "stale"
        elif not self._consent(rule):
            reason = "consent"
        elif rule.exclusive in self.passed:
            reason = "priority"
        elif self._too_soon(rule, n):
            reason = "reentry"
        if reason:
            self.end(decision, reason, n)
        else:
            self._place(decision, n)

    def _release(self, decision, n):
        rule = decision.rule
        self.live.remove(decision)
        decision.pending = False
        truth = self.customer.truth_of(decision, n)
        condition = rule.send_if if rule.source == "event" else rule.when
        if n - decision.tau > rule.expires:
            self.end(decision, "stale", n)
        elif not holds(condition, truth):
            self.end(decision, "condition", n)
        elif not self._consent(rule):
            self.end(decision, "consent_withdrawn", n)
        else:
            self._place(decision, n)

    def _consent(self, rule):
        return rule.purpose is None or self.customer.history.granted(
            rule.purpose, rule.channel)

    def _too_soon(self, rule, n):
        before = [d.n for d in self.live if d.rule is rule]
        if not before or rule.reentry in (None, NEVER):
            return False
        if isinstance(rule.reentry, int):
            return n < max(before) + rule.reentry
        months = int(rule.reentry[1:-1])
        return n < civil.add_months(self.customer.zone(), max(before), months)

    def _place(self, decision, n):
        """Caps and quiet hours: publish now, hold until later, or end it."""
        rule, at = decision.rule, self.open_at(decision.rule, n)
        if at > n and rule.quiet.otherwise == "drop":
            self.end(decision, self._dropped_for(decision, n), n)
            return
        taken_from = self._room(decision, at)
        if taken_from is None:
            if not self._defers(decision, at):
                self.end(decision, "cap", n)
                return
            at, taken_from = self._first_room(decision, at), []
        for other in taken_from:
            self.end(other, "priority", n)
        decision.at, decision.pending = at, at > n
        self.live.append(decision)
        self.passed |= {rule.exclusive} - {None}
        if at == n:
            self.customer.publish(decision, n)

    def _dropped_for(self, decision, n):
        """Why a message that quiet hours drop was dropped: the reason that
        comes first. It takes no slot from anybody."""
        if self._room(decision, n) is None and not self._defers(decision, n):
            return "cap"
        return "quiet_hours"

    def open_at(self, rule, n):
        zone = self.customer.zone()
        return rule.quiet.release(zone, n) if rule.quiet else n

    def _defers(self, decision, at):
        return all(cap.over == "defer" for cap in decision.rule.caps
                   if self._crowd(cap, decision, at, ()))

    def _crowd(self, cap, decision, at, gone):
        """Who counts in windows of the cap that would be too full."""
        slots = [d for d in self.live if cap in d.rule.caps
                 and d is not decision and d not in gone]
        zone = self.customer.zone()
        if isinstance(cap.per, str):
            now = period(cap, zone, at)
            inside = [d for d in slots if period(cap, zone, d.at) == now]
            return inside if len(inside) + 1 > cap.max else []
        crowd = []
        for end in {at} | {d.at for d in slots}:
            if not end - cap.per < at <= end:
                continue
            inside = [d for d in slots if end - cap.per < d.at <= end]
            if len(inside) + 1 > cap.max:
                crowd += [d for d in inside if d not in crowd]
        return crowd

    def _room(self, decision, at):
        """Whose slots are needed for this one to fit; None if not to be."""
        gone = []
        while True:
            crowds = [self._crowd(cap, decision, at, gone)
                      for cap in decision.rule.caps]
            if not any(crowds):
                return gone
            weaker = {d for crowd in crowds for d in crowd if d.pending
                      and d.rule.priority < decision.rule.priority}
            if not weaker:
                return None
            by_gate = sorted(weaker, key=lambda d: d.order, reverse=True)
            gone.append(min(by_gate, key=lambda d: (d.rule.priority, -d.at)))

    def _first_room(self, decision, at):
        """The first instant outside quiet hours at which every cap fits."""
        rule, zone = decision.rule, self.customer.zone()
        while any(self._crowd(cap, decision, at, ()) for cap in rule.caps):
            later = []
            for cap in rule.caps:
                if isinstance(cap.per, str):
                    later.append(after_period(cap, zone, at))
                else:
                    later += [d.at + cap.per for d in self.live
                              if cap in d.rule.caps]
            at = self.open_at(rule, min(t for t in later if t > at))
        return at

    def move_releases(self, n):
        """A profile record: the release of each pending one anew. Returns
        those that are open now."""
        for decision in sorted(self.pending(), key=lambda d: d.order):
            at = self.open_at(decision.rule, n)
            crowded = any(self._crowd(cap, decision, at, ())
                          for cap in decision.rule.caps)
            if crowded and self._defers(decision, at):
                at = self._first_room(decision, at)
            decision.at = at
        return [d for d in self.pending() if d.at <= n]

    def end(self, decision, reason, n):
        """A decision that is not, or no longer, to be published."""
        if decision in self.live:
            self.live.remove(decision)
        decision.pending, decision.ended = False, True
        self.customer.suppress(decision, reason, n)

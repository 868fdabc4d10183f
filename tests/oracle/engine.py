"""Time, one customer at a time, by brute force.

Between two records every instant is visited at which anything could change:
each entry of the history plus each duration that the rules name, and one ms
later; the ms at which a falling figure crosses its threshold, found by
bisection; and what has a due time of its own. At each of them all rules that
time can turn are asked anew.
"""

import dataclasses
import datetime as dt
import typing

import civil
import gate as gates
from gate import NEVER, Decision, Gate
from history import History, Unreadable, decode, leap_year
from identity import trigger_id
from tier import Tier
from truth import NoValue, Truth, holds, purchase_days, show

HOUR, DAY = civil.HOUR, civil.DAY
PROMOTIONAL, TRANSACTIONAL = 48 * HOUR, 15 * civil.MINUTE


@dataclasses.dataclass(eq=False)
class Rule:
    """A rule, with conditions as functions of a Truth. `reads` are the
    streams whose records may turn it."""
    id: str
    source: str = "state"        # state event idle yearly tier
    stream: typing.Optional[str] = None
    when: typing.Optional[typing.Callable] = None
    reads: frozenset = frozenset()
    reset_when: typing.Optional[typing.Callable] = None
    hold: int = 0                # `for`
    delay: int = 0
    cancel_on: dict = dataclasses.field(default_factory=dict)
    send_if: typing.Optional[typing.Callable] = None
    steps: tuple = ()
    date: typing.Optional[typing.Callable] = None
    minute: int = 0
    leap: str = "feb28"
    skip_first: bool = False
    tier: typing.Optional[str] = None
    reentry: object = None       # None, NEVER, ms, or "P1M"
    channel: str = ""
    purpose: typing.Optional[str] = None
    caps: tuple = ()
    quiet: typing.Optional[gates.Quiet] = None
    exclusive: typing.Optional[str] = None
    priority: int = 0
    expires: int = PROMOTIONAL
    params: dict = dataclasses.field(default_factory=dict)
    version: int = 1


@dataclasses.dataclass
class RuleSet:
    tenant: str
    schema: object
    rules: list
    durations: tuple             # every duration that a condition names
    programme: object = None
    churn: object = None
    falling: tuple = ()          # conditions on figures that only fall
    instants: typing.Optional[typing.Callable] = None


@dataclasses.dataclass
class Memory:
    """What a rule remembers of a customer."""
    true: bool = False
    armed: bool = True
    since: typing.Optional[int] = None
    used: bool = False


@dataclasses.dataclass(eq=False)
class Start:
    """An event whose rule waits for its delay."""
    rule: Rule
    event: object
    due: int


class Customer:
    def __init__(self, name, rules, emit):
        self.name, self.rules, self.emit = name, rules, emit
        self.history = History(rules.schema)
        self.gate = Gate(self)
        self.tier = Tier(rules.programme, self) if rules.programme else None
        self.memory = {rule: Memory() for rule in rules.rules}
        self.keys = set()        # (rule, occurrence key) already decided
        self.starts = []
        self.seen = None
        self.scanned = 0         # instants below it have been visited
        self.extra_instants = None
        self._cache = {}

    # What the lists say; kept only until they change.

    def _cached(self, what, compute):
        made, value = self._cache.get(what, (None, None))
        if made != self.history.changes:
            value = compute()
            self._cache[what] = (self.history.changes, value)
        return value

    def counted(self, stream):
        return self._cached(stream, lambda: self.history.counted(stream))

    def counted_purchases(self):
        return self._cached("purchases of all streams", lambda: sorted(
            (entry for name in self.rules.schema.of_role("purchase")
             for entry in self.counted(name)), key=lambda x: x.order))

    def last(self, stream):
        entries = self.counted(stream)
        return entries[-1] if entries else None

    def marks(self, stream):
        """The instants of a stream's entries, as windows see them."""
        days = self.rules.schema.streams[stream].days
        return [entry.at - entry.at % DAY if days else entry.at
                for entry in self.counted(stream)]

    def purchase_days(self):
        return self._cached("days", lambda: purchase_days(
            self.counted_purchases(), self.rules.schema.timezone))

    def zone(self):
        return self.history.zone()

    # Records.

    def take(self, record):
        """A record of this customer, after its timers that come first."""
        self.run_timers(record["arrived"])
        try:
            event = decode(self.rules.schema, record)
        except Unreadable:
            return
        orphans = self.history.fold(event)
        if orphans is None:
            return
        first, n = self.seen is None, max(self.seen or 0, event.a)
        self.seen = n
        self._evaluate_event(event, n, first)
        for orphan in orphans:
            # It counts as arriving right after its purchase.
            self.history.net_orphan(orphan)
            self._evaluate_event(orphan, n, again=True)
        self.scanned = n
        self._run_overdue(n)

    def _evaluate_event(self, event, n, first=False, again=False):
        """Evaluate what an event did; `again` for an orphan, whose event
        rules had their turn when it arrived."""
        released = []
        touched = {event.stream}
        role = self.rules.schema.streams[event.stream].role
        if role == "refund":
            touched |= set(self.rules.schema.of_role("purchase"))
        happened = []
        if role in ("purchase", "refund"):
            if self.tier:
                happened = self.tier.after_event(n)
            self._end_averted_warnings(happened, n)
        self._end_broken_silences(event, role, n)
        self._cancel(event, n)
        if role == "profile":
            released = self.gate.move_releases(n)
        decisions = self._tier_decisions(happened, n, event)
        for rule in self.rules.rules:
            if rule.source == "event":
                if rule.stream == event.stream and not again:
                    decisions += self._on_event(rule, event, n)
            elif rule.source == "state" and (first or rule.reads & touched):
                decisions += self._on_truth(rule, n, event)
        self.gate.take(decisions + released, n)

    def _end_broken_silences(self, event, role, n):
        reason = {"purchase": "purchase_arrived",
                  "refund": "refund"}.get(role, event.stream)
        for decision in self.gate.pending():
            rule = decision.rule
            if rule.source == "idle" and (
                    decision.last is not self.last(rule.stream)):
                self.gate.end(decision, reason, n)

    def _end_averted_warnings(self, happened, n):
        if not any(h.kind in ("retained", "upgraded") for h in happened):
            return
        for decision in self.gate.pending():
            if decision.rule.tier == "at_risk":
                self.gate.end(decision, "retained", n)

    def _cancel(self, event, n):
        for start in list(self.starts):
            if self._cancels(start.rule, start.event, event, n):
                self.starts.remove(start)
                self._suppress_start(start, event.stream, n)
        for decision in self.gate.pending():
            if self._cancels(decision.rule, decision.event, event, n):
                self.gate.end(decision, event.stream, n)

    def _cancels(self, rule, started_by, event, n):
        test = rule.cancel_on.get(event.stream)
        return test is not None and holds(
            test, Truth(self, n, event=event, start=started_by))

    # Sources. Each returns the decisions it makes.

    def _decide(self, rule, key, tau, n, **more):
        """A decision, unless the rule or the occurrence is used up."""
        memory = self.memory[rule]
        if (rule, key) in self.keys or (
                rule.reentry == NEVER and memory.used):
            return []
        self.keys.add((rule, key))
        memory.used = True
        return [Decision(rule, key, tau, n, **more)]

    def _on_event(self, rule, event, n):
        if not holds(rule.when, Truth(self, n, event=event, start=event)):
            return []
        if rule.delay:
            self.starts.append(Start(rule, event, event.e + rule.delay))
            return []
        return self._decide(rule, event.id, event.e, n, event=event)

    def _on_truth(self, rule, n, event=None):
        memory = self.memory[rule]
        truth = Truth(self, n)
        true = holds(rule.when, truth)
        again = holds(rule.reset_when, truth) if rule.reset_when else not true
        memory.armed = memory.armed or again
        rising = true and not memory.true
        memory.true = true
        if not true:
            memory.since = None
            return []
        if rule.hold:
            return self._on_held(rule, memory, rising, n, event)
        if not (rising and memory.armed):
            return []
        memory.armed = False
        key = event.id if event else "t:%d" % n
        return self._decide(rule, key, n, n, event=event)

    def _on_held(self, rule, memory, rising, n, event):
        if rising and memory.armed:
            memory.since = n
        if event or memory.since is None or n < memory.since + rule.hold:
            return []
        memory.armed, memory.since = False, None
        return self._decide(rule, "t:%d" % n, n, n)

    def _tier_decisions(self, happened, n, event=None):
        decisions = []
        for h in happened:
            cause = event.id if event else "t:%d" % n
            change = h.kind in ("upgraded", "downgraded")
            key = "%s:%s>%s" % (cause, h.old, h.new) if change else cause
            for rule in self.rules.rules:
                if rule.tier != h.kind:
                    continue
                truth = Truth(self, n)
                truth.tier_old = h.old
                if holds(rule.when, truth):
                    decisions += self._decide(rule, key, n, n, event=event,
                                              tier_old=h.old)
        return decisions

    def _silences(self, rule):
        """(due, step, key) of the steps that have not run."""
        last = self.last(rule.stream)
        if last is None:
            return []
        steps = [(last.at + length, step, "%016x:%d" % (last.hash, step))
                 for step, length in enumerate(rule.steps, 1)]
        return [s for s in steps if (rule, "ran", s[2]) not in self.keys]

    def _on_silence(self, rule, due, n):
        decisions = []
        for at, step, key in self._silences(rule):
            if at != due:
                continue
            self.keys.add((rule, "ran", key))
            truth = Truth(self, n)
            truth.idle_step, truth.idle_stream = step, rule.stream
            if holds(rule.when, truth):
                decisions += self._decide(rule, key, due, n, idle_step=step,
                                          last=self.last(rule.stream))
        return decisions

    def _occasions(self, rule, n):
        """(due, key) of the occasions that may still run, by date."""
        try:
            date = rule.date(Truth(self, n))
        except NoValue:
            return []
        if date is None:
            return []
        zone, (born, month, day) = self.zone(), date
        this = civil.local_date(zone, n).year
        found = []
        for year in range(this - 1, this + 3):
            if born is not None and year < born + rule.skip_first:
                continue
            on = date_in(year, month, day, rule.leap)
            if on is None or (rule, "ran", on.isoformat()) in self.keys:
                continue
            due = civil.instant_of(zone, on, rule.minute)
            if due >= n - rule.expires:
                found.append((due, on.isoformat()))
        return found

    def _on_occasion(self, rule, due, n):
        decisions = []
        for at, key in self._occasions(rule, n):
            if at != due:
                continue
            self.keys.add((rule, "ran", key))
            if holds(rule.when, Truth(self, n)):
                decisions += self._decide(rule, key, due, n)
        return decisions

    def _on_delay_over(self, due, n):
        decisions = []
        for start in [s for s in self.starts if s.due == due]:
            self.starts.remove(start)
            rule, event = start.rule, start.event
            truth = Truth(self, n, event=event, start=event)
            stale = n - due > rule.expires
            if not stale and not holds(rule.send_if, truth):
                self._suppress_start(start, "condition", n)
                continue
            decisions += self._decide(rule, event.id, due, n, event=event)
        return decisions

    def _suppress_start(self, start, reason, n):
        key = (start.rule, start.event.id)
        if key in self.keys or (start.rule.reentry == NEVER
                                and self.memory[start.rule].used):
            return
        self.keys.add(key)
        self.suppress(Decision(start.rule, start.event.id, start.due, n,
                               event=start.event), reason, n)

    # Time.

    def _due_times(self):
        """Every instant that is due by itself: no truth, but a date."""
        dues = [start.due for start in self.starts]
        dues += [decision.at for decision in self.gate.pending()]
        dues += self.tier.dues() if self.tier else []
        for rule in self.rules.rules:
            if rule.source == "idle":
                dues += [s[0] for s in self._silences(rule)]
            elif rule.source == "yearly":
                dues += [o[0] for o in self._occasions(rule, self.seen)]
            elif self.memory[rule].since is not None:
                dues.append(self.memory[rule].since + rule.hold)
        return dues

    def run_timers(self, limit):
        """Everything that time does before `limit`."""
        if self.seen is None:
            return
        scan = self._instants(self.scanned, limit)
        at = 0
        while True:
            due = min(self._due_times(), default=limit)
            if at < len(scan):
                due = min(due, scan[at])
            if due >= limit:
                break
            self._evaluate_time(due)
            while at < len(scan) and scan[at] <= due:
                at += 1
        self.scanned = max(self.scanned, limit)

    def _run_overdue(self, n):
        """What a record made due before it: at once, each in its turn."""
        while True:
            due = min(self._due_times(), default=n)
            if due >= n:
                return
            self.gate.take(self._due_decisions(due, n), n)

    def _due_decisions(self, due, n):
        decisions = self._on_delay_over(due, n)
        for rule in self.rules.rules:
            if rule.source == "idle":
                decisions += self._on_silence(rule, due, n)
            elif rule.source == "yearly":
                decisions += self._on_occasion(rule, due, n)
        return decisions + [d for d in self.gate.pending() if d.at == due]

    def _evaluate_time(self, due):
        self.seen = n = max(self.seen, due)
        decisions = []
        if self.tier:
            decisions += self._tier_decisions(self.tier.at_time(n), n)
        decisions += self._due_decisions(due, n)
        for rule in self.rules.rules:
            if rule.source == "state":
                decisions += self._on_truth(rule, n)
        self.gate.take(decisions, n)

    def _instants(self, start, end):
        """Where truth may turn in [start, end): sorted, `start` among them."""
        found = {start} if start < end else set()
        for name, stream in self.rules.schema.streams.items():
            for mark in self.marks(name):
                for length in self.rules.durations:
                    at = mark + length
                    if stream.days:
                        at -= at % DAY
                    found |= {t for t in (at, at + 1) if start <= t < end}
        if self.rules.instants:
            found |= set(self.rules.instants(self, start, end))
        if self.extra_instants:
            found |= set(self.extra_instants(start, end))
        marks = sorted(found)
        for low, high in zip(marks, marks[1:] + [end]):
            for figure in self.rules.falling:
                found |= self._crossing(figure, low, high - 1)
        return sorted(found)

    def _crossing(self, figure, low, high):
        before = holds(figure, Truth(self, low))
        if low >= high or holds(figure, Truth(self, high)) == before:
            return set()
        return {civil.first_true(low, high, lambda t: holds(
            figure, Truth(self, t)) != before)}

    # What comes out.

    def truth_of(self, decision, n):
        event = decision.event if decision.rule.source == "event" else None
        truth = Truth(self, n, event=event, start=event)
        truth.idle_step, truth.tier_old = decision.idle_step, decision.tier_old
        truth.idle_stream = decision.rule.stream
        return truth

    def publish(self, decision, n):
        truth, params = self.truth_of(decision, n), {}
        for name, value in decision.rule.params.items():
            try:
                given = value(truth) if callable(value) else value
                params[name] = show(given, self.rules.schema.digits)
            except NoValue:
                params[name] = None
        self._emit(decision, n, params=params)

    def suppress(self, decision, reason, n):
        self._emit(decision, n, reason=reason)

    def _emit(self, decision, n, **more):
        rule = decision.rule
        self.emit({
            "rule": rule.id, "customer_id": self.name,
            "trigger_id": trigger_id(self.rules.tenant, rule.id, rule.version,
                                     self.name, decision.key),
            "occurrence_key": decision.key, "occurred_at": decision.tau,
            "decided_at": n, **more})


def date_in(year, month, day, leap):
    """The date of an occasion in a year; None where it does not come."""
    if (month, day) == (2, 29) and not leap_year(year):
        if leap == "leap_only":
            return None
        month, day = (2, 28) if leap == "feb28" else (3, 1)
    return dt.date(year, month, day)


def run(rules, records, until, emit, extra_instants=None):
    """Every record in its order, then time alone up to `until`, included."""
    customers = {}
    for record in records:
        name = record["key"]
        if name not in customers:
            customers[name] = Customer(name, rules, emit)
            customers[name].extra_instants = extra_instants
        customers[name].take(record)
    for name in customers:
        customers[name].run_timers(until + 1)

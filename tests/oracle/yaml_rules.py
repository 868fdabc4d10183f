"""Rules as they are written: the YAML of a Daemon file becomes a RuleSet of
the oracle."""

import datetime as dt
import pathlib

import yaml

import civil
import expression

from engine import NEVER, PROMOTIONAL, TRANSACTIONAL, Rule, RuleSet
from expression import Node
from gate import Cap, Quiet
from history import Schema, Stream
from meaning import Meaning
from tier import Programme
from truth import Churn

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
IDS = {"purchase": "order_id", "refund": "refund_id",
       "feedback": "feedback_id"}
KEPT = {"purchase": 256, "feedback": 64, "engagement": 400}
BOUGHT = ("churn", "tier", "idle")


def documents(path):
    """Every document of a file or folder, its scalars as they are written."""
    path = pathlib.Path(path)
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    for file in files:
        with open(file, encoding="utf-8") as text:
            yield from (d for d in yaml.load_all(text, yaml.BaseLoader) if d)


def minute(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def quiet_hours(given):
    if given in (None, "none"):
        return None
    if isinstance(given, str):
        start, end = given.split("-")
        given = {"from": start, "to": end}
    hours = [minute(given[side]) if side in given else None
             for side in ("from", "to")]
    return Quiet(*hours, tuple(WEEKDAYS.index(day)
                               for day in given.get("allDay", [])),
                 given.get("otherwise", "defer"),
                 expression.duration(given.get("jitter", "0s")))


def yes(text):
    return text == "true"


def field_type(given):
    return given["type"] if isinstance(given, dict) else given


def stream_of(name, given):
    history, fields = given.get("history", {}), given.get("fields", {})
    role = given["role"]
    keep = history.get("keep", "days" if role == "engagement" else "exact")
    return Stream(
        name, role, given.get("id", IDS.get(role, "event_id")),
        given.get("time"), {f: field_type(t) for f, t in fields.items()},
        keep == "days", int(history.get("max", KEPT.get(role, 0))),
        frozenset(f for f, t in fields.items()
                  if isinstance(t, dict) and yes(t.get("required"))))


def schema_of(given):
    consent = given.get("consent", {})
    schema = Schema(
        [stream_of(name, stream) for name, stream in given["streams"].items()],
        {name: field_type(kind)
         for name, kind in given.get("customer", {}).items()},
        given["timezone"], consent.get("purposes", []),
        consent.get("channels", []))
    for name, stream in given["streams"].items():
        keep = stream.get("history", {}).get("where")
        if keep:
            schema.keeps[name] = Meaning(schema, {}).of(
                expression.parse(keep), entry=name)
    return schema


def caps_of(policy, names):
    found = []
    for name in names:
        given = policy["frequencyCaps"][name]
        per = given["per"]
        found.append(Cap(name, int(given["max"]),
                         expression.duration(per) or per,
                         given.get("over", "drop")))
    return tuple(found)


def programme_of(given):
    down = given["downgrade"]
    return Programme(
        expression.duration(given["window"].split()[1]), list(given["tiers"]),
        [round(float(bound) * 100) for bound in given["tiers"].values()],
        expression.duration(down.get("grace", "0s")),
        [expression.duration(lead) for lead in down.get("warn", [])])


def churn_of(given):
    cohort = given["churn"]["cohorts"][0]
    return Churn(*(float(cohort[name]) for name in ("r", "alpha", "a", "b")))


class Reader:
    """One RuleSet document, beside what it is read with."""

    def __init__(self, schema, policy, given):
        self.schema, self.policy = schema, policy
        self.set_name = given["name"]
        self.defaults = given.get("defaults", {})
        self.variables = {name: expression.parse(text) for name, text in
                          given.get("variables", {}).items()}
        self.meaning = Meaning(schema, self.variables)
        self.trees = []          # of every condition, for the instants
        self.rules = [self._rule(name, rule)
                      for name, rule in given["rules"].items()
                      if self._key(rule, "mode", "live") == "live"]

    def _key(self, rule, name, otherwise=None):
        return rule.get(name, self.defaults.get(name, otherwise))

    def _moving(self, text):
        """A tree that time alone may turn."""
        tree = expression.inlined(expression.parse(text), self.variables)
        self.trees.append(tree)
        return tree

    def _condition(self, rule, name, **streams):
        if name not in rule:
            return None
        return self.meaning.of(expression.parse(rule[name]), **streams)

    def _contact(self, rule):
        """Purpose, caps, quiet hours, expires: each from the first that
        gives it."""
        name = self._key(rule, "channel")
        channel = {"expires": PROMOTIONAL, **self.policy["channels"][name]}
        service = {"purpose": "none", "frequencyCaps": [],
                   "quietHours": "none", "expires": TRANSACTIONAL}
        if self._key(rule, "class") != "transactional":
            service = {}
        found = [next((of[key] for of in (rule, service, self.defaults,
                                          channel) if key in of), None)
                 for key in ("purpose", "frequencyCaps", "quietHours",
                             "expires")]
        purpose, caps, quiet, expires = found
        return {
            "channel": name, "purpose": None if purpose == "none" else purpose,
            "caps": caps_of(self.policy, caps or ()),
            "quiet": quiet_hours(quiet),
            "expires": expires if isinstance(expires, int)
            else expression.duration(expires)}

    def _rule(self, name, rule):
        event = rule.get("event")
        waits = "delay" in rule
        streams = {"event": event, "start": event if waits else None}
        reentry = self._key(rule, "reentry")
        return Rule(
            rule.get("id", "%s/%s" % (self.set_name, name)),
            **self._source(rule, streams), **self._contact(rule),
            reentry={None: None, "always": None, "never": NEVER}.get(
                reentry, expression.duration(reentry or "") or reentry),
            exclusive=rule.get("exclusive"),
            priority=int(self._key(rule, "priority", 0)),
            params={**{key: self.meaning.parameter(
                expression.parse(text), **streams)
                       for key, text in rule.get("params", {}).items()},
                    **rule.get("constants", {})})

    def _source(self, rule, streams):
        event = rule.get("event")
        found = {"when": self._condition(rule, "when", event=event)}
        if event:
            found.update(source="event", stream=event,
                         delay=expression.duration(rule.get("delay", "0s")),
                         send_if=self._condition(rule, "sendIf", **streams),
                         cancel_on={
                             stream: self.meaning.of(
                                 expression.parse(text), event=stream,
                                 start=event)
                             for stream, text in rule.get(
                                 "cancelOn", {}).items()})
        elif "idle" in rule:
            (stream, steps), = rule["idle"].items()
            found.update(source="idle", stream=stream, steps=tuple(
                map(expression.duration, steps)))
        elif "yearly" in rule:
            found.update(self._yearly(rule["yearly"]))
        elif "tier" in rule:
            found.update(source="tier", tier=rule["tier"])
        else:
            for name in {"when", "resetWhen"} & set(rule):
                self._moving(rule[name])
            found.update(
                reset_when=self._condition(rule, "resetWhen"),
                hold=expression.duration(rule.get("for", "0s")),
                reads=self._reads(rule))
        return found

    def _yearly(self, given):
        if isinstance(given, str):
            given = {"date": given}
        return {"source": "yearly",
                "date": self.meaning.date(self._moving(given["date"])),
                "minute": minute(given.get("at", "09:00")),
                "leap": given.get("leap", "feb28"),
                "skip_first": yes(given.get("skipFirst"))}

    def _reads(self, rule):
        found = set()
        for name in ("when", "resetWhen"):
            if name not in rule:
                continue
            used = expression.names(expression.inlined(
                expression.parse(rule[name]), self.variables))
            found |= used & set(self.schema.streams)
            if used & set(BOUGHT):
                found |= set(self.schema.of_role("purchase"))
            if "customer" in used:
                found |= set(self.schema.of_role("profile"))
        return frozenset(found)


class Instants:
    """Where a condition may turn, between two records."""

    def __init__(self, schema, trees, window):
        self.schema = schema
        self.lengths = {name: set() for name in schema.streams}
        self.getters, self.hours = [], {0}
        for tree in trees:
            for name in expression.names(tree) & set(schema.streams):
                self.lengths[name] |= expression.durations(tree)
            self.getters += expression.getters(tree)
            self.hours |= expression.hours(tree)
        for name in schema.of_role("purchase"):
            self.lengths[name] |= {window} - {None}

    def __call__(self, customer, start, end):
        found = []
        for name, lengths in self.lengths.items():
            for at in customer.marks(name):
                for length in lengths:
                    found += [at + length, at + length + 1]
        for zone in {self._zone(tree, customer)
                     for _, tree in self.getters} - {None}:
            found += self._edges(zone, start, end)
        return [at for at in found if start <= at < end]

    @staticmethod
    def _zone(tree, customer):
        if tree is None:
            return "UTC"
        return tree.value if tree.kind == "string" else customer.zone()

    def _edges(self, zone, start, end):
        """Local midnights, and the hours that are asked for."""
        found = civil.transitions_between(zone, start, end)
        date = civil.local_date(zone, start)
        while civil.instant_of(zone, date, 0) < end:
            found += [civil.instant_of(zone, date, hour * 60)
                      for hour in self.hours]
            date += dt.timedelta(days=1)
        return found


def figures(schema, variables, trees):
    """Each comparison of what moves, as two figures that turn but once
    between two steps: `>=` and `>`. So `==` is found where it holds."""
    meaning, found, seen = Meaning(schema, variables), [], set()
    for tree in trees:
        for node in expression.moving_comparisons(tree):
            for kind in (">=", ">"):
                atom = Node(kind, node.kids)
                if atom not in seen:
                    seen.add(atom)
                    found.append(meaning.of(atom))
    return found


def rule_set(tenant, found):
    """A RuleSet of the oracle, of documents."""
    of = {}
    for document in found:
        of.setdefault(document["kind"], []).append(document)
    schema = schema_of(of["EventSchema"][0])
    readers = [Reader(schema, of["ContactPolicy"][0], given)
               for given in of["RuleSet"]]
    programme = churn = None
    if "LoyaltyProgram" in of:
        programme = programme_of(of["LoyaltyProgram"][0])
    if "ModelSet" in of:
        churn = churn_of(of["ModelSet"][0])
    trees = [tree for reader in readers for tree in reader.trees]
    return RuleSet(
        tenant, schema, [rule for reader in readers for rule in reader.rules],
        (), programme, churn, tuple(figures(schema, {}, trees)),
        Instants(schema, trees, programme and programme.window))


def load(path):
    """The RuleSet of a Daemon file."""
    path, found = pathlib.Path(path), []
    daemon, = documents(path)
    for name in daemon["rules"]:
        found += documents(path.parent / name)
    tenant = daemon.get("advanced", {}).get("tenant", daemon["name"])
    return rule_set(tenant, found)

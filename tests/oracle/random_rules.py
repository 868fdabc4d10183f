#!/usr/bin/env python3
"""Write a random edition: schema, policy, loyalty, models, rules.

    random_rules.py SEED FOLDER

Every source and every key comes up; what is written is valid, so that
`kithd check` has nothing to say of it.
"""

import argparse
import pathlib
import random

import yaml

ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia",
         "America/Santiago", "Africa/Cairo", "Asia/Almaty",
         "Australia/Lord_Howe", "Pacific/Kiritimati", "America/St_Johns",
         "UTC", "Europe/London", "Asia/Kathmandu", "America/Sao_Paulo")
CATEGORIES = ("lens", "shoes", "camera", "books")
KINDS = ("nps", "csat", "review")
ACTIONS = ("opened", "clicked", "delivered")
MONEY = ("0.01", "5.00", "10.00", "25.00", "49.99", "50.00", "100.00",
         "150.00", "300.00")
RELATIONS = ("<", "<=", ">", ">=", "==", "!=")
MODEL = {"model": "mbg_nbd", "unit": "week", "cohorts": [
    {"name": "all", "r": 0.524843, "alpha": 6.183085, "a": 0.891359,
     "b": 1.614002}]}
FIELDS = {
    "purchase": {"amount": "money", "category": "string", "units": "int",
                 "weight": "double", "gift": "bool",
                 "shipped_at": "timestamp", "tip": "money"},
    "refund": {"order_id": "string", "amount": "money"},
    "feedback": {"kind": list(KINDS), "score": "int", "stars": "double",
                 "order_id": "string"},
    "engagement": {"kind": list(ACTIONS), "campaign": "string"},
}
CUSTOMER = {"timezone": "timezone", "birth": "date", "joined_at": "timestamp",
            "segment": ["gold", "plain"], "points": "int", "rate": "double",
            "vip": "bool", "budget": "money", "nick": "string"}
IDS = {"purchase": "order_id", "refund": "refund_id",
       "feedback": "feedback_id"}


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


class Expressions:
    """Expressions by the type they have, for one place in a rule: what the
    event and the start are, which source, whether time turns the result."""

    def __init__(self, edition, event=None, start=None, source=None,
                 moving=False):
        self.of, self.chance = edition, edition.chance
        self.event, self.start = event, start
        self.source, self.moving = source, moving

    def pick(self, *choices):
        return self.chance.choice(choices)

    def days(self):
        return "%dd" % self.pick(1, 2, 3, 5, 7, 10, 14, 20, 30, 45)

    def length(self):
        return self.days() if self.chance.random() < 0.7 else self.pick(
            "36h", "90m", "12h", "1w", "2w", "25h", "100h", "30s", "1ms")

    def relation(self):
        return self.pick(*RELATIONS)

    def stream(self, exact=True):
        names = [n for n, s in self.of.streams.items()
                 if s["role"] in ("purchase", "feedback", "engagement")
                 and (not exact or not self.of.by_days(n))]
        return self.chance.choice(names) if names else None

    def window(self, stream):
        """A window, and perhaps a part of it."""
        if self.of.by_days(stream):
            window = "%s.last(%s)" % (stream, self.days())
        elif self.chance.random() < 0.25:
            far = self.pick(("20d", "10d"), ("14d", "7d"), ("36h", "12h"),
                            ("45d", "30d"), ("10d", "1ms"))
            window = "%s.between(%s, %s)" % (stream, *far)
        else:
            window = "%s.last(%s)" % (stream, self.length())
        if self.chance.random() < 0.35:
            window += ".where(%s)" % self.part(stream)
        return window

    def part(self, stream):
        """A predicate of one entry."""
        fields = self.of.kept(stream)
        if self.of.by_days(stream):
            return "kind %s '%s'" % (self.pick("==", "!="),
                                     self.pick(*ACTIONS))
        name = self.chance.choice(sorted(fields))
        kind = fields[name]
        if kind == "money":
            text = "%s %s %s" % (name, self.relation(), self.pick(*MONEY))
        elif kind == "int":
            text = "%s %s %d" % (name, self.relation(), self.pick(1, 2, 6))
        elif kind == "double":
            text = "%s %s %s" % (name, self.relation(),
                                 self.pick("0.5", "2.5", "3"))
        elif kind == "bool":
            text = self.pick("", "!") + name
        elif kind == "timestamp":
            text = self.pick("has(%s)" % name,
                             "%s - at > 1d" % name)
        elif isinstance(kind, list):
            text = self.pick(
                "%s == '%s'" % (name, self.chance.choice(kind)),
                "%s in ['%s', '%s']" % (name, kind[0], kind[1]))
        else:
            text = self.pick(
                "%s == '%s'" % (name, self.pick(*CATEGORIES)),
                "%s != 'lens'" % name, "%s.startsWith('l')" % name,
                "!(%s in ['lens', 'books'])" % name,
                "%s == customer.nick" % name)
            event = self.event and self.of.fields(self.event)
            if event and event.get(name) == kind and self.pick(0, 1):
                text = "%s == event.%s" % (name, name)
        if self.chance.random() < 0.15:
            text += self.pick(" && ", " || ") + self.part(stream)
        return text

    def fields_of(self, what, kind):
        """Fields of an event or a start with a type, as expressions."""
        stream = getattr(self, what)
        if not stream:
            return []
        return ["%s.%s" % (what, name)
                for name, of in self.of.fields(stream).items() if of == kind]

    def of_kept(self, kind):
        """Questions to a window whose answer has a field's type."""
        found = []
        for stream in self.of.streams:
            if self.of.streams[stream]["role"] not in (
                    "purchase", "feedback", "engagement") or (
                    self.of.by_days(stream)):
                continue
            for name, given in self.of.kept(stream).items():
                if given == kind:
                    found.append((stream, name))
        return found

    def figure(self, kind, functions):
        """`stream.last(d).sum(field)` and its like, or None."""
        found = self.of_kept(kind)
        if not found:
            return None
        stream, name = self.chance.choice(found)
        function = self.chance.choice(functions)
        if function == "entry":
            return "%s.%s.%s" % (
                self.pick(stream, self.window(stream)), "latest()", name)
        return "%s.%s(%s)" % (self.window(stream), function, name)

    def int_(self, deep=1):
        stream = self.stream(exact=False)
        found = ["%s.count()" % self.window(stream)] * 4
        found += ["%s.count()" % (self.stream() or stream)
                  if not self.of.by_days(self.stream() or stream)
                  else "%s.count()" % self.window(stream)] * 2
        found += self.fields_of("event", "int") + self.fields_of(
            "start", "int")
        found.append("customer.points")
        found += filter(None, [
            self.figure("int", ("sum", "min", "max", "latest", "first",
                                "entry", "top")),
            self.figure("string", ("distinct",)),
            self.figure("double", ("distinct",))])
        if self.source == "idle":
            found += ["idle.step", "idle.days"] * 2
        if deep and self.chance.random() < 0.3:
            return self.pick(
                "%s + %s" % (self.int_(0), self.int_(0)),
                "%s - %s" % (self.int_(0), self.int_(0)),
                "%s * 2" % self.int_(0), "%s / 2" % self.int_(0),
                "%s %% 3" % self.int_(0), "-%s" % self.int_(0),
                "(%s ? %s : %s)" % (self.bool_(0), self.int_(0),
                                    self.int_(0)),
                "size(%s)" % self.string(0))
        return self.chance.choice(found)

    def double(self, deep=1):
        found = ["customer.rate"] + self.fields_of(
            "event", "double") + self.fields_of("start", "double")
        found += filter(None, [
            self.figure("double", ("sum", "avg", "min", "max", "latest",
                                   "first", "entry")),
            self.figure("int", ("avg",))])
        if deep and self.chance.random() < 0.4:
            return self.pick(
                "%s / %s" % (self.money(0), self.money(0)),
                "%s * 1.5" % self.double(0), "%s * 2" % self.double(0),
                "double(%s)" % self.int_(0),
                "(%s > %s ? %s / %s : 0.0)" % (
                    self.money(0), "0.00", self.money(0), self.money(0)))
        return self.chance.choice(found)

    def money(self, deep=1):
        found = ["customer.budget"] + list(self.of.variables) * 2
        found += self.fields_of("event", "money") + self.fields_of(
            "start", "money")
        found += filter(None, [self.figure("money", (
            "sum", "sum", "avg", "min", "max", "latest", "first", "entry"))
            for _ in range(3)])
        for stream in self.of.roles("purchase"):
            found.append("%s.sum(amount)" % stream)
            if self.event == stream:
                found.append("%s.previous().amount" % stream)
        if self.of.loyalty:
            found.append("tier.missing")
        if deep and self.chance.random() < 0.35:
            return self.pick(
                "%s + %s" % (self.money(0), self.money(0)),
                "%s - %s" % (self.money(0), self.money(0)),
                "%s * 2" % self.money(0), "%s * 0.15" % self.money(0),
                "%s / 3" % self.money(0), "1.5 * %s" % self.money(0),
                "-%s" % self.money(0),
                "(%s ? %s : %s)" % (self.bool_(0), self.money(0),
                                    self.money(0)))
        return self.chance.choice(found)

    def instant(self):
        """An instant that stands still until something happens."""
        found = ["customer.joined_at"]
        for stream in self.of.streams:
            role = self.of.streams[stream]["role"]
            if role in ("purchase", "feedback", "engagement") and (
                    not self.of.by_days(stream)):
                found += ["%s.latest().at" % stream] * 2
                found.append("%s.%s().at" % (self.window(stream),
                                             self.pick("latest", "first")))
                if role == "purchase":
                    found.append("%s.first().at" % stream)
                if stream == self.event:
                    found.append("%s.previous().at" % stream)
        found += filter(None, [self.figure("timestamp", (
            "min", "max", "latest", "first", "entry"))])
        found += self.fields_of("event", "timestamp") + self.fields_of(
            "start", "timestamp")
        if self.event:
            found += ["event.at"] * 2
        if self.start:
            found.append("start.at")
        if self.of.loyalty:
            found.append("tier.valid_to")
        return self.chance.choice(found)

    def string(self, deep=1):
        found = ["customer.nick", "customer.segment", "customer.zone"]
        found += self.fields_of("event", "string") + self.fields_of(
            "start", "string")
        found += filter(None, [self.figure("string", (
            "top", "latest", "first", "entry"))])
        if self.of.loyalty:
            found.append("tier.name")
        if self.source == "tier":
            found += ["tier.old"] * 2
        if deep and self.chance.random() < 0.2:
            return self.pick(
                "(%s + '!')" % self.string(0),
                "%s.upperAscii()" % self.string(0),
                "string(%s)" % self.int_(0),
                "(%s ? %s : %s)" % (self.bool_(0), self.string(0),
                                    self.string(0)))
        return self.chance.choice(found)

    def zone(self):
        return self.pick("customer.zone", "customer.zone", "'%s'" % self.pick(
            *ZONES), "")

    def hour(self):
        return self.pick(
            "now.getHours(%s) %s %d" % (self.zone(), self.relation(),
                                        self.pick(0, 2, 6, 18, 23)),
            "now.getDayOfWeek(%s) %s %d" % (self.zone(), self.relation(),
                                            self.pick(0, 1, 5, 6)),
            "now.getDate(%s) %s %d" % (self.zone(), self.relation(),
                                       self.pick(1, 15, 29, 31)),
            "now.getMonth(%s) == %d" % (self.zone(), self.pick(0, 2, 9)),
            "now.getDayOfYear(%s) %% 7 == 0" % self.zone(),
            "%s.getHours(%s) >= 12" % (self.instant(), self.zone()),
            "%s.getDayOfWeek(customer.zone) == 1" % self.instant())

    def passing(self):
        """What time alone turns between two steps."""
        found = [
            "now - %s %s %s" % (self.instant(), self.relation(),
                                self.length()),
            "now - %s %s %s + %s" % (self.instant(), self.relation(),
                                     self.days(), self.pick("2h", "1ms")),
            "now %s %s + %s" % (self.relation(), self.instant(),
                                self.length()),
            "%s - now < %s" % (self.instant(), self.length()),
            "%s + %s <= now" % (self.instant(), self.length()),
            "now - %s > now - %s" % (self.instant(), self.instant()),
            "now - %s < %s - %s" % (self.instant(), self.instant(),
                                    self.instant())]
        if self.of.models:
            found += ["churn.p_alive %s 0.%d" % (
                self.pick("<", "<=", ">", ">="), self.pick(3, 4, 5, 6))] * 2
            found.append("churn.p_alive * 2.0 < 0.9")
            found.append("1.0 - churn.p_alive > 0.%d" % self.pick(4, 6))
            found.append("churn.p_alive < customer.rate")
        return self.chance.choice(found)

    def bool_(self, deep=2):
        choice = self.chance.random()
        if deep > 0 and choice < 0.35:
            return self.pick(
                "%s && %s" % (self.bool_(deep - 1), self.bool_(deep - 1)),
                "(%s || %s)" % (self.bool_(deep - 1), self.bool_(deep - 1)),
                "!(%s)" % self.bool_(deep - 1),
                "(%s ? %s : %s)" % (self.bool_(0), self.bool_(0),
                                    self.bool_(0)))
        return self.atom()

    def atom(self):
        makers = [
            lambda: "%s %s %d" % (self.int_(), self.relation(), self.pick(
                0, 1, 1, 2, 2, 3, 5)),
            lambda: "%s %s %d" % (self.int_(), self.pick(">", ">="),
                                  self.pick(1, 2, 3)),
            lambda: "%s %s %s" % (self.int_(), self.relation(), self.int_()),
            lambda: "%s %s %s" % (self.money(), self.relation(),
                                  self.pick(*MONEY)),
            lambda: "%s >= %s" % (self.money(), self.pick(*MONEY)),
            lambda: "%s %s %s" % (self.money(), self.relation(),
                                  self.money()),
            lambda: "%s %s %s" % (self.double(), self.relation(), self.pick(
                "0.5", "1.0", "2", "4.5")),
            lambda: "%s %s '%s'" % (self.string(), self.pick(
                "==", "!=", "<", ">="), self.pick("lens", "gold", "a")),
            lambda: "%s.%s('%s')" % (self.string(), self.pick(
                "startsWith", "contains", "endsWith", "matches"),
                self.pick("l", "o", "go")),
            lambda: "%s in ['lens', 'gold', 'camera']" % self.string(),
            lambda: "%s in [1, 2, 5]" % self.int_(),
            lambda: "has(customer.%s)" % self.chance.choice(sorted(CUSTOMER)),
            lambda: self.pick("customer.vip", "!customer.vip"),
            lambda: "%s %s %s" % (self.instant(), self.relation(),
                                  self.instant()),
            lambda: "%s - %s > %s" % (self.instant(), self.instant(),
                                      self.length()),
            lambda: "['lens', 'gold'].exists(x, x == %s)" % self.string(),
            self.hour]
        if self.moving:
            makers += [self.passing] * 8 + [self.hour] * 2
        else:
            makers += [self.passing]
        if self.event:
            fields = self.of.fields(self.event)
            makers += [lambda: "has(event.%s)" % self.chance.choice(
                sorted(fields))]
            if "gift" in fields:
                makers += [lambda: "event.gift"]
        text = self.chance.choice(makers)()
        # Words of a list are compared with words of that list alone.
        return text if self.sensible(text) else self.atom()

    @staticmethod
    def sensible(text):
        return not ("segment" in text or ".kind" in text or "(kind" in text
                    or ("tier." in text and ("'lens'" in text or "'a'" in text)))

    def any_(self):
        return self.pick(self.int_, self.int_, self.double, self.money,
                         self.money, self.instant, self.string,
                         self.bool_, lambda: "%s - %s" % (
                             self.instant(), self.instant()),
                         lambda: "now - %s" % self.instant())()


class Edition:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.loyalty = self.chance.random() < 0.7
        self.models = self.chance.random() < 0.7
        self.folds = not self.loyalty and self.chance.random() < 0.5
        self.variables = {}
        self.streams = self._streams()
        self.caps, self.channels = self._policy()
        self.sets = [self._set(name) for name in
                     ("alpha", "beta")[:self.chance.choice((1, 1, 2))]]

    # What the expressions ask of the schema.

    def by_days(self, stream):
        of = self.streams[stream]
        return of.get("history", {}).get("keep", "days" if of[
            "role"] == "engagement" else "exact") == "days"

    def fields(self, stream):
        return self.streams[stream].get("fields", {})

    def kept(self, stream):
        own = self.streams[stream].get("id", IDS.get(
            self.streams[stream]["role"], "event_id"))
        return {name: kind for name, kind in self.fields(stream).items()
                if name not in (own, "order_id")}

    def roles(self, role):
        return [n for n, s in self.streams.items() if s["role"] == role]

    # Documents.

    def _stream(self, name, role):
        fields = {IDS.get(role, "event_id"): "string"}
        given = FIELDS.get(role, {})
        keep = {"amount", "order_id", "kind", "category", "score"}
        fields.update({f: kind for f, kind in given.items()
                       if f in keep or self.chance.random() < 0.6})
        stream = {"role": role, "topic": "fuzz." + name, "time": "happened"}
        if given:
            stream["fields"] = fields
        history = {}
        if role == "purchase" and self.folds and self.chance.random() < 0.6:
            history["max"] = self.chance.choice((2, 3, 5, 8))
        if role == "feedback" and self.chance.random() < 0.2:
            history["max"] = self.chance.choice((2, 3, 8))
        if role == "engagement" and name == "clicks":
            history = {"keep": "exact", "max": self.chance.choice((9, 200))}
        if role in ("purchase", "feedback") and self.chance.random() < 0.15:
            history["where"] = {
                "purchase": "category != 'books'",
                "feedback": "kind == 'nps' || score > 3"}[role]
        if history:
            stream["history"] = history
        return stream

    def _streams(self):
        names = [("purchases", "purchase"), ("refunds", "refund"),
                 ("feedback", "feedback"), ("engagement", "engagement"),
                 ("profile", "profile"), ("consent", "consent")]
        for more in (("store", "purchase"), ("clicks", "engagement"),
                     ("reviews", "feedback")):
            if self.chance.random() < 0.35:
                names.append(more)
        self.chance.shuffle(names)
        return {name: self._stream(name, role) for name, role in names}

    def _policy(self):
        caps = {}
        for name in ("weekly", "daily", "slow", "monthly", "tight"):
            cap = {"max": self.chance.choice((1, 1, 2, 3)),
                   "per": self.chance.choice(("7d", "3d", "36h", "day",
                                              "week", "month", "30d"))}
            if self.chance.random() < 0.45:
                cap["over"] = self.chance.choice(("drop", "defer", "defer"))
            caps[name] = cap
        channels = {"desk": {}}
        for name in ("email", "push"):
            channel = {"frequencyCaps": self.some_caps(caps)}
            if self.chance.random() < 0.7:
                channel["purpose"] = "marketing"
            if self.chance.random() < 0.7:
                channel["quietHours"] = self.quiet()
            channels[name] = channel
        return caps, channels

    def some_caps(self, caps):
        return self.chance.sample(sorted(caps),
                                  self.chance.choice((0, 1, 1, 2, 3)))

    def quiet(self):
        form = self.chance.random()
        if form < 0.3:
            return self.chance.choice((
                "21:00-10:00", "00:00-07:30", "12:00-13:00", "22:15-06:45",
                "02:00-03:00"))
        hours = self.chance.choice((
            {"from": "20:00", "to": "09:00"}, {"from": "01:00", "to": "05:00"},
            {"from": "23:30", "to": "00:00"}, {}))
        days = self.chance.sample(("mon", "tue", "fri", "sat", "sun"),
                                  self.chance.choice((1, 1, 2)))
        given = dict(hours)
        if not hours or self.chance.random() < 0.4:
            given["allDay"] = days
        if self.chance.random() < 0.5:
            given["otherwise"] = self.chance.choice(("defer", "drop"))
        if self.chance.random() < 0.2:
            given["jitter"] = self.chance.choice(("30m", "2h", "10s"))
        return given

    def _set(self, name):
        self.variables = {}
        whole = Expressions(self)
        for number in range(self.chance.choice((0, 1, 2))):
            self.variables["v%d" % number] = whole.money()
        rules = {"r%d" % i: self._rule() for i in range(
            self.chance.choice((4, 7, 10)))}
        found = {"apiVersion": "kith/v1", "kind": "RuleSet", "name": name,
                 "schema": "fuzz"}
        if self.variables:
            found["variables"] = self.variables
        found["defaults"] = self._defaults()
        found["rules"] = rules
        return found

    def _defaults(self):
        found = {"channel": self.chance.choice(sorted(self.channels))}
        for key, given in (("reentry", "12h"), ("expires", "36h"),
                           ("priority", 3), ("frequencyCaps", ["weekly"]),
                           ("quietHours", "22:00-07:00"),
                           ("purpose", "partner"),
                           ("class", "transactional")):
            if self.chance.random() < 0.1:
                found[key] = given
        return found

    def _rule(self):
        source = self.chance.choice((
            "state", "state", "state", "event", "event", "idle", "yearly")
            + ("tier",) * 2 * self.loyalty)
        rule = getattr(self, "_of_" + source)()
        return {**rule, **self._contact()}

    def _params(self, expressions):
        return {"p%d" % i: expressions.any_()
                for i in range(self.chance.choice((0, 1, 2, 3)))}

    def _finished(self, rule, expressions):
        params = self._params(expressions)
        if params:
            rule["params"] = params
        if self.chance.random() < 0.1:
            rule["constants"] = {"c": "text: 'as it is'"}
        return rule

    def _of_state(self):
        e = Expressions(self, moving=True)
        rule = {"when": e.bool_()}
        if self.variables and self.chance.random() < 0.3:
            rule["when"] += " && %s >= 10.00" % self.chance.choice(
                sorted(self.variables))
        if self.chance.random() < 0.3:
            rule["resetWhen"] = e.bool_(1)
        if self.chance.random() < 0.3:
            rule["for"] = self.chance.choice(("48h", "12h", "1ms", "90m",
                                              "5d"))
        return self._finished(rule, e)

    def _of_event(self):
        stream = self.chance.choice(
            [n for n, s in self.streams.items()
             if s["role"] in ("purchase", "purchase", "refund", "feedback",
                              "engagement")])
        e, rule = Expressions(self, event=stream), {"event": stream}
        if self.chance.random() < 0.8:
            rule["when"] = e.bool_(1)
        if self.chance.random() < 0.45:
            rule["delay"] = self.chance.choice(("2d", "3d", "90m", "36h",
                                                "1ms", "10d"))
            if self.chance.random() < 0.6:
                other = self.chance.choice(
                    [n for n, s in self.streams.items()
                     if s["role"] not in ("profile", "consent")])
                rule["cancelOn"] = {other: self._cancel(stream, other)}
        after = Expressions(self, event=stream, start=stream)
        if self.chance.random() < 0.3:
            rule["sendIf"] = after.bool_(1)
        return self._finished(rule, after)

    def _cancel(self, stream, other):
        mine, theirs = self.fields(stream), self.fields(other)
        if "order_id" in mine and "order_id" in theirs and (
                self.chance.random() < 0.7):
            return "event.order_id == start.order_id"
        return Expressions(self, event=other, start=stream).bool_(0)

    def _of_idle(self):
        streams = [n for n, s in self.streams.items()
                   if s["role"] in ("purchase", "purchase", "feedback",
                                    "engagement")]
        steps = sorted(self.chance.sample(
            (1, 2, 3, 5, 7, 12, 20), self.chance.choice((1, 2, 3))))
        unit = self.chance.choice(("d", "d", "d", "h"))
        e = Expressions(self, source="idle")
        rule = {"idle": {self.chance.choice(streams): [
            "%d%s" % (n, unit) for n in steps]}}
        if self.chance.random() < 0.6:
            rule["when"] = e.bool_(1)
        return self._finished(rule, e)

    def _of_yearly(self):
        e = Expressions(self)
        date = self.chance.choice((
            "customer.birth", "customer.birth", "customer.joined_at",
            "purchases.first().at", "purchases.latest().at", e.instant()))
        rule = {"yearly": date}
        if self.chance.random() < 0.8:
            given = {"date": date, "at": self.chance.choice((
                "09:00", "00:00", "02:30", "23:59", "18:00"))}
            if self.chance.random() < 0.5:
                given["leap"] = self.chance.choice(("feb28", "mar1",
                                                    "leap_only"))
            if self.chance.random() < 0.3:
                given["skipFirst"] = True
            rule = {"yearly": given}
        if self.chance.random() < 0.5:
            rule["when"] = e.bool_(1)
        return self._finished(rule, e)

    def _of_tier(self):
        e = Expressions(self, source="tier")
        rule = {"tier": self.chance.choice(("upgraded", "downgraded",
                                            "at_risk", "retained"))}
        if self.chance.random() < 0.4:
            rule["when"] = e.bool_(1)
        return self._finished(rule, e)

    def _contact(self):
        rule, chance = {}, self.chance.random
        if chance() < 0.7:
            rule["channel"] = self.chance.choice(sorted(self.channels))
        if chance() < 0.3:
            rule["reentry"] = self.chance.choice((
                "always", "never", "3d", "10d", "P1M", "P2M", "36h"))
        if chance() < 0.3:
            rule["exclusive"] = self.chance.choice(("sales", "care"))
        if chance() < 0.5:
            rule["priority"] = self.chance.choice((-1, 0, 5, 5, 10))
        if chance() < 0.2:
            rule["expires"] = self.chance.choice(("15m", "30d", "6h", "1s"))
        if chance() < 0.1:
            rule["class"] = self.chance.choice(("transactional",
                                                "promotional"))
        if chance() < 0.1:
            rule["purpose"] = self.chance.choice(("partner", "none"))
        if chance() < 0.2:
            rule["frequencyCaps"] = self.some_caps(self.caps)
        if chance() < 0.15:
            rule["quietHours"] = self.chance.choice(("none", self.quiet()))
        if chance() < 0.06:
            rule["mode"] = self.chance.choice(("shadow", "off"))
        return rule

    def documents(self):
        yield "schema", {
            "kind": "EventSchema", "name": "fuzz", "currency": "EUR",
            "timezone": self.chance.choice(ZONES), "customer": CUSTOMER,
            "consent": {"purposes": ["marketing", "partner"],
                        "channels": ["email", "push", "desk"]},
            "streams": self.streams}
        yield "policy", {
            "kind": "ContactPolicy", "name": "fuzz", "schema": "fuzz",
            "frequencyCaps": self.caps, "channels": self.channels}
        if self.loyalty:
            yield "loyalty", self._loyalty()
        if self.models:
            yield "models", {"kind": "ModelSet", "name": "fuzz",
                             "schema": "fuzz", "currency": "EUR",
                             "churn": MODEL}
        for given in self.sets:
            yield given["name"], given

    def _loyalty(self):
        down = {"kind": "one_down"}
        if self.chance.random() < 0.75:
            down["grace"] = self.chance.choice(("10d", "3d", "36h"))
        if self.chance.random() < 0.75:
            down["warn"] = self.chance.choice((
                ["4d", "1d"], ["2d"], ["20d", "3d"], ["12h"]))
        tiers = self.chance.choice((
            {"silver": "100.00", "gold": "300.00", "platinum": "900.00"},
            {"gold": "150.00"}, {"silver": "60.00", "gold": "120.00"}))
        return {"kind": "LoyaltyProgram", "name": "club", "schema": "fuzz",
                "measure": "spend",
                "window": "rolling %dd" % self.chance.choice((20, 30, 60)),
                "tiers": tiers, "downgrade": down}


def write(seed, folder):
    """Write an edition into a folder; its Daemon file is daemon.yaml."""
    edition = Edition(seed)
    for name, given in edition.documents():
        save(folder / (name + ".yaml"), given)
    save(folder / "daemon.yaml", {
        "kind": "Daemon", "name": "fuzz", "rules": sorted(
            path.name for path in folder.glob("*.yaml")
            if path.name != "daemon.yaml"),
        "kafka": {"brokers": "127.0.0.1:1"},
        "store": {"redis": "redis://127.0.0.1:1/0"},
        "advanced": {"clock": "stream"}})
    return edition


def save(path, given):
    given = {"apiVersion": "kith/v1", **given}
    path.write_text(yaml.dump(given, Dumper=Plain, sort_keys=False,
                              width=10000), encoding="utf-8")


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("seed", type=int)
    args.add_argument("folder", type=pathlib.Path)
    args = args.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    write(args.seed, args.folder)


if __name__ == "__main__":
    main()

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

from random_expressions import (
    CUSTOMER, Expressions, FIELDS, IDS, MODEL, ZONES)


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


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

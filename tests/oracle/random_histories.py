#!/usr/bin/env python3
"""Write seeded random histories for the rules of tests/scenario/random.

    random_histories.py SEED [--customers N] [--days N] RECORDS.ndjson

Arrival and event time lie apart: events come on time, hours, days or weeks
late, up to five minutes early, and now and then too early to be read. There
are duplicates, refunds in parts, refunds before their purchase, orders of
nothing, moves between zones, birthdays that change, consent withdrawn and
given again. Some customers live on a coarse grid of time, so that windows
end at the very ms at which something else happens.
"""

import argparse
import json
import random

import civil
from civil import DAY, HOUR, MINUTE, SECOND

START = civil.parse_instant("2024-01-01T00:00:00Z")
STREAMS = ("purchases", "refunds", "feedback", "engagement", "profile",
           "consent")
TIMES = {"purchases": "paid_at", "refunds": "refunded_at",
         "feedback": "submitted_at", "engagement": "at",
         "profile": "changed_at", "consent": "changed_at"}
IDS = {"purchases": "order_id", "refunds": "refund_id",
       "feedback": "feedback_id"}
ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia",
         "America/Santiago", "Africa/Cairo", "Asia/Almaty",
         "Australia/Lord_Howe", "Pacific/Kiritimati", "America/St_Johns")
CATEGORIES = ("shoes", "lens", "camera", "books", None)
GRIDS = (1, 1, SECOND, HOUR, 6 * HOUR, DAY)
KINDS = ("purchase",) * 12 + ("refund",) * 4 + ("feedback",) * 4 + (
    "engagement",) * 4 + ("profile",) * 2 + ("consent",) * 2


class Life:
    """One customer's records as they are made up, unordered."""

    def __init__(self, chance, key, days):
        self.chance, self.key = chance, key
        self.grid = chance.choice(GRIDS)
        self.end = START + days * DAY
        self.records = []
        self.orders = []         # (order id, pennies, arrival)
        self.ids = 0

    def on_grid(self, at):
        return int(at) - int(at) % self.grid

    def event_time(self, a):
        """When it happened, seen from its arrival."""
        kind = self.chance.random()
        if kind < 0.55:
            return a
        if kind < 0.75:
            return self.on_grid(a - self.chance.randrange(6 * HOUR))
        if kind < 0.88:
            return self.on_grid(a - self.chance.randrange(3 * DAY))
        if kind < 0.95:
            return self.on_grid(a - self.chance.randrange(40 * DAY))
        if kind < 0.99:
            return a + self.chance.randrange(5 * MINUTE + 1)
        return a + 5 * MINUTE + 1

    def written(self, e):
        """An instant as the form allows: ms, or RFC 3339 in some zone, with
        digits below the ms that are to be cut off."""
        form = self.chance.randrange(4)
        if form == 0:
            return e
        if form == 1:
            return civil.show_instant(e)
        if form == 2:
            return civil.show_instant(e)[:-1] + "999Z"
        return civil.show_instant(e + 330 * MINUTE)[:-1] + "+05:30"

    def add(self, stream, a, **value):
        self.ids += 1
        name = IDS.get(stream, "event_id")
        value = {name: "%s-%s%d" % (self.key, stream[0], self.ids), **value}
        e = self.event_time(a)
        value[TIMES[stream]] = self.written(e)
        self.records.append({"stream": stream, "key": self.key,
                             "arrived": a, "value": value})
        if stream != "engagement" and self.chance.random() < 0.05:
            later = a + self.chance.choice((0, 0, HOUR, DAY))
            self.records.append({**self.records[-1],
                                 "arrived": self.on_grid(later)})
        return value[name]

    def purchase(self, a):
        pennies = self.chance.choice(
            (0, 999, 1000, 2999, 3000, 4900, 5000, 8000, 10000, 15000, 25000,
             self.chance.randrange(1, 20000)))
        amount = "%d.%02d" % divmod(pennies, 100)
        form = self.chance.random()
        if form < 0.2:
            amount = pennies // 100
            pennies = amount * 100
        elif form < 0.4:
            amount = pennies / 100       # a number with decimals
        order = self.add("purchases", a, amount=amount,
                         category=self.chance.choice(CATEGORIES))
        self.orders.append((order, pennies, a))

    def refund(self, a):
        if not self.orders or self.chance.random() < 0.1:
            self.add("refunds", a, order_id="%s-none" % self.key,
                     amount="20.00")
            return
        order, pennies, bought = self.chance.choice(self.orders[-4:])
        pennies = self.chance.choice((pennies, pennies, pennies // 2, 2000))
        if self.chance.random() < 0.25:
            # Before its purchase has arrived.
            a = bought - self.on_grid(self.chance.randrange(
                self.chance.choice((HOUR, 3 * DAY, 33 * DAY))))
        self.add("refunds", max(a, START), order_id=order,
                 amount="%d.%02d" % divmod(pennies, 100))

    def feedback(self, a):
        order = self.chance.choice(self.orders[-3:])[0] if (
            self.orders and self.chance.random() < 0.5) else None
        score = self.chance.choice((0, 3, 6, 7, 8, 9, 10, None))
        value = {"kind": self.chance.choice(("nps", "nps", "csat"))}
        if order:
            value["order_id"] = order
        if score is not None:
            value["score"] = score
        self.add("feedback", a, **value)

    def engagement(self, a):
        self.add("engagement", a, kind=self.chance.choice(
            ("opened", "opened", "opened", "clicked", "delivered")))

    def profile(self, a):
        day = civil.EPOCH + self.chance.randrange(0, 366) * 1000 * 86400 * (
            civil.MILLISECOND)
        near = civil.wall("UTC", a + self.chance.randrange(-3, 4) * DAY)
        fields = self.chance.choice((
            {"timezone": self.chance.choice(ZONES)},
            {"timezone": self.chance.choice(ZONES)},
            {"birth": self.chance.choice((
                day.strftime("1980-%m-%d"), near.strftime("--%m-%d"),
                "2000-02-29", {"m": near.month, "d": near.day}))},
            {"joined_at": a - self.chance.randrange(60 * DAY)}))
        if self.chance.random() < 0.05:
            self.add("profile", a, unset=[self.chance.choice(
                ("timezone", "birth", "joined_at"))])
        else:
            self.add("profile", a, set=fields)

    def consent(self, a):
        value = {"purpose": self.chance.choice(
            ("marketing", "marketing", "marketing", "partner")),
            "state": self.chance.choice(
                ("granted",) * 5 + ("denied", "withdrawn"))}
        if self.chance.random() < 0.7:
            value["channel"] = self.chance.choice(("email", "push", "sms"))
        self.add("consent", a, **value)

    def live(self):
        at = START + self.chance.randrange(30 * DAY)
        if self.chance.random() < 0.9:
            self.add("consent", self.on_grid(at), purpose="marketing",
                     state="granted")
        pace = self.chance.choice((12 * HOUR, DAY, 3 * DAY, 8 * DAY))
        while at < self.end:
            kind = self.chance.choice(KINDS)
            getattr(self, kind)(self.on_grid(at))
            if self.chance.random() < 0.15:
                continue         # and another at the same instant
            at += 1 + int(self.chance.expovariate(1 / pace))
            if self.chance.random() < 0.03:
                at += self.chance.randrange(90 * DAY)


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("seed", type=int)
    args.add_argument("--customers", type=int, default=40)
    args.add_argument("--days", type=int, default=500)
    args.add_argument("out")
    args = args.parse_args()
    chance = random.Random(args.seed)
    records = []
    for number in range(args.customers):
        life = Life(chance, "r%d" % number, args.days)
        life.live()
        records += life.records
    records.sort(key=lambda r: (r["arrived"], STREAMS.index(r["stream"])))
    with open(args.out, "w", encoding="utf-8") as out:
        for each in records:
            out.write(json.dumps(each, separators=(",", ":")) + "\n")
    print("%d records" % len(records))


if __name__ == "__main__":
    main()

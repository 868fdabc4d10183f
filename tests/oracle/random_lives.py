"""Random histories for a random edition: records of a few customers, in the
order of their arrival.

Arrival and event time lie apart; there are duplicates, refunds of every kind
and order, amounts of nothing, fields that are null or missing, several
records of one instant, days on which the clocks change, moves, consent that
comes and goes, imports of history.
"""

import random

import civil
from civil import DAY, HOUR, MINUTE, SECOND
from random_expressions import ACTIONS, CATEGORIES, IDS, KINDS, ZONES

STARTS = ("2024-01-15", "2024-02-20", "2023-10-10", "2025-03-01",
          "2024-08-20", "2023-12-20", "2025-10-20", "2024-04-10")
GRIDS = (1, 1, SECOND, HOUR, 6 * HOUR, DAY)


class Life:
    """One customer's records as they are made up, unordered."""

    def __init__(self, edition, chance, key, start, days):
        self.edition, self.chance, self.key = edition, chance, key
        self.start, self.end = start, start + days * DAY
        self.grid = chance.choice(GRIDS)
        self.records = []
        self.orders = []         # (order id, pennies, arrival)
        self.ids = 0

    def on_grid(self, at):
        return int(at) - int(at) % self.grid

    def event_time(self, a):
        kind = self.chance.random()
        if kind < 0.6:
            return a
        if kind < 0.78:
            return self.on_grid(a - self.chance.randrange(6 * HOUR))
        if kind < 0.9:
            return self.on_grid(a - self.chance.randrange(3 * DAY))
        if kind < 0.96:
            return self.on_grid(a - self.chance.randrange(40 * DAY))
        if kind < 0.99:
            return a + self.chance.randrange(5 * MINUTE + 1)
        return a + 5 * MINUTE + 1

    def written(self, e):
        form = self.chance.randrange(4)
        if form < 2:
            return e
        if form == 2:
            return civil.show_instant(e)
        return civil.show_instant(e - 150 * MINUTE)[:-1] + "-02:30"

    def id_field(self, stream):
        return IDS.get(self.edition.streams[stream]["role"], "event_id")

    def add(self, stream, a, **value):
        self.ids += 1
        name = self.id_field(stream)
        made = "%s-%s%d" % (self.key, stream[0], self.ids)
        again = [r for r in self.records if r["stream"] == stream]
        if again and self.chance.random() < 0.03:
            made = self.chance.choice(again)["value"][name]
        value = {name: made, **value,
                 "happened": self.written(self.event_time(a))}
        if self.chance.random() < 0.02:
            value["backfill"] = True
        self.records.append({"stream": stream, "key": self.key,
                             "arrived": a, "value": value})
        if self.chance.random() < 0.05 and not self.edition.by_days(stream):
            later = a + self.chance.choice((0, 0, HOUR, DAY, 20 * DAY))
            self.records.append({**self.records[-1],
                                 "arrived": self.on_grid(later)})
        return value[name]

    def filled(self, stream, a, **given):
        """The other fields of an event; some of them null, some not there."""
        made = {
            "category": lambda: self.chance.choice(CATEGORIES),
            "units": lambda: self.chance.choice((0, 1, 1, 2, 3, 6)),
            "weight": lambda: self.chance.choice((0, 0.5, 1.25, 2.5, 7.1)),
            "gift": lambda: self.chance.random() < 0.5,
            "shipped_at": lambda: self.on_grid(
                a + self.chance.randrange(-5, 20) * DAY),
            "tip": lambda: self.chance.choice(("0.50", 2, "10.00")),
            "kind": lambda: self.chance.choice(
                KINDS if "score" in self.edition.fields(stream)
                else ACTIONS),
            "score": lambda: self.chance.choice((0, 3, 6, 7, 9, 10)),
            "stars": lambda: self.chance.choice((0.5, 3, 4.5)),
            "campaign": lambda: self.chance.choice(("spring", "lens"))}
        for name in self.edition.fields(stream):
            if name in given or name not in made:
                continue
            kind = self.chance.random()
            if kind < 0.85:
                given[name] = made[name]()
            elif kind < 0.93:
                given[name] = None
        return given

    def one_of(self, role):
        return self.chance.choice(self.edition.roles(role))

    def purchase(self, a):
        pennies = self.chance.choice(
            (0, 1, 500, 1000, 2500, 4999, 5000, 10000, 10000, 15000, 30000,
             self.chance.randrange(1, 20000)))
        amount = "%d.%02d" % divmod(pennies, 100)
        if self.chance.random() < 0.2:
            amount = pennies / 100
        stream = self.one_of("purchase")
        order = self.add(stream, a, **self.filled(
            stream, a, amount=amount))
        self.orders.append((order, pennies, a))

    def refund(self, a):
        if not self.orders or self.chance.random() < 0.08:
            self.add(self.one_of("refund"), a, amount="20.00",
                     order_id="%s-none" % self.key)
            return
        order, pennies, bought = self.chance.choice(self.orders[-4:])
        pennies = self.chance.choice((pennies, pennies, pennies // 2, 2000,
                                      0))
        if self.chance.random() < 0.25:
            a = bought - self.on_grid(self.chance.randrange(
                self.chance.choice((HOUR, 3 * DAY, 33 * DAY))))
        self.add(self.one_of("refund"), max(a, self.start), order_id=order,
                 amount="%d.%02d" % divmod(pennies, 100))

    def feedback(self, a):
        stream = self.one_of("feedback")
        order = {}
        if self.orders and self.chance.random() < 0.5:
            order = {"order_id": self.chance.choice(self.orders[-3:])[0]}
        self.add(stream, a, **self.filled(stream, a, **order))

    def engagement(self, a):
        stream = self.one_of("engagement")
        value = self.filled(stream, a)
        if self.edition.by_days(stream):
            value["kind"] = self.chance.choice(ACTIONS)
        self.add(stream, a, **value)

    def profile(self, a):
        near = civil.wall("UTC", a + self.chance.randrange(-3, 6) * DAY)
        fields = self.chance.choice((
            {"timezone": self.chance.choice(ZONES)},
            {"timezone": self.chance.choice(ZONES)},
            {"birth": self.chance.choice((
                near.strftime("1980-%m-%d"), near.strftime("--%m-%d"),
                "2000-02-29", {"m": near.month, "d": near.day},
                "--02-29", near.strftime("%Y-%m-%d")))},
            {"joined_at": self.on_grid(
                a - self.chance.randrange(-5, 60) * DAY)},
            {"segment": self.chance.choice(("gold", "plain")),
             "vip": self.chance.random() < 0.5},
            {"points": self.chance.randrange(5), "rate": 0.45,
             "budget": "100.00"},
            {"nick": self.chance.choice(("lens", "gold", "Zo\u00eb", ""))}))
        stream = self.one_of("profile")
        if self.chance.random() < 0.1:
            self.add(stream, a, unset=[self.chance.choice(
                ("timezone", "birth", "joined_at", "vip"))])
        else:
            self.add(stream, a, set=fields)

    def consent(self, a):
        value = {"purpose": self.chance.choice(
            ("marketing", "marketing", "marketing", "partner")),
            "state": self.chance.choice(
                ("granted",) * 5 + ("denied", "withdrawn"))}
        if self.chance.random() < 0.6:
            value["channel"] = self.chance.choice(("email", "push", "desk"))
        self.add(self.one_of("consent"), a, **value)

    def live(self):
        at = self.start + self.chance.randrange(15 * DAY)
        if self.chance.random() < 0.9:
            for purpose in ("marketing", "partner"):
                self.add(self.one_of("consent"), self.on_grid(at),
                         purpose=purpose, state="granted")
        for _ in range(self.chance.choice((0, 1, 2, 3))):
            self.profile(self.on_grid(at))
        pace = self.chance.choice((12 * HOUR, DAY, 2 * DAY, 4 * DAY))
        kinds = ("purchase",) * 12 + ("refund",) * 4 + ("feedback",) * 4 + (
            "engagement",) * 4 + ("profile",) * 2 + ("consent",)
        while at < self.end and len(self.records) < 90:
            getattr(self, self.chance.choice(kinds))(self.on_grid(at))
            if self.chance.random() < 0.15:
                continue         # and another at the same instant
            at += 1 + int(self.chance.expovariate(1 / pace))
            if self.chance.random() < 0.03:
                at += self.chance.randrange(40 * DAY)


def records(edition, seed, customers=4, days=110):
    """The records, and until when time goes on after them."""
    chance = random.Random("lives %d" % seed)
    start = civil.parse_instant(chance.choice(STARTS) + "T00:00:00Z")
    found = []
    for number in range(customers):
        life = Life(edition, chance, "c%d" % number, start, days)
        life.live()
        found += life.records
    order = list(edition.streams)
    found.sort(key=lambda r: (r["arrived"], order.index(r["stream"])))
    return found, found[-1]["arrived"] + chance.randrange(60) * DAY

"""Random expressions of the rule language, by the type they have."""

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

"""What an expression means: a tree becomes a function of a Truth.

Values: bool, int, float, str and None are themselves; money, instants,
durations and dates have a kind of their own, so that nothing is compared or
added that should not be. What has no value raises NoValue.
"""

import collections
import fractions
import math
import re

import civil
from truth import Instant, Money, NoValue, Window, known

Duration = collections.namedtuple("Duration", "ms")
Date = collections.namedtuple("Date", "year month day")
LIMIT = 1 << 63
AGGREGATES = ("count", "sum", "avg", "min", "max", "distinct", "top",
              "latest", "first", "previous")


class Senseless(Exception):
    """An expression that a check should have refused."""


class Record:
    """An entry or event, with the types of its fields."""

    def __init__(self, of, types):
        self.of, self.types = of, types

    def field(self, name):
        if name == "at":
            return Instant(self.of.at)
        if name not in self.types:
            raise Senseless("no field " + name)
        return tagged(self.of[name], self.types[name])


def tagged(value, kind):
    if value is None:
        return None
    if kind == "money":
        return Money(value)
    if kind == "timestamp":
        return Instant(value)
    if kind == "date":
        return Date(*value)
    if kind == "double":
        return float(value)
    return value


def whole(value):
    if not -LIMIT <= value < LIMIT:
        raise NoValue
    return value


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def divide(left, right):
    if right == 0:
        raise NoValue
    found = abs(left) // abs(right)
    return whole(found if (left < 0) == (right < 0) else -found)


def remainder(left, right):
    if right == 0:
        raise NoValue
    found = abs(left) % abs(right)
    return -found if left < 0 else found


def ratio(left, right):
    if right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


NUMBERS = {
    (int, "+"): lambda a, b: whole(a + b),
    (int, "-"): lambda a, b: whole(a - b),
    (int, "*"): lambda a, b: whole(a * b),
    (int, "/"): divide, (int, "%"): remainder,
    (float, "+"): lambda a, b: a + b, (float, "-"): lambda a, b: a - b,
    (float, "*"): lambda a, b: a * b, (float, "/"): ratio,
    (str, "+"): lambda a, b: a + b,
    (list, "+"): lambda a, b: a + b,
}


def scaled(money, factor):
    """Money times an int or a double; half to even."""
    if is_int(factor):
        return Money(whole(money.minor * factor))
    if not math.isfinite(factor):
        raise NoValue
    return Money(whole(round(money.minor * factor)))


def arithmetic(op, left, right):
    if left is None or right is None:
        raise NoValue
    kinds = (type(left), type(right))
    if kinds[0] is kinds[1] and (kinds[0], op) in NUMBERS:
        return NUMBERS[kinds[0], op](left, right)
    sign = {"+": 1, "-": -1}.get(op)
    if kinds == (Money, Money) and sign:
        return Money(whole(left.minor + sign * right.minor))
    if kinds == (Money, Money) and op == "/":
        if right.minor == 0:
            raise NoValue
        return left.minor / right.minor
    if op == "*" and kinds in ((Money, int), (Money, float)):
        return scaled(left, right)
    if op == "*" and kinds in ((int, Money), (float, Money)):
        return scaled(right, left)
    if kinds == (Duration, Duration) and sign:
        return Duration(whole(left.ms + sign * right.ms))
    if kinds == (Instant, Duration) and sign:
        return Instant(left.at + sign * right.ms)
    if kinds == (Duration, Instant) and op == "+":
        return Instant(left.ms + right.at)
    if kinds == (Instant, Instant) and op == "-":
        return Duration(left.at - right.at)
    raise Senseless("%r %s %r" % (left, op, right))


def equal(left, right):
    if left is None or right is None:
        return left is right
    numbers = (is_int(left) or isinstance(left, float)) and (
        is_int(right) or isinstance(right, float))
    if not numbers and type(left) is not type(right):
        raise Senseless("%r == %r" % (left, right))
    return left == right


ORDER = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
         ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


def related(op, left, right):
    if op in ("==", "!="):
        return equal(left, right) == (op == "==")
    if op == "in":
        return any(equal(left, item) for item in right)
    if left is None or right is None:
        raise NoValue
    if any(isinstance(x, float) and math.isnan(x) for x in (left, right)):
        raise NoValue
    if type(left) is not type(right) and not all(
            is_int(x) or isinstance(x, float) for x in (left, right)):
        raise Senseless("%r %s %r" % (left, op, right))
    return ORDER[op](left, right)


def adapted(tree, other, value):
    """A number that is written beside money or a double is one too."""
    if isinstance(other, Money) and tree.kind == "double":
        scale = fractions.Fraction(tree.value) * 100
        if scale.denominator != 1:
            raise Senseless("too many decimals: " + tree.value)
        return Money(int(scale))
    if isinstance(other, float) and tree.kind == "int":
        return float(value)
    return value


# Getters: of what the wall of a zone reads, or of a duration.

def day_of_year(wall):
    return wall.timetuple().tm_yday - 1


READINGS = {
    "getFullYear": lambda w: w.year, "getMonth": lambda w: w.month - 1,
    "getDate": lambda w: w.day, "getDayOfMonth": lambda w: w.day - 1,
    "getDayOfWeek": lambda w: w.isoweekday() % 7,
    "getDayOfYear": day_of_year, "getHours": lambda w: w.hour,
    "getMinutes": lambda w: w.minute, "getSeconds": lambda w: w.second,
    "getMilliseconds": lambda w: w.microsecond // 1000,
}
LENGTHS = {"getHours": civil.HOUR, "getMinutes": civil.MINUTE,
           "getSeconds": civil.SECOND}


def reading(name, of, zone="UTC"):
    if of is None or zone is None:
        raise NoValue
    if isinstance(of, Duration):
        if name == "getMilliseconds":
            return remainder(of.ms, civil.SECOND)
        return divide(of.ms, LENGTHS[name])
    if not civil.zone_exists(zone):
        raise NoValue
    return READINGS[name](civil.wall(zone, of.at))


# Other functions of values, by name and whether they are called on the first.

def contains(text, part):
    return part in text


def cut(text, start, end=None):
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise NoValue
    return text[start:end]


def of_ascii(change):
    return lambda text: "".join(
        change(c) if ord(c) < 128 else c for c in text)


METHODS = {
    "startsWith": str.startswith, "endsWith": str.endswith,
    "contains": contains, "lowerAscii": of_ascii(str.lower),
    "upperAscii": of_ascii(str.upper), "size": len, "substring": cut,
    "trim": str.strip, "replace": str.replace, "indexOf": str.find,
    "matches": lambda text, pattern: bool(re.search(pattern, text)),
}


def as_int(value):
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NoValue
        return whole(int(value))
    if isinstance(value, str):
        if not re.fullmatch(r"[-+]?\d+", value):
            raise NoValue
        return whole(int(value))
    if isinstance(value, Instant):
        return value.at // civil.SECOND
    return value


def as_timestamp(value):
    if isinstance(value, str):
        return Instant(known(civil.parse_instant(value)))
    return value


def as_duration(value):
    """Go's form: h m s ms, with fractions."""
    if isinstance(value, Duration):
        return value
    units = {"h": civil.HOUR, "m": civil.MINUTE, "s": 1000, "ms": 1}
    found = re.findall(r"(\d+(?:\.\d+)?)(ms|[hms])", value)
    return Duration(sum(int(fractions.Fraction(number) * units[unit])
                        for number, unit in found))


def as_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_int(value) or isinstance(value, str):
        return str(value)
    raise Senseless("string(%r)" % (value,))


FUNCTIONS = {
    "size": len, "int": as_int, "double": float, "string": as_text,
    "timestamp": as_timestamp, "duration": as_duration,
}


class Meaning:
    """Trees become functions, by a schema and the variables of a rule set."""

    def __init__(self, schema, variables):
        self.schema, self.variables = schema, variables

    def of(self, tree, event=None, start=None, entry=None):
        """A function of a Truth. `event` and `start` name the streams of
        these two; `entry` that of the entry which `where` looks at."""
        return _Names(self, event, start, entry).value(tree)

    def parameter(self, tree, **streams):
        value = self.of(tree, **streams)

        def shown(truth):
            found = value(truth)
            if isinstance(found, Duration):
                return found.ms
            if isinstance(found, float) and not math.isfinite(found):
                raise NoValue
            return found
        return shown

    def date(self, tree):
        """Of `yearly`: a date, or an instant's date in the zone at n."""
        value = self.of(tree)

        def date(truth):
            found = value(truth)
            if isinstance(found, Instant):
                day = civil.local_date(truth.zone, found.at)
                return day.year, day.month, day.day
            return found
        return date


class _Names:
    """One expression, with what its names are."""

    def __init__(self, meaning, event, start, entry, bound=()):
        self.meaning, self.schema = meaning, meaning.schema
        self.event, self.start, self.entry = event, start, entry
        self.bound = bound

    def value(self, tree):
        given = getattr(self, "_" + {
            "and": "both", "or": "either", "not": "opposite",
            "neg": "negative"}.get(tree.kind, tree.kind), None)
        if given:
            return given(tree)
        if tree.kind in ORDER or tree.kind in ("==", "!=", "in"):
            return self._two(tree, related)
        return self._two(tree, arithmetic)

    def _literal(self, tree):
        return lambda truth: tree.value

    _string = _literal

    def _int(self, tree):
        value = int(tree.value, 0)
        return lambda truth: value

    def _double(self, tree):
        value = float(tree.value)
        return lambda truth: value

    def _duration(self, tree):
        value = Duration(tree.value)
        return lambda truth: value

    def _list(self, tree):
        items = [self.value(kid) for kid in tree.kids]
        return lambda truth: [item(truth) for item in items]

    def _index(self, tree):
        items, at = map(self.value, tree.kids)

        def item(truth):
            of, place = items(truth), at(truth)
            if not 0 <= place < len(of):
                raise NoValue
            return of[place]
        return item

    def _two(self, tree, of):
        left, right = tree.kids
        first, second = self.value(left), self.value(right)

        def result(truth):
            a, b = first(truth), second(truth)
            return of(tree.kind, adapted(left, b, a), adapted(right, a, b))
        return result

    def _negative(self, tree):
        value = self.value(tree.kids[0])

        def result(truth):
            found = known(value(truth))
            if isinstance(found, (Money, Duration)):
                return type(found)(-found[0])
            return -found if isinstance(found, float) else whole(-found)
        return result

    def _opposite(self, tree):
        value = self.value(tree.kids[0])
        return lambda truth: not known(value(truth))

    def _absorbing(self, tree, decides):
        kids = [self.value(kid) for kid in tree.kids]

        def result(truth):
            failed = False
            for kid in kids:
                try:
                    if known(kid(truth)) is decides:
                        return decides
                except NoValue:
                    failed = True
            if failed:
                raise NoValue
            return not decides
        return result

    def _both(self, tree):
        return self._absorbing(tree, False)

    def _either(self, tree):
        return self._absorbing(tree, True)

    def _cond(self, tree):
        test, yes, no = map(self.value, tree.kids)
        return lambda truth: (yes if known(test(truth)) else no)(truth)

    # Names.

    def _name(self, tree):
        name = tree.name
        if name in self.bound:
            return lambda truth: truth.bound[name]
        if self.entry and (name == "at" or name in self.schema.streams[
                self.entry].fields):
            return lambda truth: truth.entry.field(name)
        if name in self.meaning.variables:
            return self.value(self.meaning.variables[name])
        if name == "now":
            return lambda truth: Instant(truth.n)
        if name in self.schema.streams:
            return lambda truth: truth.stream(name)
        if name in ("event", "start"):
            stream = getattr(self, name)
            if stream is None:
                raise Senseless(name)
            types = self.schema.streams[stream].fields
            return lambda truth: Record(known(getattr(truth, name)), types)
        raise Senseless("no name " + name)

    def _get(self, tree):
        of, name = tree.kids[0], tree.name
        own = {"customer": self._customer, "tier": self._tier,
               "churn": self._churn, "idle": self._idle}
        if of.kind == "name" and of.name in own:
            return own[of.name](name)
        record = self.value(of)
        return lambda truth: record(truth).field(name)

    def _customer(self, name):
        if name == "zone":
            return lambda truth: truth.zone
        kind = self.schema.customer[name]
        return lambda truth: tagged(truth.field(name), kind)

    def _tier(self, name):
        return {"name": lambda truth: truth.tier.name,
                "old": lambda truth: known(truth.tier_old),
                "missing": lambda truth: Money(truth.tier.missing(truth.n)),
                "valid_to": lambda truth: Instant(
                    truth.tier.valid_to(truth.n))}[name]

    def _churn(self, name):
        if name != "p_alive":
            raise Senseless("churn." + name)
        return lambda truth: truth.p_alive

    def _idle(self, name):
        return {"step": lambda truth: known(truth.idle_step),
                "days": lambda truth: truth.idle_days}[name]

    # Calls.

    def _call(self, tree):
        name = tree.name
        if name == "has":
            value = self.value(tree.kids[0])
            return lambda truth: value(truth) is not None
        if tree.method and name in ("all", "exists"):
            return self._each(tree)
        stream = self._window_of(tree) if tree.method else None
        if stream:
            return self._window(tree, stream)
        if name.startswith("get"):
            return self._applied(
                tree, lambda *given: reading(name, *given))
        return self._applied(
            tree, (METHODS if tree.method else FUNCTIONS)[name])

    def _applied(self, tree, function):
        given = [self.value(kid) for kid in tree.kids]
        return lambda truth: function(
            *[known(value(truth)) for value in given])

    def _each(self, tree):
        items = self.value(tree.kids[0])
        name = tree.kids[1].name
        inner = _Names(self.meaning, self.event, self.start, self.entry,
                       self.bound + (name,)).value(tree.kids[2])
        decides = tree.name == "exists"

        def result(truth):
            failed = False
            for item in known(items(truth)):
                try:
                    bound = {**getattr(truth, "bound", {}), name: item}
                    if inner(with_more(truth, bound=bound)) is decides:
                        return decides
                except NoValue:
                    failed = True
            if failed:
                raise NoValue
            return not decides
        return result

    def _window_of(self, tree):
        """The stream that a chain of calls begins with, or None."""
        while tree.kind == "call" and tree.method:
            tree = tree.kids[0]
        if tree.kind == "name" and tree.name in self.meaning.variables:
            return None
        if tree.kind == "name" and tree.name in self.schema.streams:
            return tree.name
        return None

    def _window(self, tree, stream):
        name, of = tree.name, self.value(tree.kids[0])
        if name == "where":
            return self._where(tree, of, stream)
        if name in ("last", "between"):
            given = [kid.value for kid in tree.kids[1:]]
            return lambda truth: getattr(of(truth), name)(*given)
        if name not in AGGREGATES:
            raise Senseless(name)
        return self._aggregate(tree, of, stream)

    def _where(self, tree, of, stream):
        test = _Names(self.meaning, self.event, self.start, stream,
                      self.bound).value(tree.kids[1])
        types = self.schema.streams[stream].fields

        def kept(truth):
            def keep(entry):
                try:
                    return bool(test(with_more(
                        truth, entry=Record(entry, types))))
                except NoValue:
                    return False
            return of(truth).where(keep)
        return kept

    def _aggregate(self, tree, of, stream):
        name, types = tree.name, self.schema.streams[stream].fields
        if len(tree.kids) == 1:
            if name == "count":
                return lambda truth: of(truth).count()
            return lambda truth: Record(getattr(of(truth), name)(), types)
        field = tree.kids[1].name
        kind = {"distinct": None}.get(name, types.get(field, "timestamp"))
        if name == "avg" and kind == "int":
            kind = "double"

        def answer(truth):
            window = of(truth)
            return tagged(getattr(window, name)(field), kind)
        return answer


def with_more(truth, **more):
    """The truth, with an entry or bound names beside it."""
    inner = object.__new__(type(truth))
    vars(inner).update(vars(truth), **more)
    return inner

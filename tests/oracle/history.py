"""What arrived: records decoded by a schema, and one customer's raw lists.

Nothing here is kept up to date incrementally but the lists themselves; every
figure is computed from them when it is asked for.
"""

import collections
import dataclasses
import decimal
import json
import re

from civil import DAY, parse_instant, zone_exists
from identity import id_hash

FUTURE_TOLERANCE = 5 * 60 * 1000
ORPHANS_KEPT = 4
ORPHAN_LIFE = 30 * DAY
FEEDBACK_RING = 8
RECORDS_KEPT = 16            # ids of profile and consent records, a stream
BIRTH = re.compile(r"(?:(\d{4})|-)-(\d\d)-(\d\d)\Z")

Stream = collections.namedtuple(
    "Stream", "name role id time fields days max required",
    defaults=({}, False, 0, frozenset()))


class Schema:
    """The streams in their order, the customer's fields, and the consents."""

    def __init__(self, streams, customer, timezone, purposes, channels,
                 digits=2):
        self.streams = {stream.name: stream for stream in streams}
        self.order = {stream.name: i for i, stream in enumerate(streams)}
        self.customer = customer
        self.timezone = timezone
        self.purposes = purposes
        self.channels = channels
        self.digits = digits
        self.keeps = {}          # `where:` of a stream's history

    def of_role(self, role):
        return [s.name for s in self.streams.values() if s.role == role]

    def named(self, role):
        return next(iter(self.of_role(role)), None)


@dataclasses.dataclass
class Event:
    """One record as it was read; `e` is after clamping, `raw_e` before."""
    stream: str
    index: int
    id: str
    raw_e: int
    e: int
    a: int
    fields: dict
    backfill: bool = False

    @property
    def at(self):
        return self.e

    def __getitem__(self, name):
        return self.fields.get(name)


class Unreadable(Exception):
    """A dead letter: it moves time and does nothing else."""


def money(value, digits):
    if isinstance(value, bool) or not isinstance(
            value, (str, int, decimal.Decimal)):
        raise Unreadable("wrong_type")
    try:
        minor = decimal.Decimal(value).scaleb(digits)
    except decimal.InvalidOperation:
        raise Unreadable("wrong_type") from None
    if minor != minor.to_integral_value():
        raise Unreadable("wrong_type")
    return int(minor)


def birth(value):
    """(year or None, month, day)."""
    if isinstance(value, str):
        found = BIRTH.match(value)
        if not found:
            raise Unreadable("wrong_type")
        year, month, day = found.groups()
        parts = (int(year) if year else None, int(month), int(day))
    elif isinstance(value, dict):
        parts = (value.get("y"), value.get("m"), value.get("d"))
    else:
        raise Unreadable("wrong_type")
    year, month, day = parts
    lengths = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not (1 <= month <= 12 and 1 <= day <= lengths[month - 1]):
        raise Unreadable("wrong_type")
    if year is not None and (month, day) == (2, 29) and not leap_year(year):
        raise Unreadable("wrong_type")
    return parts


def leap_year(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def typed(kind, value, digits):
    if value is None:
        return None
    if kind == "money":
        return money(value, digits)
    if kind == "date":
        return birth(value)
    if kind == "timestamp":
        at = value if isinstance(value, int) else parse_instant(value)
        if at is None:
            raise Unreadable("wrong_type")
        return at
    if kind == "double":
        if isinstance(value, (str, bool)):
            raise Unreadable("wrong_type")
        return float(value)
    if kind == "bool" and not isinstance(value, bool):
        raise Unreadable("wrong_type")
    if kind == "int" and (isinstance(value, bool)
                          or not isinstance(value, int)):
        raise Unreadable("wrong_type")
    if kind in ("string", "timezone") and not isinstance(value, str):
        raise Unreadable("wrong_type")
    if kind == "timezone" and not zone_exists(value):
        raise Unreadable("wrong_type")
    if isinstance(kind, list) and value not in kind:
        raise Unreadable("wrong_type")
    return value


def decode(schema, record):
    """An Event of a file's record, or Unreadable."""
    stream = schema.streams[record["stream"]]
    value, a = record["value"], record["arrived"]
    when = value.get(stream.time)
    e = a if when is None else (
        when if isinstance(when, int) else parse_instant(when))
    if e is None:
        raise Unreadable("bad_time")
    if stream.time and when is None:
        raise Unreadable("missing_field")
    if e > a + FUTURE_TOLERANCE:
        raise Unreadable("future_time")
    if value.get(stream.id) is None:
        raise Unreadable("missing_field")
    fields = {name: typed(kind, value.get(name), schema.digits)
              for name, kind in stream.fields.items()}
    if any(fields[name] is None for name in stream.required):
        raise Unreadable("missing_field")
    if stream.role in ("purchase", "refund") and fields["amount"] is None:
        raise Unreadable("missing_field")
    if stream.role == "refund" and fields.get("order_id") is None:
        raise Unreadable("missing_field")
    if stream.role == "profile":
        fields = profile_fields(schema, value)
    if stream.role == "consent":
        fields = consent_fields(schema, value)
    return Event(stream.name, schema.order[stream.name], value[stream.id],
                 e, min(e, a), a, fields, value.get("backfill") is True)


def profile_fields(schema, value):
    set_, unset = value.get("set", {}), value.get("unset", [])
    fields = {name: typed(schema.customer[name], given, schema.digits)
              for name, given in set_.items() if name in schema.customer}
    fields.update({name: None for name in unset if name in schema.customer})
    return fields


def consent_fields(schema, value):
    if value["purpose"] not in schema.purposes or (
            value.get("channel") is not None
            and value["channel"] not in schema.channels):
        raise Unreadable("unknown_purpose")
    return {name: value.get(name) for name in ("purpose", "channel", "state")}


def read_records(path):
    """The records of an NDJSON file, in its order, with `arrived` in ms."""
    before = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line, parse_float=decimal.Decimal)
            arrived = record["arrived"]
            if not isinstance(arrived, int):
                arrived = parse_instant(arrived)
            record["arrived"] = before = max(before, arrived)
            yield record


class Entry:
    """One event of a history; a purchase carries what was given back."""

    __slots__ = ("id", "hash", "raw_e", "at", "index", "fields", "gross",
                 "refunds")

    def __init__(self, event):
        self.id, self.hash = event.id, id_hash(event.id)
        self.raw_e, self.at, self.index = event.raw_e, event.e, event.index
        self.fields = event.fields
        self.gross = event.fields.get("amount")
        self.refunds = []

    @property
    def order(self):
        return (self.at, self.index, self.hash)

    @property
    def net(self):
        return max(0, self.gross - sum(amount for _, amount in self.refunds))

    def __getitem__(self, name):
        if name == "amount" and self.gross is not None:
            return self.net
        return self.fields.get(name)


class History:
    """A customer's raw lists."""

    def __init__(self, schema):
        self.schema = schema
        self.entries = {name: [] for name in schema.streams}
        self.orphans = []
        self.latest = {}                # ids of records that are not kept
        self.profile = {}
        self.consents = {}
        self.changes = 0

    def counted(self, stream):
        """The entries that count, in the order of (e, stream, id hash)."""
        found = self.entries[stream]
        if self.schema.streams[stream].role == "purchase":
            found = [entry for entry in found if entry.net > 0]
        return sorted(found, key=lambda entry: entry.order)

    def fold(self, event):
        """Take an event in. Returns the orphans it meets, or None for a
        duplicate, which changes nothing."""
        role = self.schema.streams[event.stream].role
        taken = {"purchase": self._purchase, "refund": self._refund,
                 "profile": self._profile, "consent": self._consent,
                 }.get(role, self._other)(event)
        if taken is not None:
            self.changes += 1
        return taken

    def _purchase(self, event):
        entries = self.entries[event.stream]
        if any((p.id, p.raw_e) == (event.id, event.raw_e) for p in entries):
            return None
        entries.append(Entry(event))
        return [orphan for orphan in self._living_orphans(event.a)
                if orphan["order_id"] == event.id]

    def _living_orphans(self, now):
        self.orphans = [orphan for orphan in self.orphans
                        if now < orphan.a + ORPHAN_LIFE]
        return list(self.orphans)

    def _refund(self, event):
        purchases = self.entries[self.schema.named("purchase")]
        if any(event.id == known for p in purchases for known, _ in p.refunds):
            return None
        orphans = self._living_orphans(event.a)
        if any(orphan.id == event.id for orphan in orphans):
            return None
        if not self.net(event):
            self.orphans = (orphans + [event])[-ORPHANS_KEPT:]
        return []

    def net(self, refund):
        """Take a refund off its purchase: of several with the id the latest.
        False where there is none."""
        of = [p for p in self.entries[self.schema.named("purchase")]
              if p.id == refund["order_id"]]
        if not of:
            return False
        latest = max(of, key=lambda p: (p.order, p.raw_e))
        latest.refunds.append((refund.id, refund["amount"]))
        return True

    def net_orphan(self, orphan):
        self.orphans.remove(orphan)
        self.net(orphan)
        self.changes += 1

    def _again(self, event):
        """A profile or consent record that is one of its stream's latest."""
        of = self.latest.setdefault(event.stream, [])
        if (event.id, event.raw_e) in of:
            return True
        of[:] = (of + [(event.id, event.raw_e)])[-RECORDS_KEPT:]
        return False

    def _profile(self, event):
        if self._again(event):
            return None
        writer = (event.e, event.index, id_hash(event.id))
        for name, value in event.fields.items():
            if name not in self.profile or writer >= self.profile[name][0]:
                self.profile[name] = (writer, value)
        return []

    def _consent(self, event):
        if self._again(event):
            return None
        granted = event["state"] == "granted"
        # Denied wins a tie of times, whatever the ids.
        writer = (event.e, event.index, not granted, id_hash(event.id))
        channels = [event["channel"]] if event["channel"] else (
            self.schema.channels)
        for channel in channels:
            of = (event["purpose"], channel)
            if of not in self.consents or writer >= self.consents[of][0]:
                self.consents[of] = (writer, granted)
        return []

    def _other(self, event):
        entries = self.entries[event.stream]
        known = entries[-FEEDBACK_RING:]
        if any((x.id, x.raw_e) == (event.id, event.raw_e) for x in known):
            return None
        entries.append(Entry(event))
        return []

    def field(self, name):
        return self.profile[name][1] if name in self.profile else None

    def granted(self, purpose, channel):
        return self.consents.get((purpose, channel), (None, False))[1]

    def zone(self):
        name = next((n for n, kind in self.schema.customer.items()
                     if kind == "timezone"), None)
        return (name and self.field(name)) or self.schema.timezone

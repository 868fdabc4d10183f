"""The rules of tests/scenario/random, written a second time."""

import datetime as dt

import civil
from civil import DAY, HOUR
from engine import NEVER, TRANSACTIONAL, Rule, RuleSet
from gate import Cap, Quiet
from history import Schema, Stream
from tier import Programme
from truth import Churn, Instant, Money, known

SCHEMA = Schema(
    streams=[
        Stream("purchases", "purchase", "order_id", "paid_at",
               {"order_id": "string", "amount": "money",
                "category": "string"}),
        Stream("refunds", "refund", "refund_id", "refunded_at",
               {"refund_id": "string", "order_id": "string",
                "amount": "money"}),
        Stream("feedback", "feedback", "feedback_id", "submitted_at",
               {"feedback_id": "string", "kind": ["nps", "csat"],
                "score": "int", "order_id": "string"}),
        Stream("engagement", "engagement", "event_id", "at",
               {"event_id": "string",
                "kind": ["delivered", "opened", "clicked"]}, days=True),
        Stream("profile", "profile", "event_id", "changed_at"),
        Stream("consent", "consent", "event_id", "changed_at"),
    ],
    customer={"timezone": "timezone", "birth": "date",
              "joined_at": "timestamp"},
    timezone="Europe/Paris",
    purposes=["marketing", "partner"],
    channels=["email", "push", "sms"])

WEEKLY = Cap("weekly", 3, 7 * DAY)
DAILY = Cap("daily", 1, "day")
SLOW = Cap("slow", 1, 3 * DAY, over="defer")
MONTHLY = Cap("monthly", 2, "month", over="defer")
CALENDAR_WEEK = Cap("calendar_week", 3, "week")

EMAIL = {"channel": "email", "purpose": "marketing", "caps": (WEEKLY, DAILY),
         "quiet": Quiet(20 * 60, 9 * 60, all_day=(6,))}
SMS = {"channel": "sms", "purpose": "marketing", "caps": (SLOW,),
       "quiet": Quiet(21 * 60, 8 * 60)}
PUSH = {"channel": "push", "purpose": "marketing",
        "caps": (WEEKLY, CALENDAR_WEEK),
        "quiet": Quiet(22 * 60, 7 * 60, otherwise="drop")}
SERVICE = {"channel": "push", "expires": TRANSACTIONAL}
DESK = {"channel": "desk"}

BOUGHT = frozenset({"purchases"})


def last(t, days):
    return t.purchases.last(days * DAY)


def of(category):
    return lambda entry: entry["category"] == category


def spread(t):
    return last(t, 30).max("amount") - last(t, 30).min("amount")


def at_risk(t):
    return t.p_alive < 0.4 and t.purchases.count() >= 2


def safe(t):
    return t.p_alive > 0.5


def same_order(t):
    """`event.order_id == start.order_id`, null being a value."""
    return t.event["order_id"] == t.start["order_id"]


def scores(t):
    return t.stream("feedback").last(30 * DAY)


def opened(t):
    return t.stream("engagement").last(7 * DAY).where(
        lambda entry: entry["kind"] == "opened").count()


def hour(t):
    return civil.wall(t.zone, t.n).hour


def weekday(t):
    """From Sunday, as the language counts."""
    return civil.wall(t.zone, t.n).isoweekday() % 7


def first_date(t):
    date = civil.local_date(t.zone, t.purchases.first().at)
    return date.year, date.month, date.day


EVENTS = [
    Rule("random/welcome", source="event", stream="purchases",
         when=lambda t: t.purchases.count() == 1, reentry=NEVER, **SERVICE,
         params={
             "order_id": lambda t: t.event["order_id"],
             "at": lambda t: Instant(t.event.at),
             "spent": lambda t: Money(t.purchases.sum("amount"))}),
    Rule("random/thanks", source="event", stream="purchases",
         when=lambda t: t.event["amount"] >= 5000
         and last(t, 30).count() >= 2,
         reentry="P1M", exclusive="sales", priority=10, **EMAIL,
         params={
             "amount": lambda t: Money(t.event["amount"]),
             "gap": lambda t: t.event.at - t.purchases.previous().at,
             "previous": lambda t: Money(t.purchases.previous()["amount"]),
             "kinds": lambda t: last(t, 30).distinct("category"),
             "favourite": lambda t: last(t, 30).top("category")}),
    Rule("random/cross_sell", source="event", stream="purchases",
         when=lambda t: t.event["category"] == "camera"
         and last(t, 60).where(of("lens")).count() == 0,
         delay=2 * DAY, exclusive="sales", priority=20, **SMS,
         params={
             "bought": lambda t: t.start["category"],
             "lenses": lambda t: Money(
                 last(t, 2).where(of("lens")).sum("amount"))}),
    Rule("random/review", source="event", stream="purchases",
         when=lambda t: t.event["amount"] >= 1000, delay=3 * DAY,
         cancel_on={"refunds": same_order, "feedback": same_order},
         send_if=lambda t: last(t, 2).count() == 0, reentry=5 * DAY, **EMAIL,
         params={
             "order_id": lambda t: t.start["order_id"],
             "orders": lambda t: last(t, 10).count()}),
    Rule("random/big_order", source="event", stream="purchases",
         when=lambda t: t.event["amount"] >= 15000, exclusive="sales",
         priority=15, **SMS,
         params={"amount": lambda t: Money(t.event["amount"])}),
    Rule("random/refund_care", source="event", stream="refunds",
         when=lambda t: t.event["amount"] >= 2000, reentry=10 * DAY, **DESK,
         params={
             "refund_id": lambda t: t.event["refund_id"],
             "amount": lambda t: Money(t.event["amount"]),
             "left": lambda t: Money(t.purchases.sum("amount"))}),
    Rule("random/detractor", source="event", stream="feedback",
         when=lambda t: t.event["kind"] == "nps"
         and known(t.event["score"]) <= 6,
         reentry=14 * DAY, priority=100, **{**EMAIL, "quiet": None},
         params={
             "score": lambda t: t.event["score"],
             "average": lambda t: scores(t).avg("score"),
             "worst": lambda t: scores(t).min("score")}),
    Rule("random/partner_offer", source="event", stream="feedback",
         when=lambda t: known(t.event["score"]) >= 8,
         **{**EMAIL, "purpose": "partner", "caps": ()},
         params={"score": lambda t: t.event["score"]}),
]

SILENCES = [
    Rule("random/silence", source="idle", stream="purchases",
         steps=(5 * DAY, 12 * DAY, 20 * DAY),
         when=lambda t: last(t, 60).count() >= 2, exclusive="retention",
         priority=40, **EMAIL,
         params={
             "step": lambda t: t.idle_step,
             "days": lambda t: t.idle_days,
             "last": lambda t: Money(t.purchases.latest()["amount"])}),
    Rule("random/silence_text", source="idle", stream="purchases",
         steps=(9 * DAY,), exclusive="retention", **SMS,
         params={
             "days": lambda t: t.idle_days,
             "first_at": lambda t: Instant(t.purchases.first().at)}),
]

TRUTHS = [
    Rule("random/churn_risk", when=at_risk, reset_when=safe, hold=48 * HOUR,
         reentry=30 * DAY, exclusive="retention", priority=70, reads=BOUGHT,
         **EMAIL, params={"p_alive": lambda t: t.p_alive}),
    Rule("random/low_spend",
         when=lambda t: t.purchases.count() >= 2
         and last(t, 20).sum("amount") < 5000,
         reentry=10 * DAY, reads=BOUGHT, **PUSH,
         params={
             "spent": lambda t: Money(last(t, 20).sum("amount")),
             "orders": lambda t: t.purchases.count()}),
    Rule("random/burst",
         when=lambda t: last(t, 7).where(of("shoes")).count() >= 2
         and last(t, 7).distinct("category") >= 2,
         hold=12 * HOUR, reads=BOUGHT, **DESK,
         params={"shoes": lambda t: Money(
             last(t, 7).where(of("shoes")).sum("amount"))}),
    Rule("random/slowing",
         when=lambda t: t.purchases.between(20 * DAY, 10 * DAY).count()
         > last(t, 10).count(),
         reads=BOUGHT, **SMS,
         params={
             "before": lambda t: Money(
                 t.purchases.between(20 * DAY, 10 * DAY).sum("amount")),
             "now": lambda t: Money(last(t, 10).sum("amount"))}),
    Rule("random/spread", when=lambda t: spread(t) >= 10000,
         reset_when=lambda t: spread(t) <= 5000, reads=BOUGHT,
         **{**DESK, "caps": (MONTHLY,)},
         params={
             "spread": lambda t: Money(spread(t)),
             "most": lambda t: Money(last(t, 30).max("amount"))}),
    Rule("random/fifteen_days",
         when=lambda t: t.n - t.purchases.latest().at > 15 * DAY,
         reentry=20 * DAY, reads=BOUGHT, **DESK,
         params={"silent": lambda t: t.n - t.purchases.latest().at}),
    Rule("random/member",
         when=lambda t: t.n - known(t.field("joined_at")) >= 30 * DAY
         and t.purchases.count() >= 1,
         reentry=NEVER, reads=BOUGHT | {"profile"}, **EMAIL,
         params={"joined_at": lambda t: Instant(t.field("joined_at"))}),
    Rule("random/evening",
         when=lambda t: hour(t) >= 18 and last(t, 3).count() >= 1,
         reentry=3 * DAY, reads=BOUGHT | {"profile"}, **DESK,
         params={"hour": hour, "zone": lambda t: t.zone}),
    Rule("random/monday",
         when=lambda t: weekday(t) == 1 and last(t, 14).count() >= 3,
         priority=5, reads=BOUGHT | {"profile"}, **EMAIL,
         params={"orders": lambda t: last(t, 14).count()}),
    Rule("random/big_average",
         when=lambda t: last(t, 45).avg("amount") >= 8000,
         reset_when=lambda t: last(t, 45).avg("amount") < 6000,
         reads=BOUGHT, **EMAIL,
         params={"average": lambda t: Money(last(t, 45).avg("amount"))}),
    Rule("random/unhappy",
         when=lambda t: scores(t).count() >= 2
         and scores(t).avg("score") < 5.0,
         priority=30, reads=frozenset({"feedback"}), **SMS,
         params={
             "average": lambda t: scores(t).avg("score"),
             "latest": lambda t: t.stream("feedback").latest()["score"]}),
    Rule("random/reader", when=lambda t: opened(t) >= 3, hold=24 * HOUR,
         reads=frozenset({"engagement"}), **DESK, params={"opened": opened}),
    Rule("random/cheap_lens",
         when=lambda t: t.purchases.latest()["category"] == "lens"
         and last(t, 5).first()["amount"] < 3000,
         reads=BOUGHT, **DESK,
         params={
             "first": lambda t: Money(last(t, 5).first()["amount"]),
             "last_at": lambda t: Instant(last(t, 5).latest().at)}),
    Rule("random/gold_silent",
         when=lambda t: t.tier.name == "gold" and last(t, 15).count() == 0,
         reads=BOUGHT, **DESK, params={"tier": lambda t: t.tier.name}),
]

OCCASIONS = [
    Rule("random/birthday", source="yearly", minute=9 * 60, leap="mar1",
         date=lambda t: t.field("birth"), priority=50, **EMAIL,
         params={
             "tier": lambda t: t.tier.name,
             "orders": lambda t: last(t, 365).count()}),
    Rule("random/anniversary", source="yearly", minute=10 * 60,
         date=first_date, skip_first=True,
         when=lambda t: last(t, 365).count() > 0, **PUSH,
         params={"orders": lambda t: last(t, 365).count()}),
]

TIERS = [
    Rule("random/tier_up", source="tier", tier="upgraded",
         when=lambda t: t.tier.name in ("silver", "gold"), **SERVICE,
         params={
             "from": lambda t: t.tier_old,
             "to": lambda t: t.tier.name,
             "until": lambda t: Instant(t.tier.valid_to(t.n))}),
    Rule("random/tier_at_risk", source="tier", tier="at_risk", priority=60,
         **EMAIL,
         params={
             "keep": lambda t: t.tier.name,
             "missing": lambda t: Money(t.tier.missing(t.n)),
             "until": lambda t: Instant(t.tier.valid_to(t.n))}),
    Rule("random/tier_down", source="tier", tier="downgraded", **DESK,
         params={
             "from": lambda t: t.tier_old,
             "to": lambda t: t.tier.name,
             "missing": lambda t: Money(t.tier.missing(t.n))}),
    Rule("random/tier_kept", source="tier", tier="retained", **SMS,
         params={"keep": lambda t: t.tier.name}),
]


def instants(customer, start, end):
    """Where the hour, the weekday or the time since joining turn."""
    zone, found = customer.zone(), []
    date = civil.local_date(zone, start)
    while civil.instant_of(zone, date, 0) < end:
        found += [civil.instant_of(zone, date, minute)
                  for minute in (0, 18 * 60)]
        date += dt.timedelta(days=1)
    found += civil.transitions_between(zone, start, end)
    joined = customer.history.field("joined_at")
    if joined is not None:
        found.append(joined + 30 * DAY)
    return [at for at in found if start <= at < end]


RULESET = RuleSet(
    tenant="random", schema=SCHEMA,
    rules=EVENTS + SILENCES + TRUTHS + OCCASIONS + TIERS,
    durations=tuple(days * DAY for days in (
        2, 3, 5, 7, 10, 14, 15, 20, 30, 45, 60, 365)),
    programme=Programme(60 * DAY, ["silver", "gold", "platinum"],
                        [10000, 30000, 90000], 10 * DAY, [4 * DAY, DAY]),
    churn=Churn(0.524843, 6.183085, 0.891359, 1.614002),
    falling=(at_risk, safe), instants=instants)

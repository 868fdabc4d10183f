"""The rules of tests/scenario/online_retail, written a second time."""

from civil import DAY, HOUR
from engine import NEVER, TRANSACTIONAL, Rule, RuleSet
from gate import Cap, Quiet
from history import Schema, Stream
from tier import Programme
from truth import Churn, Instant, Money

SCHEMA = Schema(
    streams=[
        Stream("consent", "consent", "event_id", "changed_at"),
        Stream("profile", "profile", "event_id", "changed_at"),
        Stream("purchases", "purchase", "order_id", "paid_at",
               {"order_id": "string", "amount": "money",
                "category": "string"}),
        Stream("refunds", "refund", "refund_id", "refunded_at",
               {"refund_id": "string", "order_id": "string",
                "amount": "money"}),
    ],
    customer={"timezone": "timezone", "birth": "date"},
    timezone="Europe/London",
    purposes=["marketing"],
    channels=["email", "push"])

EMAIL = {"channel": "email", "purpose": "marketing",
         "caps": (Cap("weekly", 3, 7 * DAY), Cap("daily", 1, "day")),
         "quiet": Quiet(20 * 60, 9 * 60, all_day=(6,))}
PUSH = {"channel": "push", "purpose": "marketing",
        "caps": (Cap("weekly", 3, 7 * DAY),)}
TASK = {"channel": "crm_task"}
BOUGHT = frozenset({"purchases"})


def spend_year(t):
    return t.purchases.last(365 * DAY).sum("amount")


def first_again(t):
    return t.purchases.count() == 1


def second_within_30_days(t):
    return (t.purchases.count() == 2
            and t.event.at - t.purchases.first().at <= 30 * DAY)


def at_risk(t):
    return t.p_alive < 0.4


def safe(t):
    return t.p_alive > 0.5


def spend_fell(t):
    return (t.purchases.count() >= 3
            and t.purchases.last(90 * DAY).sum("amount") < 10000)


RULES = [
    Rule("lifecycle/welcome", source="event", stream="purchases",
         when=first_again, reentry=NEVER, priority=30, **EMAIL,
         params={
             "order_id": lambda t: t.event["order_id"],
             "amount": lambda t: Money(t.event["amount"]),
             "ordered_at": lambda t: Instant(t.event.at),
             "country": lambda t: t.event["category"]}),
    Rule("lifecycle/second_order", source="event", stream="purchases",
         when=second_within_30_days, reentry=NEVER, exclusive="praise",
         priority=60, **EMAIL,
         params={
             "order_id": lambda t: t.event["order_id"],
             "amount": lambda t: Money(t.event["amount"]),
             "after": lambda t: t.event.at - t.purchases.first().at,
             "previous_at": lambda t: Instant(t.purchases.previous().at)}),
    Rule("lifecycle/second_order_nudge", source="event", stream="purchases",
         when=first_again, delay=30 * DAY, send_if=first_again,
         cancel_on={"purchases": lambda t: t.event["amount"] > 0},
         reentry=NEVER, priority=20, **EMAIL,
         params={
             "order_id": lambda t: t.start["order_id"],
             "ordered_at": lambda t: Instant(t.start.at),
             "spent": lambda t: Money(t.purchases.sum("amount"))}),
    Rule("lifecycle/big_order", source="event", stream="purchases",
         when=lambda t: t.event["amount"] >= 100000, reentry="P1M",
         exclusive="praise", priority=10, **EMAIL,
         params={
             "order_id": lambda t: t.event["order_id"],
             "amount": lambda t: Money(t.event["amount"]),
             "share": lambda t: (t.event["amount"] / spend_year(t)
                                if spend_year(t) > 0 else 0.0)}),
    Rule("lifecycle/win_back", source="idle", stream="purchases",
         steps=(60 * DAY, 90 * DAY), when=lambda t: t.purchases.count() >= 2,
         exclusive="retention", priority=40, **EMAIL,
         params={
             "step": lambda t: t.idle_step,
             "days_silent": lambda t: t.idle_days,
             "last_at": lambda t: Instant(t.purchases.latest().at),
             "last_amount": lambda t: Money(t.purchases.latest()["amount"]),
             "orders": lambda t: t.purchases.count(),
             "best_category": lambda t: t.purchases.last(365 * DAY)
             .top("category")}),
    Rule("lifecycle/churn_risk", when=at_risk, reset_when=safe,
         hold=48 * HOUR, reentry=30 * DAY, exclusive="retention", priority=70,
         reads=BOUGHT, **EMAIL,
         params={
             "p_alive": lambda t: t.p_alive,
             "average": lambda t: Money(t.purchases.last(365 * DAY)
                                        .avg("amount")),
             "spend90": lambda t: Money(t.purchases.last(90 * DAY)
                                        .sum("amount"))}),
    Rule("lifecycle/birthday", source="yearly", minute=9 * 60,
         date=lambda t: t.field("birth"), priority=90, **EMAIL,
         params={
             "tier": lambda t: t.tier.name,
             "orders": lambda t: t.purchases.last(365 * DAY).count(),
             "spent": lambda t: Money(spend_year(t))}),
    Rule("lifecycle/spend_drop", when=spend_fell, reads=BOUGHT, **TASK,
         params={
             "spend90": lambda t: Money(t.purchases.last(90 * DAY)
                                        .sum("amount")),
             "spend_before": lambda t: Money(
                 t.purchases.between(180 * DAY, 90 * DAY).sum("amount")),
             "orders": lambda t: t.purchases.count()}),
    Rule("lifecycle/tier_up", source="tier", tier="upgraded",
         channel="push", expires=TRANSACTIONAL,
         params={
             "from": lambda t: t.tier_old,
             "to": lambda t: t.tier.name,
             "spent": lambda t: Money(spend_year(t)),
             "until": lambda t: Instant(t.tier.valid_to(t.n))}),
    Rule("lifecycle/tier_at_risk", source="tier", tier="at_risk",
         priority=50, **EMAIL,
         params={
             "keep": lambda t: t.tier.name,
             "missing": lambda t: Money(t.tier.missing(t.n)),
             "until": lambda t: Instant(t.tier.valid_to(t.n))}),
    Rule("lifecycle/tier_down", source="tier", tier="downgraded", **TASK,
         params={
             "from": lambda t: t.tier_old,
             "to": lambda t: t.tier.name,
             "missing": lambda t: Money(t.tier.missing(t.n))}),
    Rule("lifecycle/tier_kept", source="tier", tier="retained", **TASK,
         params={
             "keep": lambda t: t.tier.name,
             "spent": lambda t: Money(spend_year(t))}),
    Rule("lifecycle/large_refund", source="event", stream="refunds",
         when=lambda t: t.event["amount"] >= 10000, **PUSH,
         params={
             "refund_id": lambda t: t.event["refund_id"],
             "order_id": lambda t: t.event["order_id"]}),
]


RULESET = RuleSet(
    tenant="online_retail", schema=SCHEMA, rules=RULES,
    durations=(90 * DAY, 365 * DAY),
    programme=Programme(365 * DAY, ["silver", "gold", "platinum"],
                        [50000, 200000, 1000000], 30 * DAY, [14 * DAY]),
    churn=Churn(0.524843, 6.183085, 0.891359, 1.614002),
    falling=(at_risk, safe))

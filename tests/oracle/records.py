#!/usr/bin/env python3
"""Write the records of the Online Retail scenario as NDJSON, one a line, in
the order in which a merge by arrival reads them.

    records.py --csv online_retail_invoices.csv RECORDS.ndjson
    records.py --generate SEED [--customers N] RECORDS.ndjson

The second form makes up a history of the same shape, for machines that do
not have the data.
"""

import argparse
import csv
import datetime as dt
import decimal
import json
import random
import sys

import civil

STREAMS = ("consent", "profile", "purchases", "refunds")
START = civil.parse_instant("2010-12-01T00:00:00Z")
ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia")


def invoices(path):
    with open(path, encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def made_up(seed, customers):
    """Invoices as the file has them: some people buy once, some often; a
    tenth of the orders are given back in part or whole, some of them before
    any order is known, and some minutes hold two."""
    chance = random.Random(seed)
    rows = []
    for cust in range(12000, 12000 + customers):
        at = START + chance.randrange(8 * civil.HOUR, 300 * civil.DAY)
        pace = chance.choice((10, 25, 60, 200)) * civil.DAY
        while at < START + 373 * civil.DAY:
            minute = at - at % civil.MINUTE
            rows.append((minute, cust, amount(chance)))
            if chance.random() < 0.02:
                rows.append((minute, cust, amount(chance)))
            if chance.random() < 0.12:
                back = minute + chance.choice(
                    (0, civil.HOUR, 5 * civil.DAY, 40 * civil.DAY))
                rows.append((back, cust, -chance.choice(
                    (rows[-1][2], rows[-1][2] / 2, amount(chance)))))
            at += 1 + int(chance.expovariate(1 / pace))
    rows.sort(key=lambda row: row[0])
    for number, (at, cust, value) in enumerate(rows, 536365):
        yield {"invoice": ("C%d" if value < 0 else "%d") % number,
               "cust": str(cust), "ts": civil.show_instant(at)[:19],
               "kind": "cancel" if value < 0 else "sale",
               "amount": str(value.quantize(decimal.Decimal("0.01"))),
               "country": chance.choice(("United Kingdom",) * 8
                                        + ("France", "EIRE"))}


def amount(chance):
    pennies = int(chance.lognormvariate(10.0, 1.2))
    if chance.random() < 0.01:
        pennies = 0
    return decimal.Decimal(pennies) / 100


class Orders:
    """A customer's sales so far, and what was given back of each."""

    def __init__(self):
        self.sales = []          # [order id, amount, given back]

    def add(self, invoice, value):
        self.sales.append([invoice, value, decimal.Decimal(0)])

    def returned(self, value):
        """The latest sale of which so much is left; None without one."""
        for sale in reversed(self.sales):
            if sale[1] - sale[2] >= value:
                sale[2] += value
                return sale
        return None


def of_invoices(rows, count):
    orders = {}
    for row in rows:
        at = civil.parse_instant(row["ts"] + "Z")
        mine = orders.setdefault(row["cust"], Orders())
        if row["kind"] == "sale":
            mine.add(row["invoice"], decimal.Decimal(row["amount"]))
            count["purchases"] += 1
            yield record("purchases", row["cust"], at, {
                "order_id": row["invoice"], "amount": row["amount"],
                "category": row["country"], "paid_at": row["ts"] + "Z"})
            continue
        value = row["amount"].removeprefix("-")
        sale = mine.returned(decimal.Decimal(value))
        count["matched" if sale else "orphans"] += 1
        count["to net 0"] += bool(sale and sale[1] == sale[2])
        yield record("refunds", row["cust"], at, {
            "refund_id": row["invoice"], "amount": value,
            "refunded_at": row["ts"] + "Z",
            "order_id": sale[0] if sale else row["invoice"]})


def of_customers(customers):
    instant = civil.show_instant(START)
    for cust in customers:
        number = int(cust)
        day = dt.date(2000, 1, 1) + dt.timedelta(days=number % 366)
        yield record("consent", cust, START, {
            "customer_id": cust, "event_id": "c" + cust,
            "changed_at": instant, "purpose": "marketing", "channel": "email",
            "state": "denied" if number % 10 == 0 else "granted"})
        yield record("profile", cust, START, {
            "customer_id": cust, "event_id": "p" + cust,
            "changed_at": instant,
            "set": {"birth": {"m": day.month, "d": day.day},
                    "timezone": ZONES[number % 4]}})


def record(stream, key, arrived, value):
    return {"stream": stream, "key": key, "arrived": arrived, "value": value}


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--csv")
    args.add_argument("--generate", type=int, metavar="SEED")
    args.add_argument("--customers", type=int, default=400)
    args.add_argument("out")
    args = args.parse_args()
    if args.csv:
        rows = list(invoices(args.csv))
    elif args.generate is not None:
        rows = list(made_up(args.generate, args.customers))
    else:
        sys.exit("records.py: --csv FILE or --generate SEED")
    count = dict.fromkeys(("purchases", "matched", "to net 0", "orphans"), 0)
    records = list(of_customers(dict.fromkeys(row["cust"] for row in rows)))
    records += of_invoices(rows, count)
    # Stable: within an instant and a stream the order of the file stays.
    records.sort(key=lambda r: (r["arrived"], STREAMS.index(r["stream"])))
    with open(args.out, "w", encoding="utf-8") as out:
        for each in records:
            out.write(json.dumps(each, separators=(",", ":")) + "\n")
    print("%d records:" % len(records),
          ", ".join("%d %s" % (n, what) for what, n in count.items()))


if __name__ == "__main__":
    main()

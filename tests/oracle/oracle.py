#!/usr/bin/env python3
"""What should come out, by brute force.

    oracle.py [--rules online_retail|random] RECORDS.ndjson OUT.ndjson
              [--until T]

One JSON line per published trigger (with `params`) and per suppressed
decision (with `reason`).
"""

import argparse
import collections
import importlib
import json
import random
import sys

import civil
import engine
from history import read_records


def instant(text):
    return int(text) if text.isdigit() else civil.parse_instant(text)


def more_instants(seed):
    """Visits at instants at which nothing changes: they must change nothing
    in what comes out."""
    chance = random.Random(seed)

    def instants(start, end):
        if end - start < 2:
            return []
        return [chance.randrange(start, end) for _ in range(20)]
    return instants


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("records")
    args.add_argument("out")
    args.add_argument("--rules", default="online_retail")
    args.add_argument("--config", help="a Daemon file, in place of --rules")
    args.add_argument("--until", type=instant)
    args.add_argument("--more-instants", type=int, metavar="SEED")
    args = args.parse_args()
    if args.config:
        rules = importlib.import_module("yaml_rules").load(args.config)
    else:
        rules = importlib.import_module("rules_" + args.rules).RULESET
    records = list(read_records(args.records))
    until = args.until
    if until is None:
        until = max(record["arrived"] for record in records)
    counts = collections.Counter()
    with open(args.out, "w", encoding="utf-8") as out:
        def emit(output):
            counts[output["rule"], output.get("reason", "published")] += 1
            out.write(json.dumps(output) + "\n")
        engine.run(rules, records, until, emit,
                   args.more_instants is not None
                   and more_instants(args.more_instants))
    for (rule, what), times in sorted(counts.items()):
        print("%-32s %-18s %6d" % (rule, what, times), file=sys.stderr)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compare what the oracle expects with what Kith did.

    compare.py EXPECTED ACTUAL

EXPECTED is the oracle's output. ACTUAL has one output message a line,
{"topic", "key", "value"}, as `kithd backtest --ndjson` prints them or as a
dump of the output topics; or it is another output of the oracle. Triggers
must be equal in rule, customer, id, occurred_at, decided_at and params, by
value; suppressed decisions in rule, customer, id, occurred_at and reason.
Exit 1 on any difference.
"""

import collections
import json
import sys

import civil

SHOWN = 5


def milliseconds(at):
    return civil.parse_instant(at) if isinstance(at, str) else at


def by_value(value):
    """Numbers are numbers, however they are written."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {name: by_value(each) for name, each in value.items()}
    return float(value)


def outputs(path):
    """(kind, what it is about, when and what) of each line."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            value = message.get("value", message)
            if isinstance(value, str):
                value = json.loads(value)
            if "trigger_id" not in value:
                continue         # a dead letter
            about = (value["rule"], value["customer_id"],
                     value["trigger_id"])
            if "key" in message and message["key"] != value["customer_id"]:
                sys.exit("%s: key %s of %s" % (path, message["key"], about))
            occurred = milliseconds(value["occurred_at"])
            if "reason" in value:
                yield "suppressed", about, (occurred, value["reason"])
            else:
                yield "trigger", about, (
                    occurred, milliseconds(value["decided_at"]),
                    by_value(value["params"]))


def grouped(path):
    """One list of outputs for each (kind, about): ids may come twice."""
    found = collections.defaultdict(list)
    for kind, about, what in outputs(path):
        found[kind, about].append(what)
    return found


def differences(expected, actual):
    for of in sorted(expected.keys() | actual.keys()):
        left, right = list(expected.get(of, [])), list(actual.get(of, []))
        for what in list(left):
            if what in right:
                left.remove(what)
                right.remove(what)
                yield "equal", of, what, what
        for was, is_ in zip(left, right):
            yield "different", of, was, is_
        for was in left[len(right):]:
            yield "lost", of, was, None
        for is_ in right[len(left):]:
            yield "extra", of, None, is_


def shown(what):
    if what is None:
        return "-"
    return ", ".join(civil.show_instant(x) if isinstance(x, int) else str(x)
                     for x in what)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    counts, examples = collections.Counter(), collections.defaultdict(list)
    for verdict, (kind, about), was, is_ in differences(
            grouped(sys.argv[1]), grouped(sys.argv[2])):
        counts[kind, about[0], verdict] += 1
        if verdict != "equal":
            examples[verdict].append((kind, about, was, is_))
    print("%-10s %-32s %8s %6s %6s %9s" % (
        "", "rule", "equal", "lost", "extra", "different"))
    for kind, rule in sorted({(kind, rule) for kind, rule, _ in counts}):
        print("%-10s %-32s %8d %6d %6d %9d" % (
            kind, rule, *(counts[kind, rule, verdict] for verdict in
                          ("equal", "lost", "extra", "different"))))
    for verdict, found in sorted(examples.items()):
        print("\n%s: %d" % (verdict, len(found)))
        # The earliest first: the others may follow from them.
        found.sort(key=lambda x: (x[2] or x[3])[0])
        for kind, about, was, is_ in found[:SHOWN]:
            print("  %s %s\n    expected %s\n    actual   %s" % (
                kind, " ".join(about), shown(was), shown(is_)))
    sys.exit(1 if examples else 0)


if __name__ == "__main__":
    main()

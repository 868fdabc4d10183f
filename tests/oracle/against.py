#!/usr/bin/env python3
"""Run `kithd backtest` against the oracle.

    against.py KITHD online_retail [--csv FILE]    (else a made-up history)
    against.py KITHD random [--seeds FIRST-LAST]

Where they differ, the records of the first customer concerned are kept alone
in a file, with what was expected and what came, and the exit is 1.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import civil
import compare

HERE = pathlib.Path(__file__).resolve().parent
UNTIL = {"online_retail": "2012-06-01T00:00:00Z",
         "random": "2025-10-01T00:00:00Z"}


def python(program, *args):
    subprocess.run([sys.executable, HERE / program, *map(str, args)],
                   check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def backtest(kithd, scenario, records, out):
    daemon = HERE.parent / "scenario" / scenario / "daemon.yaml"
    with open(out, "wb") as stdout:
        subprocess.run([kithd, "backtest", "-c", daemon, "--input", records,
                        "--until", UNTIL[scenario], "--ndjson"],
                       check=True, stdout=stdout)


def both(kithd, scenario, records, folder):
    """Expected and actual outputs of a file of records."""
    expected, actual = folder / "expected.ndjson", folder / "actual.ndjson"
    python("oracle.py", records, expected, "--rules", scenario, "--until",
           UNTIL[scenario])
    backtest(kithd, scenario, records, actual)
    return expected, actual


def first_difference(expected, actual):
    """The customer of the earliest output that differs, or None."""
    found = [((was or is_)[0], about[1], kind, about, was, is_)
             for verdict, (kind, about), was, is_ in compare.differences(
                 compare.grouped(expected), compare.grouped(actual))
             if verdict != "equal"]
    return min(found, key=lambda x: x[:2]) if found else None


def keep(records, customer, folder):
    mine = '"key":"%s",' % customer
    alone = folder / "one_customer.ndjson"
    with open(records, encoding="utf-8") as lines:
        alone.write_text("".join(line for line in lines if mine in line),
                         encoding="utf-8")
    return alone


def check(kithd, scenario, records, folder, name):
    expected, actual = both(kithd, scenario, records, folder)
    first = first_difference(expected, actual)
    if first is None:
        print("%s: equal" % name)
        return True
    at, customer, kind, about, was, is_ = first
    print("%s: %s %s at %s\n  expected %s\n  actual   %s" % (
        name, kind, " ".join(about), civil.show_instant(at),
        compare.shown(was), compare.shown(is_)))
    print("  kept: %s (and the outputs beside it)" % keep(
        records, customer, folder))
    return False


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("kithd")
    args.add_argument("scenario", choices=UNTIL)
    args.add_argument("--csv")
    args.add_argument("--seeds", default="1-5")
    args = args.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="oracle-"))
    records = folder / "records.ndjson"
    if args.scenario == "online_retail":
        python("records.py", *(["--csv", args.csv] if args.csv else
                               ["--generate", 1]), records)
        sys.exit(not check(args.kithd, args.scenario, records, folder,
                           "online_retail"))
    first, _, last = args.seeds.partition("-")
    for seed in range(int(first), int(last or first) + 1):
        python("random_histories.py", seed, "--customers", 10, records)
        if not check(args.kithd, args.scenario, records, folder,
                     "seed %d" % seed):
            sys.exit(1)


if __name__ == "__main__":
    main()

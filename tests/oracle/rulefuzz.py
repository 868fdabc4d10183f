#!/usr/bin/env python3
"""Random rules over random histories: `kithd backtest` against the oracle.

    rulefuzz.py KITHD [--seeds FIRST-LAST] [--keep FOLDER]

A seed makes an edition and a history. What is published and what is
suppressed must be equal, whatever the batch. On a difference the case is made
smaller (one customer, fewer rules, fewer records) and kept in a folder, with
both outputs beside it; the exit is 1.
"""

import argparse
import collections
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import traceback

import yaml

import civil
import compare
import engine
import random_lives
import random_rules
import yaml_rules
from history import read_records

BATCHES = (1, 7, 1000)
LIMIT = 30                       # seconds for one run


class Case:
    """Documents by file name, records, and until when time goes on."""

    def __init__(self, documents, records, until):
        self.documents, self.records, self.until = documents, records, until

    def write(self, folder):
        for name, given in self.documents.items():
            (folder / name).write_text(yaml.dump(
                given, Dumper=random_rules.Plain, sort_keys=False,
                width=10000), encoding="utf-8")
        with open(folder / "records.ndjson", "w", encoding="utf-8") as out:
            for record in self.records:
                out.write(json.dumps(record, separators=(",", ":")) + "\n")
        return folder / "daemon.yaml", folder / "records.ndjson"


def case_of(seed):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        edition = random_rules.write(seed, folder)
        documents = {path.name: next(yaml_rules.documents(path))
                     for path in sorted(folder.glob("*.yaml"))}
    records, until = random_lives.records(edition, seed)
    return Case(documents, records, until)


def expected(config, records, until):
    outputs = []
    engine.run(yaml_rules.load(config), list(read_records(records)), until,
               outputs.append)
    return outputs


def kithd(program, *args):
    return subprocess.run([program, *map(str, args)], capture_output=True,
                          check=False, timeout=LIMIT)


def backtest(program, config, records, until, batch):
    done = kithd(program, "backtest", "-c", config, "--input", records,
                 "--until", civil.show_instant(until), "--batch", batch,
                 "--ndjson")
    if done.returncode:
        raise Failure("backtest --batch %d ended with %d: %s" % (
            batch, done.returncode, done.stderr.decode()[-2000:]))
    return done.stdout


class Failure(Exception):
    """The program, or the oracle, did not come to an end."""


def grouped(lines):
    """Outputs by (kind, what they are about), as compare.py has them."""
    with tempfile.NamedTemporaryFile("wb") as file:
        file.write(lines)
        file.flush()
        return compare.grouped(file.name)


def differences(program, case, batches=BATCHES):
    """What differs: (instant, customer, text), the earliest first."""
    with tempfile.TemporaryDirectory() as folder:
        config, records = case.write(pathlib.Path(folder))
        outputs = [backtest(program, config, records, case.until, batch)
                   for batch in batches]
        lines = "".join(json.dumps(o) + "\n" for o in expected(
            config, records, case.until)).encode()
    found = []
    want = grouped(lines)
    for batch, output in zip(batches, outputs):
        for verdict, (kind, about), was, is_ in compare.differences(
                want, grouped(output)):
            if verdict != "equal":
                found.append(((was or is_)[0], about[1], about[0],
                              "batch %d: %s %s\n  expected %s\n  actual   %s"
                              % (batch, kind, " ".join(about),
                                 compare.shown(was), compare.shown(is_))))
        if found:
            break
    return sorted(found)


def fails(program, case):
    """Whether a smaller case still differs; how does not matter."""
    try:
        return bool(differences(program, case, BATCHES[:1]))
    except (Failure, subprocess.TimeoutExpired):
        return True
    except Exception:  # pylint: disable=broad-except
        return False


def fewer(items, still_fails):
    """Remove what is not needed, in ever smaller pieces."""
    size = max(1, len(items) // 2)
    while True:
        at = 0
        while at < len(items):
            left = items[:at] + items[at + size:]
            if still_fails(left):
                items = left
            else:
                at += size
        if size == 1:
            return items
        size //= 2


def with_rules(case, kept):
    """The case with some of its (file, rule) alone."""
    documents = copy.deepcopy(case.documents)
    for name, given in list(documents.items()):
        if given["kind"] != "RuleSet":
            continue
        given["rules"] = {rule: of for rule, of in given["rules"].items()
                          if (name, rule) in kept}
        if not given["rules"]:
            del documents[name]
            documents["daemon.yaml"]["rules"].remove(name)
    return Case(documents, case.records, case.until)


def with_keys(case, kept):
    """The case with some of the (file, rule, key) of its rules alone."""
    documents = copy.deepcopy(case.documents)
    for name, given in documents.items():
        if given["kind"] == "RuleSet":
            for rule, of in given["rules"].items():
                for key in list(of):
                    if (name, rule, key) not in kept:
                        del of[key]
    return Case(documents, case.records, case.until)


def smaller(program, case, customer):
    def of_rules(kept):
        return fails(program, with_rules(case, kept))

    def of_keys(kept):
        return fails(program, with_keys(case, kept))

    def of_records(kept):
        return bool(kept) and fails(
            program, Case(case.documents, kept, case.until))
    alone = Case(case.documents, [r for r in case.records
                                  if r["key"] == customer], case.until)
    if fails(program, alone):
        case = alone
    rules = [(name, rule) for name, given in case.documents.items()
             if given["kind"] == "RuleSet" for rule in given["rules"]]
    case = with_rules(case, fewer(rules, of_rules))
    case = Case(case.documents, fewer(case.records, of_records), case.until)
    keys = [(name, rule, key) for name, given in case.documents.items()
            if given["kind"] == "RuleSet"
            for rule, of in given["rules"].items() for key in of]
    return with_keys(case, fewer(keys, of_keys))


def keep(program, case, folder):
    folder.mkdir(parents=True, exist_ok=True)
    config, records = case.write(folder)
    (folder / "until").write_text(civil.show_instant(case.until) + "\n")
    with open(folder / "expected.ndjson", "w", encoding="utf-8") as out:
        try:
            for output in expected(config, records, case.until):
                out.write(json.dumps(output) + "\n")
        except Exception:  # pylint: disable=broad-except
            out.write(traceback.format_exc())
    try:
        (folder / "actual.ndjson").write_bytes(backtest(
            program, config, records, case.until, 1))
    except (Failure, subprocess.TimeoutExpired) as failure:
        (folder / "actual.ndjson").write_text(str(failure))


def refused(program, case):
    """What `check` says against the edition; None if nothing."""
    with tempfile.TemporaryDirectory() as folder:
        config, _ = case.write(pathlib.Path(folder))
        done = kithd(program, "check", config.parent)
    return done.stdout.decode() if done.returncode else None


def one(program, seed, folder):
    """Whether a seed comes out equal."""
    case, customer = case_of(seed), None
    text = refused(program, case)
    if text is not None:
        print("seed %d: refused\n%s" % (seed, text))
        return False
    try:
        found = differences(program, case)
        if not found:
            return True
        customer = found[0][1]
        text = "%s (and %d more)" % (found[0][3], len(found) - 1)
    except (Failure, subprocess.TimeoutExpired) as failure:
        text = str(failure)
    print("seed %d: %s" % (seed, text), flush=True)
    if folder:
        case = smaller(program, case, customer)
        keep(program, case, folder / str(seed))
        try:
            print("".join(d[3] + "\n" for d in differences(
                program, case, BATCHES[:1])[:3]), end="")
        except (Failure, subprocess.TimeoutExpired):
            pass
        print("  kept: %s" % (folder / str(seed)), flush=True)
    return False


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("kithd")
    args.add_argument("--seeds", default="1-20")
    args.add_argument("--keep", type=pathlib.Path)
    args = args.parse_args()
    first, _, last = args.seeds.partition("-")
    counts = collections.Counter(
        one(args.kithd, seed, args.keep)
        for seed in range(int(first), int(last or first) + 1))
    print("%d equal, %d different" % (counts[True], counts[False]))
    sys.exit(counts[False] > 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The YAML of each scenario and its Python twin say the same, as far as that
can be seen without reading an expression."""

import importlib
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import yaml
    import yaml_rules
except ImportError:
    yaml = None

import civil
import engine
import history

HERE = pathlib.Path(__file__).resolve().parent
MAKE = {"random": ["random_histories.py", "7", "--customers", "2"],
        "online_retail": ["records.py", "--generate", "7",
                          "--customers", "10"]}
SCENARIOS = pathlib.Path(__file__).resolve().parent.parent / "scenario"
UNITS = {"d": civil.DAY, "h": civil.HOUR, "m": civil.MINUTE,
         "s": civil.SECOND}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def document(scenario, name):
    with open(SCENARIOS / scenario / (name + ".yaml")) as text:
        return yaml.safe_load(text)


def length(text):
    """`48h` in ms; what is no such length, as it is."""
    found = re.fullmatch(r"(\d+)([dhms])", str(text))
    return int(found[1]) * UNITS[found[2]] if found else text


def minute(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def quiet_hours(given):
    if given in (None, "none"):
        return None
    if isinstance(given, str):
        start, end = given.split("-")
        given = {"from": start, "to": end}
    return (minute(given["from"]), minute(given["to"]),
            tuple(DAYS.index(day) for day in given.get("allDay", [])),
            given.get("otherwise", "defer"))


def source_of(rule):
    for source in ("event", "idle", "yearly", "tier"):
        if source in rule:
            return source
    return "state"


def written(policy, defaults, rule):
    """What the YAML says of a rule."""
    channel = rule.get("channel", defaults.get("channel"))
    of = policy["channels"][channel]
    if rule.get("class") == "transactional":
        of = {}
    caps = rule.get("frequencyCaps", of.get("frequencyCaps", []))
    idle = rule.get("idle", {})
    return {
        "source": source_of(rule),
        "stream": rule.get("event") or next(iter(idle), None),
        "steps": tuple(length(s) for s in next(iter(idle.values()), ())),
        "tier": rule.get("tier"),
        "conditions": [name in rule for name in
                       ("when", "resetWhen", "sendIf")],
        "delays": (length(rule.get("for", "0s")),
                   length(rule.get("delay", "0s"))),
        "cancel_on": set(rule.get("cancelOn", {})),
        "reentry": length(rule.get("reentry")),
        "contact": (channel, rule.get("purpose", of.get("purpose"))),
        "caps": {(cap, policy["frequencyCaps"][cap]["max"],
                  length(policy["frequencyCaps"][cap]["per"]),
                  policy["frequencyCaps"][cap].get("over", "drop"))
                 for cap in caps},
        "quiet": quiet_hours(rule.get("quietHours", of.get("quietHours"))),
        "rank": (rule.get("exclusive"), rule.get("priority", 0)),
        "expires": 15 * civil.MINUTE if rule.get("class") else
        length(rule.get("expires", "48h")),
        "params": set(rule.get("params", {})),
    }


def twin(rule):
    """What the Python says of it."""
    quiet = rule.quiet
    return {
        "source": rule.source, "stream": rule.stream, "steps": rule.steps,
        "tier": rule.tier,
        "conditions": [test is not None for test in
                       (rule.when, rule.reset_when, rule.send_if)],
        "delays": (rule.hold, rule.delay), "cancel_on": set(rule.cancel_on),
        "reentry": rule.reentry, "contact": (rule.channel, rule.purpose),
        "caps": {(c.name, c.max, c.per, c.over) for c in rule.caps},
        "quiet": quiet and (quiet.start, quiet.end, quiet.all_day,
                            quiet.otherwise),
        "rank": (rule.exclusive, rule.priority), "expires": rule.expires,
        "params": set(rule.params),
    }


@unittest.skipUnless(yaml, "PyYAML is not installed")
class Twins(unittest.TestCase):
    maxDiff = None

    def each(self):
        for scenario in ("online_retail", "random"):
            yield scenario, importlib.import_module(
                "rules_" + scenario).RULESET

    def test_rules(self):
        for scenario, rules in self.each():
            policy = document(scenario, "policy")
            source = document(scenario, "rules")
            live = {source["name"] + "/" + name: rule
                    for name, rule in source["rules"].items()
                    if rule.get("mode", "live") == "live"}
            self.assertEqual(set(live), {rule.id for rule in rules.rules})
            for rule in rules.rules:
                self.assertEqual(
                    written(policy, source.get("defaults", {}),
                            live[rule.id]), twin(rule), rule.id)

    def test_schema(self):
        for scenario, rules in self.each():
            source, schema = document(scenario, "schema"), rules.schema
            self.assertEqual(list(source["streams"]), list(schema.streams))
            for name, stream in source["streams"].items():
                of = schema.streams[name]
                self.assertEqual((stream["role"], stream["time"]),
                                 (of.role, of.time))
                self.assertEqual(stream.get("fields", {}), of.fields)
            self.assertEqual(source["customer"], schema.customer)
            self.assertEqual(source["timezone"], schema.timezone)
            self.assertEqual(source["consent"]["purposes"], schema.purposes)
            self.assertEqual(source["consent"]["channels"], schema.channels)

    def test_programme_and_model(self):
        for scenario, rules in self.each():
            club, of = document(scenario, "loyalty"), rules.programme
            self.assertEqual(length(club["window"].split()[1]), of.window)
            self.assertEqual(
                {name: round(bound * 100)
                 for name, bound in club["tiers"].items()},
                dict(zip(of.names, of.thresholds)))
            down = club["downgrade"]
            self.assertEqual((length(down["grace"]),
                              [length(lead) for lead in down["warn"]]),
                             (of.grace, of.warn))
            model = document(scenario, "models")["churn"]["cohorts"][-1]
            self.assertEqual(tuple(model[name] for name in
                                   ("r", "alpha", "a", "b")), rules.churn)

    def test_tenant(self):
        for scenario, rules in self.each():
            self.assertEqual(document(scenario, "daemon")["name"],
                             rules.tenant)

    def test_outputs(self):
        """What is read from the YAML does what the twin does."""
        with tempfile.TemporaryDirectory() as folder:
            records = folder + "/records.ndjson"
            for scenario, rules in self.each():
                subprocess.run([sys.executable, HERE / MAKE[scenario][0],
                                *MAKE[scenario][1:], records], check=True,
                               stdout=subprocess.DEVNULL)
                read = list(history.read_records(records))
                until = read[-1]["arrived"] + 100 * civil.DAY
                of_yaml = yaml_rules.load(
                    SCENARIOS / scenario / "daemon.yaml")
                outputs = [[], []]
                for each, out in zip((rules, of_yaml), outputs):
                    engine.run(each, read, until, out.append)
                self.assertTrue(outputs[0])
                self.assertEqual(*outputs)

    def test_every_duration_in_a_condition_is_visited(self):
        for scenario, rules in self.each():
            source = document(scenario, "rules")
            texts = list(source.get("variables", {}).values())
            for rule in source["rules"].values():
                texts += [str(rule.get(name, "")) for name in
                          ("when", "resetWhen", "sendIf")]
            for number in set(re.findall(r"\b(\d+)d\b", " ".join(texts))):
                self.assertIn(int(number) * civil.DAY, rules.durations + (
                    rules.programme.window, 30 * civil.DAY), number)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""What the house does not want in a tracked file; exit 1 where there is some.

Long files and functions, marks of unfinished work, paths of a machine, plans
that the repository does not hold, locks where nothing is shared, calls that
pipeline/base/banned.h bans, and tests that sleep instead of waiting for
something.
"""
import pathlib
import re
import subprocess
import sys

FILE_MAX = 600
FUNCTION_MAX = 60
C_SUFFIXES = {".c", ".h", ".cpp", ".hpp"}
CODE_SUFFIXES = C_SUFFIXES | {".py", ".run", ".lua", ".sh", ""}
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)
# Written in pieces, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\.)")
PLANS = "ARCHITECTURE TIME SEMANTICS EXACTLY_ONCE RULES MODELS EVENTS PROGRAMME OPERATIONS STYLE EVIDENCE".split()
PLAN = re.compile(r"\b(?:" + "|".join(PLANS) + r")(?:\.md\b| (?:section )?§?\d)|shared/de" + "sign")
MACHINE = re.compile(r"(?<![\w.{$}])/(?:work|home|Users|root)/")
LOCK = re.compile(r"\b(?:pthread_(?:mutex|rwlock|spin|cond)|mtx_|cnd_)\w*")
# Of time, which banned.h cannot declare without its header.
BANNED_TIME = {"localtime", "gmtime", "ctime", "asctime", "mktime"}
# What a test may do to its own process and machine.
TESTS_MAY = {"setenv", "unsetenv", "putenv", "system", "rand"}
SLEEP = re.compile(r"\bsleep\s*\(|^\s*sleep\s+[\d.$]|[;&|]\s*sleep\s+[\d.$]")
# The code of a currency that has no money.
NOT_MARKS = {"pipeline/base/money.c", "tests/unit/money_test.c"}


def without_comments(text):
    """C without comments and strings, its lines where they were."""
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n") or " ", text)


def banned(root):
    text = (root / "pipeline/base/banned.h").read_text()
    return set(re.findall(r"^BANNED\([^,]+, (\w+),", text, re.M)) | BANNED_TIME


def long_functions(lines):
    """clang-format puts a function's braces in the first column, alone."""
    began = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            began = number
        elif line == "}" and began:
            if number - began - 1 > FUNCTION_MAX:
                yield began, f"a function of {number - began - 1} lines, at most {FUNCTION_MAX}"
            began = None


def calls(code, names):
    call = re.compile(r"(?<![\w.>])(" + "|".join(sorted(names)) + r")\s*\(")
    for number, line in enumerate(code.splitlines(), 1):
        for found in call.finditer(line):
            yield number, f"{found[1]}() is banned (pipeline/base/banned.h)"


def of_c(name, text, names):
    code = without_comments(text)
    yield from long_functions(text.splitlines())
    if name != "pipeline/base/banned.h":
        in_test = name.startswith("tests/")
        yield from calls(code, (names - TESTS_MAY) | {"nanosleep"} if in_test else names)
    if name.startswith(("pipeline/", "config/")):
        for number, line in enumerate(code.splitlines(), 1):
            if LOCK.search(line):
                yield number, "nothing is shared here, so nothing is locked"


def of_test(lines):
    """A wait may pause between two looks: in a function that says so."""
    function = ""
    for number, line in enumerate(lines, 1):
        defined = re.match(r"\s*def (\w+)|(\w+)\(\) \{", line)
        if defined:
            function = defined[1] or defined[2]
        if SLEEP.search(line) and not function.startswith("wait_"):
            yield number, "a test waits for something, it does not sleep"


def complaints(name, text, names):
    suffix = pathlib.PurePath(name).suffix
    lines = text.splitlines()
    if suffix in CODE_SUFFIXES and len(lines) > FILE_MAX:
        yield len(lines), f"{len(lines)} lines, at most {FILE_MAX}"
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line) and name not in NOT_MARKS:
            yield number, "do it or drop it"
        if PLAN.search(line):
            yield number, "cites what the repository does not hold"
        if MACHINE.search(line):
            yield number, "a path of a machine"
    if suffix in C_SUFFIXES:
        yield from of_c(name, text, names)
    elif name.startswith("tests/") and not name.startswith("tests/bench/") and suffix in CODE_SUFFIXES:
        yield from of_test(lines)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    names = banned(root)
    tracked = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    found = 0
    for name in tracked.split("\0"):
        path = root / name
        if not name or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, why in complaints(name, text, names):
            print(f"{name}:{number}: {why}")
            found = 1
    return found


sys.exit(main())

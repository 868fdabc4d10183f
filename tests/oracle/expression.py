"""The expression language of rules: from text to a tree, and what can be seen
in the tree without evaluating it."""

import dataclasses
import re

import civil

UNITS = {"ms": 1, "s": civil.SECOND, "m": civil.MINUTE, "h": civil.HOUR,
         "d": civil.DAY, "w": civil.WEEK}
TOKEN = re.compile(r"""
    (?P<space>[\s]+|//[^\n]*)
  | (?P<duration>(?:\d+(?:ms|[wdhms]))+)(?![A-Za-z0-9_])
  | (?P<double>(?:\d+\.\d+|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)
  | (?P<int>0[xX][0-9a-fA-F]+|\d+)(?![A-Za-z0-9_])
  | (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<mark>&&|\|\||[<>=!]=|[-+*/%<>!?:.,()\[\]])
""", re.X)
RELATIONS = ("<", "<=", ">", ">=", "==", "!=", "in")
LEVELS = (("+", "-"), ("*", "/", "%"))
WORDS = {"true": True, "false": False, "null": None}


class Malformed(Exception):
    """Not an expression."""


@dataclasses.dataclass(frozen=True)
class Node:
    """`kind` is literal (with `value`), name, get, call, list, not, neg, and,
    or, cond, or an operator; `name` where it has one."""
    kind: str
    kids: tuple = ()
    name: str = ""
    value: object = None
    method: bool = False         # the first kid is what it is called on


def duration(text):
    """`1d12h` in ms; None for what is no duration."""
    if not re.fullmatch(r"(?:\d+(?:ms|[wdhms]))+", text):
        return None
    return sum(int(number) * UNITS[unit] for number, unit in
               re.findall(r"(\d+)(ms|[wdhms])", text))


def tokens(text):
    at, found = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise Malformed("%s: at %d" % (text, at))
        if match.lastgroup != "space":
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return found + [("end", "")]


def unquoted(text):
    def plain(found):
        return {"n": "\n", "t": "\t"}.get(found[1], found[1])
    return re.sub(r"\\(.)", plain, text[1:-1])


class Parser:
    def __init__(self, text):
        self.text, self.tokens, self.at = text, tokens(text), 0

    def _peek(self):
        return self.tokens[self.at]

    def _next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def _is(self, *texts):
        kind, text = self._peek()
        return text in texts and (kind == "mark" or text == "in")

    def _want(self, text):
        if not self._is(text):
            raise Malformed("%s: %s is missing before %r" % (
                self.text, text, self._peek()[1]))
        self.at += 1

    def parse(self):
        tree = self._ternary()
        if self._peek()[0] != "end":
            raise Malformed("%s: more at %r" % (self.text, self._peek()[1]))
        return tree

    def _ternary(self):
        test = self._either("||", "or", lambda: self._either(
            "&&", "and", self._relation))
        if not self._is("?"):
            return test
        self._next()
        yes = self._either("||", "or", lambda: self._either(
            "&&", "and", self._relation))
        self._want(":")
        return Node("cond", (test, yes, self._ternary()))

    def _either(self, mark, kind, below):
        left = below()
        while self._is(mark):
            self._next()
            left = Node(kind, (left, below()))
        return left

    def _relation(self):
        left = self._arithmetic(0)
        while self._is(*RELATIONS):
            left = Node(self._next()[1], (left, self._arithmetic(0)))
        return left

    def _arithmetic(self, level):
        if level == len(LEVELS):
            return self._unary()
        left = self._arithmetic(level + 1)
        while self._is(*LEVELS[level]):
            left = Node(self._next()[1], (left, self._arithmetic(level + 1)))
        return left

    def _unary(self):
        if self._is("!"):
            self._next()
            return Node("not", (self._unary(),))
        if self._is("-"):
            self._next()
            kid = self._unary()
            if kid.kind in ("int", "double"):
                return Node(kid.kind, value="-" + kid.value)
            return Node("neg", (kid,))
        return self._member()

    def _member(self):
        tree = self._primary()
        while self._is(".", "["):
            if self._next()[1] == "[":
                tree = Node("index", (tree, self._ternary()))
                self._want("]")
                continue
            name = self._next()[1]
            if self._is("("):
                tree = Node("call", (tree, *self._arguments()), name,
                            method=True)
            else:
                tree = Node("get", (tree,), name)
        return tree

    def _arguments(self, end=")"):
        self._next()
        found = []
        while not self._is(end):
            found.append(self._ternary())
            if not self._is(end):
                self._want(",")
        self._next()
        return tuple(found)

    def _primary(self):
        if self._is("("):
            self._next()
            tree = self._ternary()
            self._want(")")
            return tree
        if self._is("["):
            return Node("list", self._arguments("]"))
        kind, text = self._next()
        if kind == "name":
            if text in WORDS:
                return Node("literal", value=WORDS[text])
            if self._is("("):
                return Node("call", self._arguments(), text)
            return Node("name", name=text)
        if kind == "string":
            return Node("string", value=unquoted(text))
        if kind in ("int", "double"):
            return Node(kind, value=text)
        if kind == "duration":
            return Node("duration", value=duration(text))
        raise Malformed("%s: unexpected %r" % (self.text, text))


def parse(text):
    return Parser(text).parse()


def inlined(tree, variables):
    """The tree with each variable's in the place of its name."""
    if tree.kind == "name" and tree.name in variables:
        return inlined(variables[tree.name], variables)
    kids = tuple(inlined(kid, variables) for kid in tree.kids)
    return dataclasses.replace(tree, kids=kids)


def walk(tree):
    yield tree
    for kid in tree.kids:
        yield from walk(kid)


def names(tree):
    return {node.name for node in walk(tree) if node.kind == "name"}


def durations(tree):
    return {node.value for node in walk(tree) if node.kind == "duration"}


def moves(tree):
    """Whether a value moves with every ms: `now`, or a figure that falls.
    A getter turns it into steps."""
    if tree.kind == "name":
        return tree.name == "now"
    if tree.kind == "get" and tree.name == "p_alive":
        return True
    if tree.kind == "call" and tree.name.startswith("get"):
        return False
    return any(moves(kid) for kid in tree.kids)


def moving_comparisons(tree):
    """Comparisons that may turn between two steps: there each side has at
    most one crossing."""
    return [node for node in walk(tree) if node.kind in RELATIONS
            and any(moves(kid) for kid in node.kids)
            and not any(kid.kind in RELATIONS for kid in node.kids)]


def getters(tree):
    """(getter, tree of the zone or None) of each getter of what moves."""
    return [(node.name, node.kids[1] if len(node.kids) > 1 else None)
            for node in walk(tree)
            if node.kind == "call" and node.method
            and node.name.startswith("get") and moves(node.kids[0])]


def hours(tree):
    """The hours of the day at which a condition may turn: those that it
    compares the hour with, or all."""
    found = set()
    for node in walk(tree):
        asked = [kid.name == "getHours" and moves(kid) is False
                 for kid in node.kids]
        if not any(asked):
            continue
        other = node.kids[not asked[1]] if len(asked) == 2 else node
        if node.kind not in RELATIONS or other.kind != "int":
            return set(range(24))
        found |= {int(other.value), int(other.value) + 1}
    return found & set(range(24))

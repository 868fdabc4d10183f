"""One history of kithd: a consumer group with outputs and customers of its own, over inputs that others read too.

What two histories of the same inputs may not differ in is Group.result().
"""
import atexit
import collections
import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import time

from scenario import BUILD, ROOT, fail, must, read_records

MS, MINUTE, HOUR, DAY = 1, 60 * 1000, 60 * 60 * 1000, 24 * 60 * 60 * 1000
RANDOM = ["purchases", "refunds", "feedback", "engagement", "profile", "consent"]
CONFIG = ROOT / "tests/scenario/faults/daemon.yaml"


class Redis:
    """As much of Redis's protocol as scenarios need: many commands in one exchange, and values that are bytes."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        self.file = self.socket.makefile("rb")

    def __call__(self, *command):
        return self.all([command])[0]

    def all(self, commands):
        parts = []
        for command in commands:
            parts.append(b"*%d\r\n" % len(command))
            for each in command:
                each = each if isinstance(each, bytes) else str(each).encode()
                parts.append(b"$%d\r\n%s\r\n" % (len(each), each))
        self.socket.sendall(b"".join(parts))
        return [self._reply() for _ in commands]

    def _reply(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:].strip()
        if kind == b"$":
            length = int(rest)
            return self.file.read(length + 2)[:-2] if length >= 0 else None
        if kind == b"*":
            return [self._reply() for _ in range(int(rest))]
        if kind in (b"+", b":"):
            return rest
        raise OSError(f"redis: {line!r}")

    def tasks(self, group):
        """Each task's hash, by its key without the prefix."""
        keys = self("KEYS", f"{group}:{{*}}task")
        found = {}
        for key, flat in zip(keys, self.all([("HGETALL", key) for key in keys])):
            found[key[len(group) + 1:]] = dict(zip(flat[::2], flat[1::2]))
        return found

    def customers(self, group):
        """The bytes of every customer, and the scores of those that are due, by key without the prefix."""
        cut = len(group) + 1
        names = sorted(self("KEYS", f"{group}:{{*}}:*"))
        found = {name[cut:]: value for name, value in zip(names, self.all([("GET", name) for name in names]))}
        for name in sorted(self("KEYS", f"{group}:{{*}}due")):
            found[name[cut:]] = self("ZRANGE", name, 0, -1, "WITHSCORES")
        return found


def instant(text):
    """Milliseconds of an RFC 3339 instant."""
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


class Clock:
    """The clocks as a test build of kithd reads them; for KITH_CLOCK."""

    def __init__(self, servers, name):
        self.path = servers.folder / f"{name}.clock"
        self.wall = self.monotonic = 0

    def _write(self):
        written = self.path.with_suffix(".new")
        written.write_text(f"{self.wall} {self.monotonic}")
        written.rename(self.path)

    def now(self):
        return round(time.time() * 1000) + self.wall

    def reads(self, at):
        """For a process that starts now."""
        self.wall += at - self.now()
        self._write()

    def passes(self, duration):
        self.wall += duration
        self.monotonic += duration
        self._write()

    def leaps(self, duration):
        """The wall clock alone."""
        self.wall += duration
        self._write()


class Group:
    """A consumer group with outputs and customers of its own: one history of kithd over the same inputs."""

    def __init__(self, servers, name, config, until=None, binary=None, **environment):
        self.servers, self.name = servers, name
        self.outputs = [f"{name}.triggers", f"{name}.suppressed"]
        self.command = [str(binary or BUILD / "kithd"), "run", "-c", str(config)] + (["--until", until] if until else [])
        self.environment = {"KITH_BROKERS": servers.brokers, "KITH_REDIS": servers.redis, "KITH_GROUP": name, **environment}
        self.log = servers.folder / f"{name}.log"
        self.running = []
        atexit.register(self.kill)

    def start(self, **environment):
        """A process; its log goes on in the same file."""
        with open(self.log, "a", encoding="utf-8") as out:
            process = subprocess.Popen(self.command, env={**os.environ, **self.environment, **environment}, stdout=out,
                                       stderr=subprocess.STDOUT)
        self.running.append(process)
        return process

    def end(self, process, wanted=0, seconds=120):
        """It ends by itself, and in this way."""
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = f"not at all in {seconds} s"
        if code != wanted:
            fail(f"{self.name}: kithd run ended with {code}, not {wanted}:\n{self.log.read_text()[-3000:]}")

    def run(self, **environment):
        self.end(self.start(**environment))

    def stop(self, process):
        """As systemd would."""
        process.send_signal(signal.SIGTERM)
        self.end(process)

    def logs(self, message):
        """Whether it has said so."""
        return f'"message":"{message}' in self.log.read_text()

    def position(self, stream):
        """How many records of this stream's topics are committed in Redis."""
        topic = f"topic:{self.name}.{stream}".encode()
        return sum(int(task[topic].split()[0]) for task in Redis(self.servers.redis).tasks(self.name).values()
                   if topic in task)

    def kill(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()

    def messages(self, topics=None):
        """What readers of committed records see."""
        path = self.servers.folder / f"{self.name}.messages"
        self.servers.dump(topics or self.outputs, path)
        with open(path, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def said(self):
        """For each topic and customer what was published, in its order, as far as it may not depend on batches."""
        found = collections.defaultdict(list)
        for message in self.messages():
            headers = {name: value for name, value in message["headers"].items() if name != "kith_batch"}
            found[message["topic"][len(self.name) + 1:], message["key"]].append(
                json.dumps([headers, message["value"]], sort_keys=True))
        return dict(found)

    def result(self):
        """Everything that a fault may not change."""
        return self.said(), Redis(self.servers.redis).customers(self.name)


def differences(expected, actual):
    """In words; empty where both are equal."""
    words = []
    for key in sorted(expected.keys() | actual.keys()):
        was, is_ = expected.get(key), actual.get(key)
        if was == is_:
            continue
        if isinstance(was or is_, list):
            lost = collections.Counter(was or []) - collections.Counter(is_ or [])
            extra = collections.Counter(is_ or []) - collections.Counter(was or [])
            words.append(f"{key}: lost {list(lost.elements())[:2]}, extra {list(extra.elements())[:2]}"
                         + ("" if lost or extra else " (another order)"))
        else:
            words.append(f"{key}: other bytes")
    return words


def must_equal(expected, actual, what):
    """Two results: what was said, and customers."""
    for part, was, is_ in zip(("messages", "customers"), expected, actual):
        words = differences(was, is_)
        if words:
            fail(f"{what}: {len(words)} differences in {part}:\n" + "\n".join(words[:5]))


def random_history(servers, customers, days, seed=1, partitions=4):
    """Records of the random rule set on the broker."""
    records = servers.folder / "records.ndjson"
    must([sys.executable, ROOT / "tests/oracle/random_histories.py", seed, "--customers", customers, "--days", days,
          records])
    servers.create([f"random.{name}" for name in RANDOM], partitions)
    servers.fill(read_records(records, lambda stream: f"random.{stream}"))


def random_group(servers, name, until, **environment):
    """A history of them; the binary is the one that BUILD or `binary` names."""
    binary = environment.pop("binary", None)
    return Group(servers, name, CONFIG, until, binary, KITH_RULES=str(ROOT / "tests/scenario/random"), **environment)

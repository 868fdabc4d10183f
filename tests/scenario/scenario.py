"""What scenarios share: servers of their own, topics, and kithd as its user runs it.

A scenario is an executable *.run beside this file. It starts a broker and a Redis in a temporary directory on
free ports, and ends them. Exit 0: passed, 77: skipped (the last line says why), else failed.
"""
import atexit
import collections
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KITH_BUILD", ROOT / "build/release"))
SHARED = pathlib.Path(os.environ.get("KITH_SHARED", ROOT.parent / "shared"))
SKIPPED = 77


def free_port(also_next=False):
    """A port that nothing listens on; with also_next the one after it is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if not also_next:
                return port
            try:
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


def fail(text):
    print(f"FAILED: {text}")
    sys.exit(1)


def skip(text):
    print(f"skipped: {text}")
    sys.exit(SKIPPED)


def must(command, **options):
    """Run a command; its failure is the scenario's."""
    done = subprocess.run([str(part) for part in command], **options)
    if done.returncode:
        fail(f"{command[0]} ended with {done.returncode}")
    return done


class Servers:
    """A real Apache Kafka and a real Redis, of this scenario alone."""

    def __init__(self, redis_extra=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kith-scenario-"))
        atexit.register(self.stop)
        dev = ROOT / "deploy/dev"
        port = free_port(also_next=True)
        self._start(dev / "kafka-start", self.folder / "kafka", port)
        self.brokers = f"127.0.0.1:{port}"
        port = free_port()
        self.redis_port = port
        self._start(dev / "redis-start", self.folder / "redis", port, REDIS_EXTRA=redis_extra)
        self.redis = f"127.0.0.1:{port}"

    def _start(self, script, folder, port, **environment):
        done = subprocess.run([script, folder, str(port)], capture_output=True, text=True, timeout=300,
                              env={**os.environ, **environment})
        if done.returncode == SKIPPED:
            skip(done.stderr.strip().splitlines()[-1])
        if done.returncode:
            fail(f"{script.name}: {done.stderr}")

    def stop(self):
        for name in ("kafka", "redis"):
            subprocess.run([ROOT / f"deploy/dev/{name}-stop", self.folder / name, "--kill"], check=False,
                           capture_output=True, timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def topics(self, *arguments, **options):
        return must([BUILD / "topics", self.brokers, *arguments], **options)

    def create(self, names, partitions=4):
        self.topics("create", *[part for name in names for part in (name, partitions)])

    def fill(self, lines):
        """Lines of (topic, key, timestamp, value text)."""
        text = "".join("%s\t%s\t%d\t%s\n" % line for line in lines)
        self.topics("fill", input=text.encode())

    def dump(self, names, path):
        with open(path, "w", encoding="utf-8") as out:
            self.topics("dump", *names, stdout=out)


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


def wait_for(condition, what, seconds=60):
    """Until the condition holds; its value. It is asked often, and for so long at most."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            fail(f"waited {seconds} s for {what}")
        time.sleep(0.02)


def test_build():
    """kithd from the build that can be killed at a named point."""
    for command in (["cmake", "--preset", "stops", "-G", "Ninja"],
                    ["cmake", "--build", "--preset", "stops", "--target", "kithd"]):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            fail(f"the test build: {done.stdout[-3000:]}{done.stderr}")
    return ROOT / "build/stops/kithd"


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


def kithd(*arguments, environment=None, timeout=300, log=None, binary=None):
    """Run kithd to its end; its exit code. Its log goes to a file."""
    env = {**os.environ, **(environment or {})}
    with open(log or os.devnull, "w", encoding="utf-8") as out:
        return subprocess.run([str(binary or BUILD / "kithd"), *map(str, arguments)], env=env, stdout=out,
                              stderr=subprocess.STDOUT, timeout=timeout, check=False).returncode


def read_records(path, topic_of):
    """Records of a file source, as lines to fill a broker with."""
    with open(path, encoding="utf-8") as records:
        for line in records:
            record = json.loads(line)
            yield (topic_of(record["stream"]), record["key"], record["arrived"],
                   json.dumps(record["value"], separators=(",", ":"), ensure_ascii=False))

"""What scenarios share: servers of their own, topics, and kithd as its user runs it.

A scenario is an executable *.run beside this file. It starts a broker and a Redis in a temporary directory on
free ports, and ends them. Exit 0: passed, 77: skipped (the last line says why), else failed.
"""
import atexit
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KITH_BUILD", ROOT / "build/release"))
# A broker's topics are made and filled from outside, by a build without sanitizers where there is one.
TOOLS = pathlib.Path(os.environ.get("KITH_TOOLS", BUILD))
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
        return must([TOOLS / "topics", self.brokers, *arguments], **options)

    def create(self, names, partitions=4):
        self.topics("create", *[part for name in names for part in (name, partitions)])

    def fill(self, lines):
        """Lines of (topic, key, timestamp, value text)."""
        text = "".join("%s\t%s\t%d\t%s\n" % line for line in lines)
        self.topics("fill", input=text.encode())

    def dump(self, names, path):
        with open(path, "w", encoding="utf-8") as out:
            self.topics("dump", *names, stdout=out)


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

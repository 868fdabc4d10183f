"""What the benches share: what a process cost, and a table.

CPU is utime + stime of /proc/PID/stat, memory is VmHWM of /proc/PID/status. The machine is shared: absolute times
of two runs do not compare, ratios within one run do.
"""
import os
import pathlib
import platform
import shlex
import statistics
import sys
import threading
import time

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parents[1]
sys.path.insert(0, str(ROOT / "tests/scenario"))
CACHE = ROOT / "build/bench"
TICKS = os.sysconf("SC_CLK_TCK")
MB = 1e6


def cpu_s(pid):
    """CPU seconds of a process so far, all threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid, line="VmHWM"):
    """Peak memory of a process so far (VmRSS: now); 0 when it has ended."""
    try:
        for row in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if row.startswith(line + ":"):
                return int(row.split()[1]) * 1024 / MB
    except OSError:
        pass
    return 0.0


def machine_busy_s():
    """CPU seconds that the whole machine has worked, by whomever."""
    ticks = [int(field) for field in pathlib.Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]]
    return (sum(ticks[:3]) + sum(ticks[5:8])) / TICKS


def pid_in(path):
    return int(pathlib.Path(path).read_text(encoding="ascii"))


class Watched:
    """A child whose end, CPU and peak memory are noted. (ru_maxrss would hold the parent's memory, too.)"""

    EVERY_S = 0.02

    def __init__(self, child):
        self.child, self.peak_mb, self.cpu_s, self.code, self.ended = child, 0.0, 0.0, None, None
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self):
        while True:
            self.peak_mb = max(self.peak_mb, memory_mb(self.child.pid))
            pid, status, usage = os.wait4(self.child.pid, os.WNOHANG)
            if pid:
                self.ended = time.time()
                self.cpu_s = usage.ru_utime + usage.ru_stime
                self.code = self.child.returncode = os.waitstatus_to_exitcode(status)
                return
            time.sleep(self.EVERY_S)

    def wait(self, timeout):
        self._thread.join(timeout)
        if self.code is None:
            self.child.kill()
            self._thread.join()
        return self.code


def spread(values, digits=2):
    """Minimum, median and maximum, as a table shows them."""
    return [f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values))]


def table(title, head, rows):
    """A table that can stand in a README, with the machine and the command that repeats it."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    wide = [max(len(row[i]) for row in cells) for i in range(len(head))]
    print(f"\n{title}; {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {processor()}\n")
    for at, row in enumerate(cells):
        padded = [cell.ljust(wide[i]) if i == 0 else cell.rjust(wide[i]) for i, cell in enumerate(row)]
        print("| " + " | ".join(padded) + " |")
        if at == 0:
            print("|" + "|".join("-" * (w + 1) + ("-" if i == 0 else ":") for i, w in enumerate(wide)) + "|")
    print(f"\nagain: {shlex.join([repeatable(sys.argv[0]), *sys.argv[1:]])}")


def repeatable(program):
    return str(pathlib.Path(program).resolve().relative_to(ROOT))


def processor():
    for row in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if row.startswith("model name"):
            return row.partition(":")[2].strip()
    return platform.machine()

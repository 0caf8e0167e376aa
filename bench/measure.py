"""What all parts of the benchmark share: the program built, others installed, commands timed in turn, and the table."""
import datetime
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PEAK_LIMIT = 64

Done = namedtuple("Done", "seconds last peak")


def quietly(words, **more):
    """Runs a command that is not measured, and gives its output."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", **more)
    if done.returncode:
        sys.exit(f"{done.stdout[-3000:]}{done.stderr[-3000:]}\nbench: this failed: {' '.join(words)[:300]}")
    return done.stdout.strip()


def need(*packages):
    """Installs what is missing and gives the versions, for the table."""
    done = subprocess.run([ROOT + "/scripts/need", *packages])
    if done.returncode:
        sys.exit(done.returncode)
    lines = quietly(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *packages]).splitlines()
    return [line for line in lines if not line.startswith("lib")]


def build():
    """A release build; the program's path."""
    need("libncurses-dev", "libsqlite3-dev", "zlib1g-dev", "libdeflate-dev", "libmariadb-dev", "libpq-dev",
         "libpsl-dev", "libidn2-dev")
    # As scripts/test builds it, so that neither makes the other build anew.
    words = ["swift", "build", "-c", "release", "--product", "hubtui", "-Xswiftc", "-enable-testing"]
    quietly(words, cwd=ROOT)
    return quietly([*words, "--show-bin-path"], cwd=ROOT) + "/hubtui"


def timed(words, **names):
    """Runs a command, or a line of shell: the seconds it took, its last line, and the most memory in MiB that it or a
    process under it had. The kernel counts from before the exec, so no peak is less than this program's own, about
    20 MiB. What earlier commands left in the write cache goes to the disk before, not meanwhile."""
    if isinstance(words, str):
        words = ["bash", "-o", "pipefail", "-c", words]
    os.sync()
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace", env={**os.environ, **names})
        last = ""
        for line in process.stdout:
            last = line.rstrip("\n")
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            errors.seek(0)
            sys.exit(f"{errors.read()[-3000:]}\nbench: this failed: {' '.join(words)[:300]}")
    return Done(seconds, last, usage.ru_maxrss / 1024)


class Phases(threading.Thread):
    """How long each phase of an installation's operation takes, from its status file."""

    def __init__(self, installation):
        super().__init__(daemon=True)
        self.path, self.times, self.ended = installation + "/hub/operation.json", {}, threading.Event()
        self.start()

    def run(self):
        last = time.monotonic()
        while not self.ended.wait(0.02):
            try:
                with open(self.path) as file:
                    status = json.load(file)
                phase = status["phase"].split()[0] if status["outcome"] == "running" else ""
            except (OSError, ValueError, KeyError, IndexError):
                phase = ""
            now = time.monotonic()
            self.times[phase] = self.times.get(phase, 0) + now - last
            last = now

    def end(self):
        self.ended.set()
        self.join()
        return self.times


class Production:
    """A demo production and its test server in a folder of their own."""

    def __init__(self, run, name, *options):
        self.hubtui, self.folder = run.hubtui, os.path.join(run.folder, name)
        self.path, self.test = self.folder + "/production", self.folder + "/test-server"
        quietly([self.hubtui, "demo", self.folder, "--seed", "1", *options])

    @property
    def archive_folders(self):
        return [self.path + "/hub/backup", self.folder + "/share/lui-backup", self.path + "/trk/backup"]

    def archives(self, identifier):
        return sorted(os.path.join(folder, name) for folder in self.archive_folders for name in os.listdir(folder)
                      if identifier in name)

    def words(self, *words):
        return [self.hubtui, *words, "--install-folder", self.path]

    def backup(self, *options):
        """Makes a backup: how long it took, its ID, and the seconds of its phases."""
        phases = Phases(self.path)
        done = timed(self.words("backup", "create", *options))
        return done, done.last, phases.end()

    def restore(self, identifier):
        """Restores into the test server."""
        words = [self.hubtui, "restore", identifier, "--yes", "--install-folder", self.test]
        return timed(words + [word for folder in self.archive_folders for word in ("--from", folder)])

    def delete(self, identifier):
        quietly(self.words("backup", "delete", identifier, "--yes"))


class Table:
    """What one part measured: a line for each contender, with medians, then a line for each ratio and its limit."""

    def __init__(self):
        self.seconds, self.sizes, self.peaks, self.ours, self.ratios, self.notes = {}, {}, {}, [], [], []

    def add(self, name, seconds, size=None, peak=None, ours=False):
        self.seconds.setdefault(name, []).append(seconds)
        if size is not None:
            self.sizes.setdefault(name, []).append(size)
        if peak is not None:
            self.peaks[name] = max(peak, self.peaks.get(name, 0))
        if ours and name not in self.ours:
            self.ours.append(name)

    def done(self, name, done, size=None, ours=False):
        self.add(name, done.seconds, size, done.peak, ours)

    def median(self, name):
        return statistics.median(self.seconds[name])

    def time(self, name, other, limit=None):
        """Says how two times compare."""
        self.ratio(f"{name} / {other}, time", self.median(name) / self.median(other), limit)

    def size(self, name, other, limit=None):
        self.ratio(f"{name} / {other}, size",
                   statistics.median(self.sizes[name]) / statistics.median(self.sizes[other]), limit)

    def ratio(self, name, value, limit=None):
        self.ratios.append((name, value, limit))

    def peak(self):
        """Holds the most that the program itself took against the limit for it."""
        self.ratio("hubtui, peak memory, MiB", max(self.peaks[name] for name in self.ours), PEAK_LIMIT)

    def text(self):
        rows = []
        for name, values in self.seconds.items():
            spread = f"{min(values):.2f}–{max(values):.2f}" if len(values) > 1 else ""
            size = f"{statistics.median(self.sizes[name]) / 1e6:,.1f}" if name in self.sizes else ""
            rows.append([name, f"{statistics.median(values):.2f}", spread, size,
                         f"{self.peaks[name]:.0f}" if name in self.peaks else ""])
        return markdown(["", "seconds", "least–most", "MB", "peak MiB"], rows) + self.verdicts()

    def verdicts(self):
        rows = [[name, f"{value:.0f}" if value >= 20 else f"{value:.3f}",
                 "" if limit is None else f"{limit:g}",
                 "" if limit is None else "holds" if value <= limit else "does not hold"]
                for name, value, limit in self.ratios]
        text = "\n" + markdown(["", "measured", "at most", ""], rows) if rows else ""
        return text + "".join("\n" + note + "\n" for note in self.notes)


def markdown(head, rows):
    """A table that reads well in a terminal as well as in a page."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(row, fill=" "):
        return "| " + " | ".join(word.ljust(width, fill) if column == 0 else word.rjust(width, fill)
                                 for column, (word, width) in enumerate(zip(row, widths))) + " |\n"
    rule = "|" + "|".join("-" * (width + 2) if column == 0 else "-" * (width + 1) + ":"
                          for column, width in enumerate(widths)) + "|\n"
    return line(head) + rule + "".join(map(line, rows))


def check_disk(folder, wanted):
    """Ends when a folder has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        sys.exit(f"bench: {wanted / 1e9:.0f} GB of free disk are needed in {folder}, there are {free / 1e9:.0f}; "
                 "name another place with --folder, or a smaller --size")


def store(path, title, about, text):
    """Writes one part's section of the results and keeps the others."""
    head = ("# Results\n\nWritten by `bench/run`; each part says when. Peers run in turn with hubtui, on the same data, "
            "in the same run.\n")
    sections = {}
    if os.path.exists(path):
        with open(path) as file:
            for section in re.split(r"^(?=## )", file.read(), flags=re.MULTILINE)[1:]:
                sections[section.splitlines()[0][3:]] = section.rstrip("\n") + "\n"
    sections[title] = f"## {title}\n\n{about}\n\n{text}"
    with open(path, "w") as file:
        file.write(head + "".join("\n" + section for _, section in sorted(sections.items())))


def today():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")

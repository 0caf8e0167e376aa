#!/usr/bin/env python3
"""What the console costs a terminal line and an operator's patience, beside less, dialog and whiptail: one run, one
table, medians. Needs a release build, which it makes; installs what is missing; takes about two minutes and 1.1 GB of
disk."""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COLUMNS, LINES, ROUNDS, GIGABYTE = 120, 40, 9, 1 << 30
PAGER_ROUNDS = 5


class Session:
    """A program in a terminal of its own."""

    def __init__(self, argv):
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execvpe(argv[0], argv, dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8"))

    def read(self, quiet=0.25, limit=60.0, until=None):
        """Bytes until nothing came for so long, and when the last of them came."""
        got, last, end = b"", time.monotonic(), time.monotonic() + limit
        while time.monotonic() < end:
            if not select.select([self.fd], [], [], quiet)[0]:
                if until is None or until in got:
                    break
                continue
            try:
                got += os.read(self.fd, 1 << 16)
            except OSError:
                break
            last = time.monotonic()
        return got, last

    def key(self, key, until=None):
        """Presses a key; the bytes that answer it, and the seconds until the last of them."""
        start = time.monotonic()
        os.write(self.fd, key)
        got, last = self.read(until=until)
        return got, last - start

    def see(self, word):
        """Waits for a word; the console draws anew at Ctrl-L, so that the word comes in one piece."""
        for _ in range(100):
            os.write(self.fd, b"\f")
            if word in re.sub(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\(.)", b"", self.read(0.1)[0]):
                return
        sys.exit(f"bench/console.py: never seen: {word.decode()}")

    def first_frame(self):
        return self.read()[1] - self.started

    def anonymous(self):
        """Memory that is its own and no file's, in bytes."""
        with open(f"/proc/{self.pid}/smaps_rollup") as file:
            return int(re.search(r"Anonymous:\s+(\d+)", file.read())[1]) << 10

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Results(dict):
    def add(self, row, column, value):
        self.setdefault(row, {}).setdefault(column, []).append(value)


def quietly(argv):
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr + done.stdout)
    return done.stdout.strip()


def general_administration(hubtui, production):
    """The console in its longest menu."""
    console = Session([hubtui, "--install-folder", production])
    frame = console.first_frame()
    console.see(b"Password")
    for keys, word in ((b"admin\tdemo-admin\r", b"Global"), (b"g", b"Tracker"), (b"a", b"Accounts"), (b"g", b"Daily")):
        console.key(keys)
        console.see(word)
    return console, frame


def menus(results, hubtui, production):
    items = ["Create Backup", "Create Test-Bed Backup", "Daily Backup", "Backup Folder and History", "Backups",
             "Restore a Backup", "Backup Reports", "Audit Log", "General Settings"]
    pairs = [word for item in items for word in (item, "")]
    size = [str(LINES - 2), str(COLUMNS - 4), str(len(items))]
    others = {"dialog": ["dialog", "--menu", "General Administration"] + size + pairs,
              "whiptail": ["whiptail", "--menu", "General Administration"] + size + pairs,
              "less": ["less", os.path.join(ROOT, "docs/operators-guide.md")]}
    for _ in range(ROUNDS):
        console, frame = general_administration(hubtui, production)
        sessions = {"hubtui": console}
        results.add("first frame, ms", "hubtui", frame * 1000)
        for name, argv in others.items():
            sessions[name] = Session(argv)
            results.add("first frame, ms", name, sessions[name].first_frame() * 1000)
        for name, session in sessions.items():
            for _ in range(4):
                results.add("bytes per Down key", name, len(session.key(b"\x1bOB")[0]))
        for name, session in sessions.items():
            session.close()
    for name, argv in {"hubtui": None, **others}.items():
        session = Session(argv) if argv else general_administration(hubtui, production)[0]
        session.read(1.0)
        results.add("bytes in 3 s of idling", name, len(session.read(3.0, 3.0)[0]))
        session.close()


def pagers(results, hubtui, production):
    log = os.path.join(production, "hub/logs/backupReport_20261124213405-3D7X.txt")
    block = b"".join(b"2026-11-24 21:34:05,%03d INFO  [worker-%d] job %06d delivered to the outbox, waiting\n"
                     % (n % 1000, n % 8, n) for n in range(12000))
    with open(log, "wb") as file:
        while file.tell() < GIGABYTE:
            file.write(block)
        file.write(b"The backup was completed successfully\n")
    for _ in range(PAGER_ROUNDS):
        console = general_administration(hubtui, production)[0]
        console.key(b"p")
        console.see(b"completed")
        before = console.anonymous()
        results.add("1 GB log: first page, ms", "hubtui", console.key(b"\r")[1] * 1000)
        results.add("1 GB log: to the end, ms", "hubtui", console.key(b"G")[1] * 1000)
        console.see(b"completed")
        results.add("1 GB log: memory for it, MB", "hubtui", max(0, console.anonymous() - before) / 1e6)
        console.close()
        for name, argv in {"less": ["less", log], "less -N": ["less", "-N", log]}.items():
            pager = Session(argv)
            results.add("1 GB log: first page, ms", name, pager.first_frame() * 1000)
            results.add("1 GB log: to the end, ms", name, pager.key(b"G", until=b"completed")[1] * 1000)
            results.add("1 GB log: memory for it, MB", name, pager.anonymous() / 1e6)
            pager.close()


def main():
    quietly(["scripts/need", "libncurses-dev", "libsqlite3-dev", "zlib1g-dev", "libmariadb-dev", "libpq-dev", "less", "dialog", "whiptail"])
    quietly(["swift", "build", "-c", "release", "--product", "hubtui"])
    hubtui = os.path.join(quietly(["swift", "build", "-c", "release", "--show-bin-path"]), "hubtui")
    folder = tempfile.mkdtemp(prefix="hubtui-bench-")
    try:
        quietly([hubtui, "demo", folder + "/demo", "--subscribers", "100", "--events", "100"])
        results = Results()
        menus(results, hubtui, folder + "/demo/production")
        pagers(results, hubtui, folder + "/demo/production")
    finally:
        shutil.rmtree(folder)
    columns = ["hubtui", "dialog", "whiptail", "less", "less -N"]
    print(f"Terminal of {COLUMNS}×{LINES}, medians\n")
    print("| | " + " | ".join(columns) + " |\n|---" * 1 + "|---" * len(columns) + "|")
    for row, values in results.items():
        def shown(column):
            if column not in values:
                return "–"
            value = statistics.median(values[column])
            return f"{value:.1f}" if "memory" in row or value < 100 and value % 1 else f"{value:,.0f}"
        print(f"| {row} | " + " | ".join(shown(column) for column in columns) + " |")


main()

"""What the console costs a terminal line and an operator's patience, beside less, lnav, dialog and whiptail."""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import sys
import termios
import time

from measure import ROOT, Production, Table, check_disk, markdown, need

COLUMNS, LINES = 120, 40
# Short things take many rounds.
MENU_ROUNDS = 9
FIRST, LAST = b"first-line-of-the-log", b"completed"


class Session:
    """A program in a terminal of its own. What it would keep in the home folder goes to `home`."""

    def __init__(self, argv, home):
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execvpe(argv[0], argv, dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", HOME=home, XDG_CONFIG_HOME=home))

    def read(self, quiet=0.25, limit=60.0, until=None):
        """Bytes until one of some words is there, or without words until nothing came for so long; and when the last of
        them came."""
        got, last, end = b"", time.monotonic(), time.monotonic() + limit
        while time.monotonic() < end:
            if not select.select([self.fd], [], [], quiet)[0]:
                if until is None:
                    break
                continue
            try:
                got += os.read(self.fd, 1 << 16)
            except OSError:
                break
            last = time.monotonic()
            if until and any(word in got for word in until):
                return got, last
        if until:
            sys.exit(f"bench: never seen on the terminal: {until}")
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
        sys.exit(f"bench: never seen on the terminal: {word.decode()}")

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


def general_administration(made):
    """The console in its longest menu, and the seconds to its first frame."""
    console = Session(made.words(), made.folder)
    frame = console.first_frame()
    console.see(b"Password")
    for keys, word in ((b"admin\tdemo-admin\r", b"Global"), (b"g", b"Tracker"), (b"a", b"Accounts"), (b"g", b"Daily")):
        console.key(keys)
        console.see(word)
    return console, frame


def menus(run):
    versions = need("dialog", "whiptail", "less")
    made = Production(run, "console", "--subscribers", "100", "--events", "100")
    items = ["Create Backup", "Create Test-Bed Backup", "Daily Backup", "Backup Folder and History", "Backups",
             "Restore a Backup", "Backup Reports", "Audit Log", "General Settings"]
    pairs = [word for item in items for word in (item, "")]
    size = [str(LINES - 2), str(COLUMNS - 4), str(len(items))]
    others = {"dialog": ["dialog", "--menu", "General Administration"] + size + pairs,
              "whiptail": ["whiptail", "--menu", "General Administration"] + size + pairs,
              "less": ["less", os.path.join(ROOT, "docs/operators-guide.md")]}
    frames, keys, idle = ({name: [] for name in ("hubtui", *others)} for _ in range(3))
    for _ in run.rounds(MENU_ROUNDS):
        console, frame = general_administration(made)
        frames["hubtui"].append(frame * 1000)
        sessions = {"hubtui": console}
        for name, argv in others.items():
            sessions[name] = Session(argv, made.folder)
            frames[name].append(sessions[name].first_frame() * 1000)
        for name, session in sessions.items():
            keys[name] += [len(session.key(b"\x1bOB")[0]) for _ in range(4)]
        for session in sessions.values():
            session.close()
    for name, argv in {"hubtui": None, **others}.items():
        session = Session(argv, made.folder) if argv else general_administration(made)[0]
        session.read(1.0)
        idle[name].append(len(session.read(3.0, 3.0)[0]))
        session.close()
    lines = {"first frame, ms": frames, "bytes a Down key": keys, "bytes in 3 s of idling": idle}
    table = Table()
    for line in ("first frame, ms", "bytes a Down key"):
        for name in ("dialog", "whiptail"):
            table.ratio(f"hubtui / {name}, {line}",
                        statistics.median(lines[line]["hubtui"]) / statistics.median(lines[line][name]))
    shutil.rmtree(made.folder)
    return [f"a terminal of {COLUMNS}×{LINES}", *versions], matrix(lines) + table.verdicts()


def matrix(lines):
    """Medians, a column for each program."""
    names = list(next(iter(lines.values())))
    shown = [[line] + [f"{statistics.median(values[name]):,.{0 if 'bytes' in line else 1}f}" if values[name] else "–"
                       for name in names] for line, values in lines.items()]
    return markdown(["", *names], shown)


def pagers(run):
    versions = need("less", "lnav")
    size = int(run.size * 1e9)
    check_disk(run.folder, size * 2)
    made = Production(run, "pager", "--subscribers", "100", "--events", "100")
    log = made.path + "/hub/logs/backupReport_20261124213405-3D7X.txt"
    write_log(log, size)
    others = {"less": ["less", log], "less -N": ["less", "-N", log], "lnav": ["lnav", "-N", log]}
    first, last, memory = ({name: [] for name in ("hubtui", *others)} for _ in range(3))
    for _ in run.rounds():
        console = general_administration(made)[0]
        console.key(b"p")
        console.see(b"completed")
        before = console.anonymous()
        first["hubtui"].append(console.key(b"\r", until=[FIRST])[1] * 1000)
        last["hubtui"].append(console.key(b"G", until=[LAST])[1] * 1000)
        console.see(LAST)
        memory["hubtui"].append(max(0, console.anonymous() - before) / 1e6)
        console.close()
        for name, argv in others.items():
            pager = Session(argv, made.folder)
            # lnav begins at the end, as soon as it knows where that is.
            got, moment = pager.read(until=[FIRST, b"delivered"])
            first[name].append((moment - pager.started) * 1000)
            last[name].append(0 if LAST in got else pager.key(b"G", until=[LAST])[1] * 1000)
            memory[name].append(pager.anonymous() / 1e6)
            pager.close()
    lines = {"first page, ms": first, "to the end, ms": last, "memory for it, MB": memory}
    table = Table()
    for line in ("first page, ms", "to the end, ms"):
        for name in ("less", "lnav"):
            table.ratio(f"hubtui / {name}, {line}", statistics.median(lines[line]["hubtui"])
                        / statistics.median(lines[line][name]))
    table.notes.append("hubtui's first page is counted from Enter in the list of reports, the others' from their start. "
                       "less shows the end without having looked at what is before; less -N numbers the lines, as lnav "
                       "does.")
    shutil.rmtree(made.folder)
    return [f"a log of {run.size:g} GB", *versions], matrix(lines) + table.verdicts()


def write_log(path, size):
    block = b"".join(b"2026-11-24 21:34:05,%03d INFO  [worker-%d] job %06d delivered to the outbox, waiting\n"
                     % (n % 1000, n % 8, n) for n in range(12000))
    with open(path, "wb") as file:
        file.write(b"2026-11-24 21:34:05,000 INFO  " + FIRST + b"\n")
        while file.tell() < size:
            file.write(block)
        file.write(b"The backup was completed successfully\n")

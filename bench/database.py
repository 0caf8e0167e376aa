#!/usr/bin/env python3
"""A backup and a restore of a MariaDB production beside mariadb-dump with pigz, on the same data, in turn, in one run:
medians and ratios as a table. Needs a release build, which it makes, and installs what is missing. With the usual size
(1 GB of SQL text) it takes about fifteen minutes and 8 GB of disk; --subscribers and --events make it smaller."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(words, **more):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def shell(line, **names):
    started = time.monotonic()
    subprocess.run(["bash", "-o", "pipefail", "-c", line], check=True, env={**os.environ, **names})
    return time.monotonic() - started


class Phases(threading.Thread):
    """How long each phase of an installation's operation takes, from its status file."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.path, self.times, self.ended = folder + "/hub/operation.json", {}, False
        self.start()

    def run(self):
        while not self.ended:
            try:
                with open(self.path) as file:
                    phase = json.load(file)["phase"].split()[0]
            except (OSError, ValueError, KeyError):
                phase = ""
            self.times[phase] = self.times.get(phase, 0) + 0.02
            time.sleep(0.02)

    def end(self):
        self.ended = True
        self.join()
        return self.times


def peak(words):
    """Seconds, the last line, and the peak memory in MiB."""
    started = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(errors)
    return time.monotonic() - started, (output.splitlines() or [""])[-1], usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=3_300_000)
    parser.add_argument("--events", type=int, default=3_300_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where the data goes (default: the system's temporary folder)")
    choice = parser.parse_args()
    run([ROOT + "/scripts/need", "mariadb-server", "pigz", "libmariadb-dev", "libpq-dev"])
    run(["swift", "build", "-c", "release", "--product", "hubtui"], cwd=ROOT)
    hubtui = run(["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT).strip() + "/hubtui"
    folder = tempfile.mkdtemp(prefix="hubtui-bench-", dir=choice.folder)
    production, test = folder + "/production", folder + "/test-server"
    try:
        run([hubtui, "demo", folder, "--database", "mariadb", "--subscribers", str(choice.subscribers),
             "--events", str(choice.events), "--seed", "1"], stderr=subprocess.DEVNULL)
        measure(choice, hubtui, folder, production, test)
    finally:
        for server in (folder + "/production-database", test + "/database/mariadb"):
            subprocess.run([hubtui, "database", "stop", "--server-folder", server], stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


def measure(choice, hubtui, folder, production, test):
    client = "--no-defaults -u root -S "
    names = {"SOURCE": client + folder + "/production-database/mariadb.sock",
             "TARGET": client + test + "/database/mariadb/mariadb.sock", "OUT": folder + "/dump.sql.gz"}
    sources = [production + "/hub/backup", folder + "/share/lui-backup", production + "/trk/backup"]
    from_ = [word for source in sources for word in ("--from", source)]
    results = {name: [] for name in ("dump", "normal", "testbed", "normal rows", "testbed rows", "load", "restore")}
    memory, sizes = {}, {}
    on = ["--install-folder", production]
    for _ in range(choice.rounds):
        results["dump"].append(
            shell("mariadb-dump $SOURCE --single-transaction --quick maestro | pigz -6 -p2 > $OUT", **names))
        sizes["dump"] = os.path.getsize(names["OUT"])
        for kind, words in (("normal", []), ("testbed", ["--test-bed"])):
            phases = Phases(production)
            seconds, identifier, memory[kind] = peak([hubtui, "backup", "create", *words, *on])
            times = phases.end()
            results[kind].append(seconds)
            results[kind + " rows"].append(times.get("writing", 0))
            sizes[kind] = sum(os.path.getsize(os.path.join(source, name)) for source in sources
                              for name in os.listdir(source) if identifier in name)
            if kind == "normal":
                run([hubtui, "backup", "delete", identifier, "--yes", *on])
        results["load"].append(shell(
            "mariadb $TARGET -e 'DROP DATABASE IF EXISTS peer; CREATE DATABASE peer' && pigz -dc $OUT | mariadb $TARGET peer",
            **names))
        seconds, _, memory["restore"] = peak(
            [hubtui, "restore", identifier, "--yes", "--install-folder", test, *from_])
        results["restore"].append(seconds)
        run([hubtui, "backup", "delete", identifier, "--yes", *on])
    median = {name: statistics.median(values) for name, values in results.items()}
    with_text = run(["bash", "-c", "pigz -dc $OUT | wc -c"], env={**os.environ, **names}).strip()
    print(f"{int(with_text) / 1e9:.2f} GB of SQL text, medians of {choice.rounds}, {os.cpu_count()} cores\n")
    print(f"{'':52}{'seconds':>9}{'MB':>9}{'peak MiB':>10}")
    for name, key, size in (("mariadb-dump | pigz -6 -p2", "dump", "dump"), ("backup, verified", "normal", "normal"),
                            ("test-bed backup, audited", "testbed", "testbed"), ("pigz -dc | mariadb", "load", None),
                            ("restore, verified", "restore", None)):
        print(f"{name:52}{median[key]:9.1f}{sizes[size] / 1e6 if size else 0:9.0f}{memory.get(key, 0):10.0f}")
    print()
    for name, value, limit in (
            ("backup / dump, time", median["normal"] / median["dump"], 0.6),
            ("backup / dump, size", sizes["normal"] / sizes["dump"], 1.1),
            ("test-bed / normal, without audit and verification", median["testbed rows"] / median["normal rows"], 1.1),
            ("restore / load of the dump, time", median["restore"] / median["load"], 0.5)):
        print(f"{name:52}{value:9.2f}   at most {limit}")


main()

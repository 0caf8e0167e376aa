"""The leak audit of one large entry for 200 values, beside zgrep: both read compressed bytes and say how often they found
something."""
import os
import random
import shutil
import sys

from measure import HERE, ROOT, Production, Table, check_disk, need, quietly, timed

COUNT = 200


def build():
    """The audit is a part of a backup and no command of its own; a program that does nothing else is built for this."""
    words = ["swift", "build", "-c", "release", "--product", "BenchAudit", "--scratch-path", ROOT + "/.build-bench",
             "-Xswiftc", "-enable-testing"]
    names = {**os.environ, "HUBTUI_BENCH": "1"}
    quietly(words, cwd=ROOT, env=names)
    return quietly([*words, "--show-bin-path"], cwd=ROOT, env=names) + "/BenchAudit"


def needles():
    """Half of them secrets, half of them hosts, as the rules of a test-bed backup collect them."""
    pick = random.Random(1)
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    secrets = ["".join(pick.choices(letters, k=24)) for _ in range(COUNT // 2)]
    return secrets + [f"{pick.choice(['db', 'mail', 'relay', 'web'])}{number}.prod-{number % 7}.example"
                      for number in range(COUNT // 2)]


def measure(run):
    versions = need("gzip", "grep", "pigz")
    size = int(run.size * 1e9)
    check_disk(run.folder, size * 3)
    program = build()
    made = Production(run, "audit", "--subscribers", "100", "--events", "100")
    names = {"NEEDLES": run.folder + "/needles", "PEER": run.folder + "/entry.gz", "OUT": run.folder + "/found"}
    with open(names["NEEDLES"], "w") as file:
        file.write("\n".join(needles()) + "\n")
    log = made.path + "/lui/data/delivery.log"
    quietly([sys.executable, HERE + "/mail_files.py", "--log", log, str(size), "1", names["NEEDLES"]])
    timed('pigz -6 < "$LOG" > "$PEER"', LOG=log, **names)
    _, identifier, _ = made.backup()
    archive = next(path for path in made.archives(identifier) if "/LUI_" in path)
    table = Table()
    for _ in run.rounds():
        # Bytes, not characters: grep is faster so. Into a file: with /dev/null it stops at the first line.
        table.done("zgrep -F -f", timed('zgrep -F -f "$NEEDLES" "$PEER" > "$OUT"', LC_ALL="C", **names))
        done = timed([program, made.path, archive, names["NEEDLES"]])
        table.done("leak audit", done, ours=True)
        table.done("verification alone", timed([program, made.path, archive]), ours=True)
    with open(names["OUT"]) as file:
        found = sum(1 for _ in file)
    if int(done.last) != found:
        sys.exit(f"bench: the leak audit found {done.last}, zgrep {found}")
    table.time("leak audit", "zgrep -F -f", 0.35)
    table.peak()
    table.notes.append(f"{COUNT} values, of which {found} stand in the data; both find them. The leak audit checks CRC-32 "
                       "and SHA-256 as well, finds letters in either case, and knows where in a table it is.")
    shutil.rmtree(made.folder)
    return [f"{run.size:g} GB in one entry", *versions], table.text()

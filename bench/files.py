"""Backup, verification and restore of file data, beside zip, tar with pigz, 7z and unzip; and how time and memory grow
with the size."""
import math
import os
import shutil
import sys

from measure import HERE, PEAK_LIMIT, Production, Table, check_disk, need, quietly, timed

PEERS = ("zip", "pigz", "p7zip-full", "unzip")
# The peers get the data folders alone; hubtui takes the INI files and the database as well.
FOLDERS = "hub/data lui/data trk/data"
SIZES = (0.1, 1, 10)


def production(run, name, size):
    """A demo production with a small embedded database and so many bytes of files."""
    made = Production(run, name, "--subscribers", "1000", "--events", "1000")
    # In a process of its own: what it takes must not count as the peak of those that are measured.
    quietly([sys.executable, HERE + "/mail_files.py", made.folder + "/files", str(size), "1"])
    for component in ("lui", "trk"):
        shutil.move(f"{made.folder}/files/{component}", f"{made.path}/{component}/data/mail")
    return made


def measure(run):
    versions = need(*PEERS)
    size = int(run.size * 1e9)
    # The data, the archives of hubtui and of the peers, and the copies that restore and unzip make.
    check_disk(run.folder, size * 6)
    made = production(run, "files", size)
    table = Table()
    for _ in run.rounds():
        one_round(table, made, run.folder)
    table.time("hubtui --level 6", "zip -6 -r", 0.5)
    table.time("hubtui --level 6", "tar + pigz -6 -p2", 1.05)
    table.time("hubtui", "zip -6 -r", 0.25)
    table.time("hubtui", "tar + pigz -6 -p2", 0.55)
    table.size("hubtui", "zip -6 -r", 1.1)
    table.size("hubtui", "tar + pigz -6 -p2", 1.1)
    table.time("hubtui, test-bed, audited", "hubtui", 1.25)
    table.time("hubtui, verify", "unzip -t", 0.45)
    table.time("hubtui, restore, verified", "unzip", 0.5)
    table.peak()
    table.notes.append("hubtui's times have its own verification, which reads the archives back. A line with → is a part "
                       "of the one above. Without limit, for information: 7z.")
    shutil.rmtree(made.folder)
    return [f"{run.size:g} GB of files", *versions], table.text()


def one_round(table, made, folder):
    names = {"OUT": folder + "/peer"}
    for name, line in (
            ("zip -6 -r", f'cd "$PRODUCTION" && zip -q -6 -r "$OUT" {FOLDERS}'),
            ("hubtui --level 6", ["--level", "6"]),
            ("tar + pigz -6 -p2", f'cd "$PRODUCTION" && tar -cf - {FOLDERS} | pigz -6 -p2 > "$OUT"'),
            ("hubtui", []),
            ("7z -tzip", f'cd "$PRODUCTION" && 7z a -tzip -mmt=2 -bso0 -bsp0 "$OUT" {FOLDERS}')):
        if isinstance(line, str):
            done = timed(line, PRODUCTION=made.path, OUT=names["OUT"] + ".zip")
            table.done(name, done, os.path.getsize(names["OUT"] + ".zip"))
            os.unlink(names["OUT"] + ".zip")
            continue
        normal = backup(table, name, made, *line)
        if line:
            made.delete(normal)
    testbed = backup(table, "hubtui, test-bed, audited", made, "--test-bed")
    # The same archives for both.
    table.done("unzip -t", timed('for archive in $ARCHIVES; do unzip -tqq "$archive"; done',
                                 ARCHIVES=" ".join(made.archives(normal))))
    table.done("hubtui, verify", timed(made.words("backup", "verify", normal)), ours=True)
    made.delete(normal)
    os.mkdir(folder + "/unpacked")
    table.done("unzip", timed('for archive in $ARCHIVES; do mkdir "$OUT/${archive##*/}" && cd "$OUT/${archive##*/}" && '
                              'unzip -q "$archive"; done',
                              ARCHIVES=" ".join(made.archives(testbed)), OUT=folder + "/unpacked"))
    # Nothing is removed before: ext4 looks for a free inode past each one that was freed in the last half minute.
    table.done("hubtui, restore, verified", made.restore(testbed), ours=True)
    shutil.rmtree(folder + "/unpacked")
    made.delete(testbed)


def backup(table, name, made, *options):
    done, identifier, phases = made.backup(*options)
    table.done(name, done, sum(map(os.path.getsize, made.archives(identifier))), ours=True)
    table.add(f"→ writing, {name}", phases.get("writing", 0))
    return identifier


def growth(run):
    """The same at three sizes: a straight line through the logarithms says whether time grows as the size does."""
    check_disk(run.folder, int(sum(SIZES) * 1e9) * 5)
    table, steps = Table(), ("backup", "test-bed backup", "verify", "restore")
    made = {size: production(run, f"growth-{size}", int(size * 1e9)) for size in SIZES}
    for _ in run.rounds():
        for size in SIZES:
            for step, done in one_size(made[size]):
                table.done(f"{step}, {size} GB", done, ours=True)
    for step in steps:
        table.ratio(f"{step}, exponent of time", exponent({size: table.median(f"{step}, {size} GB") for size in SIZES}),
                    1.02)
    for size in SIZES:
        table.ratio(f"peak memory at {size} GB, MiB", max(table.peaks[f"{step}, {size} GB"] for step in steps), PEAK_LIMIT)
    for each in made.values():
        shutil.rmtree(each.folder)
    return [], table.text()


def one_size(made):
    done, normal, _ = made.backup()
    yield "backup", done
    yield "verify", timed(made.words("backup", "verify", normal))
    made.delete(normal)
    done, testbed, _ = made.backup("--test-bed")
    yield "test-bed backup", done
    yield "restore", made.restore(testbed)
    made.delete(testbed)


def exponent(times):
    """The slope of log time over log size, by least squares."""
    points = [(math.log(size), math.log(seconds)) for size, seconds in times.items()]
    x, y = (sum(values) / len(points) for values in zip(*points))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)

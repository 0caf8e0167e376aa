"""A test-bed backup beside a normal one where nobody knows the tables, which is what a real production has most of: plain
rows, and prose. Every cell of them is looked at, twice."""
import os
import shutil
import sqlite3

from measure import Production, Table, check_disk, need

ROWS = 3_600_000
PROSE = 14_000


def measure(run):
    versions = need("sqlite3")
    check_disk(run.folder, int(run.size * 2e9))
    table = Table()
    rows, prose = max(1, int(ROWS * run.size)), max(1, int(PROSE * run.size))
    tables = {
        "plain rows": (
            "CREATE TABLE lui_salaries (emp_no INTEGER, amount INTEGER, from_day TEXT, to_day TEXT, note TEXT)",
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO lui_salaries "
            "SELECT i, 40000 + i % 60000, '1990-01-01', '1991-01-01', 'raised in the spring round' FROM n"),
        "prose": (
            "CREATE TABLE lui_plugin_text (id INTEGER PRIMARY KEY, v TEXT)",
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {prose}) INSERT INTO lui_plugin_text "
            "(v) SELECT replace(hex(zeroblob(140)), '00', 'plain word ') || i FROM n")}
    made = {}
    for name, statements in tables.items():
        made[name] = Production(run, name.replace(" ", "-"), "--subscribers", "100", "--events", "100")
        with sqlite3.connect(made[name].folder + "/production-database/maestro.sqlite") as database:
            for statement in statements:
                database.execute(statement)
    for _ in run.rounds():
        for name, production in made.items():
            for kind, options in (("normal", []), ("test-bed", ["--test-bed"])):
                done, identifier, _ = production.backup(*options)
                table.done(f"{name}, {kind}", done, sum(map(os.path.getsize, production.archives(identifier))),
                           ours=True)
                production.delete(identifier)
    for name in tables:
        table.time(f"{name}, test-bed", f"{name}, normal", 1.5)
    table.peak()
    table.notes.append("A test-bed backup also asks a name server for production's hosts, two seconds at most, and hashes them.")
    for production in made.values():
        shutil.rmtree(production.folder)
    return [f"{rows:,} rows", f"{prose * 1.5e-3:.0f} MB of prose", *versions], table.text()

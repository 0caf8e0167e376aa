"""A backup and a restore of a MariaDB production beside mariadb-dump with pigz, on the same data."""
import os
import shutil
import subprocess

from measure import Production, Table, check_disk, need, quietly, timed

# So many of each make about 1 GB of SQL text.
ROWS = 3_300_000


def measure(run):
    versions = need("mariadb-server", "pigz")
    check_disk(run.folder, int(run.size * 8e9))
    rows = str(min(10_000_000, max(1, int(ROWS * run.size))))
    made = Production(run, "database", "--database", "mariadb", "--subscribers", rows, "--events", rows)
    client = "--no-defaults -u root -S "
    names = {"SOURCE": client + made.folder + "/production-database/mariadb.sock",
             "TARGET": client + made.test + "/database/mariadb/mariadb.sock", "OUT": run.folder + "/dump.sql.gz"}
    table = Table()
    for _ in run.rounds():
        one_round(table, made, names)
    text = quietly(["bash", "-c", 'pigz -dc "$OUT" | wc -c'], env={**os.environ, **names})
    table.time("hubtui", "mariadb-dump + pigz -6 -p2", 0.6)
    table.size("hubtui", "mariadb-dump + pigz -6 -p2", 1.1)
    table.time("→ writing, hubtui, test-bed, audited", "→ writing, hubtui", 1.1)
    table.time("hubtui, restore, verified", "pigz -dc + mariadb", 0.5)
    table.peak()
    os.unlink(names["OUT"])
    stop_servers(run.folder)
    shutil.rmtree(made.folder)
    return [f"{int(text) / 1e9:.2f} GB of SQL text", *versions], table.text()


def one_round(table, made, names):
    done = timed('mariadb-dump $SOURCE --single-transaction --quick maestro | pigz -6 -p2 > "$OUT"', **names)
    table.done("mariadb-dump + pigz -6 -p2", done, os.path.getsize(names["OUT"]))
    for name, options in (("hubtui", []), ("hubtui, test-bed, audited", ["--test-bed"])):
        done, identifier, phases = made.backup(*options)
        table.done(name, done, sum(map(os.path.getsize, made.archives(identifier))), ours=True)
        table.add(f"→ writing, {name}", phases.get("writing", 0))
        if not options:
            made.delete(identifier)
    table.done("pigz -dc + mariadb", timed(
        "mariadb $TARGET -e 'DROP DATABASE IF EXISTS peer; CREATE DATABASE peer' && "
        'pigz -dc "$OUT" | mariadb $TARGET peer', **names))
    quietly(["bash", "-c", "mariadb $TARGET -e 'DROP DATABASE peer'"], env={**os.environ, **names})
    table.done("hubtui, restore, verified", made.restore(identifier), ours=True)
    made.delete(identifier)


def stop_servers(folder):
    """Ends the database servers whose data is in a benchmark's folder, so that it can be removed."""
    for server in ("/database/production-database", "/database/test-server/database/mariadb"):
        if os.path.exists(folder + server + "/mariadb.sock"):
            subprocess.run(["mariadb-admin", "--no-defaults", "-u", "root", "-S", folder + server + "/mariadb.sock", "shutdown"],
                           stdout=subprocess.DEVNULL)

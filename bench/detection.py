"""What the recogniser finds in the labelled corpus, and where it stops for nothing, beside detect-secrets."""
import base64
import json
import os
import sys
from collections import Counter

from measure import HERE, ROOT, Table, markdown, need, quietly

CORPUS = ROOT + "/Tests/DetectionCorpus/corpus"
PEER = "detect-secrets"
PEER_VERSION = "1.5.0"
# Kept between runs, as installed packages are.
VENV = ROOT + "/.build-detect-secrets"
# At most so much of the dangerous may be missed, and of the harmless stopped.
LIMIT = 0.01


class Entry:
    """A value or a file of the corpus."""

    def __init__(self, line):
        self.is_file = "file" in line
        self.id = line["file"] if self.is_file else line["id"]
        self.dangerous, self.place, self.why = line["label"] == "dangerous", line["place"], line["why"]
        self.kind, self.name = line.get("kind", "harmless"), line.get("name")
        self.notations = line.get("notations", ["file"])
        if self.is_file:
            with open(f"{CORPUS}/files/{self.id}", "rb") as file:
                self.bytes = file.read()
        elif "base64" in line:
            self.bytes = base64.b64decode(line["base64"])
        else:
            self.bytes = "".join(line.get("pieces", [line.get("value")])).encode()


def corpus():
    entries = []
    for name in ("dangerous", "harmless", "files"):
        with open(f"{CORPUS}/{name}.jsonl") as file:
            entries += [Entry(json.loads(line)) for line in file]
    return entries


def ours():
    """Why the program stops, for each entry's ID."""
    words = ["swift", "build", "-c", "release", "--product", "BenchDetection", "-Xswiftc", "-enable-testing"]
    environment = {**os.environ, "HUBTUI_BENCH": "1"}
    quietly(words, cwd=ROOT, env=environment)
    program = quietly([*words, "--show-bin-path"], cwd=ROOT, env=environment) + "/BenchDetection"
    return {line.split("\t")[0]: line.split("\t")[1:] for line in quietly([program]).splitlines()}


def peers(entries, folder):
    """The IDs of the entries on which detect-secrets raises any alarm, with all of its plug-ins: a value is given to it
    as a file of its own and, when it is one line of text, as an assignment in quotes to its name."""
    python = VENV + "/bin/python3"
    if not os.path.exists(python):
        need("python3-venv")
        quietly([sys.executable, "-m", "venv", VENV])
    quietly([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{PEER}=={PEER_VERSION}"])
    os.makedirs(folder)
    names = {}
    for number, entry in enumerate(entries):
        ending = "-" + os.path.basename(entry.id) if entry.is_file else ".txt"
        texts = [(f"{number}{ending}", entry.bytes)]
        if not entry.is_file and b"\n" not in entry.bytes:
            texts.append((f"{number}.py", entry.name.encode() + b" = \"" + entry.bytes.replace(b'"', b'\\"') + b'"\n'))
        for name, text in texts:
            names[os.path.join(folder, name)] = entry.id
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
    scan = """
import sys
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
with default_settings():
    for path in sys.stdin.read().splitlines():
        secrets = SecretsCollection()
        secrets.scan_file(path)
        if secrets:
            print(path)
"""
    return {names[path] for path in quietly([python, "-c", scan], input="\n".join(names)).splitlines()}


def measure(run):
    entries = corpus()
    reasons = ours()
    if set(reasons) != {entry.id for entry in entries}:
        sys.exit("bench: BenchDetection has not judged the corpus as it is")
    stopped = {"hubtui": {id for id, why in reasons.items() if why}, PEER: peers(entries, run.folder + "/values")}
    dangerous = [entry for entry in entries if entry.dangerous]
    harmless = [entry for entry in entries if not entry.dangerous]
    table, rows, rates = Table(), [], {}
    for name, ids in stopped.items():
        found = sum(entry.id in ids for entry in dangerous)
        alarms = sum(entry.id in ids for entry in harmless)
        recall, precision = found / len(dangerous), found / max(found + alarms, 1)
        rates[name] = recall, precision, alarms / len(harmless)
        rows.append([name, f"{found} of {len(dangerous)}", f"{recall:.4f}", f"{alarms} of {len(harmless)}",
                     f"{precision:.4f}"])
    text = markdown(["", "dangerous found", "recall", "harmless stopped", "precision"], rows)
    mine, other = rates["hubtui"], rates[PEER]
    table.ratio("share of the dangerous missed", 1 - mine[0], LIMIT)
    table.ratio("share of the harmless stopped", mine[2], LIMIT)
    table.ratio(f"{PEER} / hubtui, recall", other[0] / max(mine[0], 1e-9), 1)
    table.ratio(f"{PEER} / hubtui, precision", other[1] / max(mine[1], 1e-9), 1)
    text += table.verdicts()
    for title, key in (("Place", lambda e: "a file" if e.is_file else e.place), ("Kind", lambda e: e.kind),
                       ("Outermost notation", lambda e: e.notations[0])):
        text += "\n" + parts(title, key, entries, stopped)
    other_kinds = sum(bool(reasons[e.id]) and e.kind not in reasons[e.id] for e in dangerous)
    text += f"\nOf those found, {other_kinds} were taken for another kind of danger than the corpus says.\n"
    for title, wrong in (("Missed", [e for e in dangerous if e.id not in stopped["hubtui"]]),
                         ("Stopped for nothing", [e for e in harmless if e.id in stopped["hubtui"]])):
        text += f"\n{title}: " + ("nothing.\n" if not wrong else "\n\n" + "".join(
            f"- {e.id}: {e.why}{''.join('; ' + reason for reason in dict.fromkeys(reasons[e.id]))}\n" for e in wrong))
    files = sum(entry.is_file for entry in entries)
    return [f"{len(entries) - files} values and {files} files", f"{PEER} {PEER_VERSION}"], text


def parts(title, key, entries, stopped):
    """A table of one property of the entries: how many of each were found, and stopped for nothing."""
    dangerous = Counter(key(e) for e in entries if e.dangerous)
    harmless = Counter(key(e) for e in entries if not e.dangerous)
    rows = []
    for word in sorted(dangerous | harmless):
        row = [word]
        for wanted, counts in ((True, dangerous), (False, harmless)):
            for ids in stopped.values():
                count = sum(e.id in ids for e in entries if e.dangerous == wanted and key(e) == word)
                row.append(f"{count} of {counts[word]}" if counts[word] else "")
        rows.append(row)
    names = list(stopped)
    return markdown([title, *(f"found, {name}" for name in names), *(f"stopped, {name}" for name in names)], rows)

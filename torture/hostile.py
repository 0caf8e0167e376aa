#!/usr/bin/env python3
"""Hostile backup sets: each is a good set with one thing in it that an enemy would put there, and with every digest made
good again. Verification and restore refuse it with the right code and one line; nothing is written outside the staging
folders, nothing is executed, the memory stays bounded, the target stays as it was.

usage: hostile.py [--every N] [--verbose] [--only TEXT]"""
import argparse, json, multiprocessing, os, random, struct, sys, time, traceback, zlib
from archives import *
from harness import *

CASES = []
# Kilobytes of the largest process; a restore of the good set takes about a quarter of it.
LARGEST = 200 << 10
INTACT = ('hub/operation.json', 'hub/operation.lock', 'hub/logs/audit.jsonl', 'hub/logs/audit.head')


class Case:
    """A change of a set, and what must come of it.

    restore, verify: the exit codes. A verification reads every byte back and checks sizes, digests and row counts; what
    a value or a name would do in a target, only a restore can see, so there verify may be 0.
    words: must stand in the restore's message: a set that is refused for another reason than its own proves nothing."""

    def __init__(self, name, change, words='', restore=65, verify=65, largest=LARGEST, check=None):
        self.name, self.change, self.words, self.restore = name, change, words, restore
        self.verify, self.largest, self.check = verify, largest, check


def case(name, words='', **more):
    def take(change):
        CASES.append(Case(name, change, words, **more))
        return change
    return take


def simple(name, change, words='', **more):
    CASES.append(Case(name, change, words, **more))


# Names. The file is in LUI's archive, between the data folder and the rest, and in its manifest.
for name, words in [
    ('../evil', '..'), ('data/../../../evil', '..'), ('data/..', '..'), ('/evil', 'absolute'), ('C:/evil', 'drive'),
    ('data\\..\\evil', 'backslash'), ('data//evil', 'empty part'), ('data/./evil', '. or ..'), ('', 'empty'),
    ('data/evil\n', 'control'), ('data/\x1b]0;evil\x07', 'control'), ('data/\u0085evil', 'control'),
]:
    simple(f'name {name!r}', lambda s, n=name: s.lui.add(Entry(n, b'evil')), words)
for name in ['%2E%2E', '%2e%2e', '%2E%2E%2Fevil', 'a%2Fb', 'a%00b', '%41', '%', '%G1', '%C3%A9', '..%2F..%2Fevil']:
    # A verification shows no name to a file system; the staging does, and takes only what an encoder gives.
    simple(f'encoded name {name}', lambda s, n=name: s.lui.add(Entry('data/' + n, b'evil')), 'name, type or time',
           verify=0)
simple('name not UTF-8', lambda s: s.lui.add(Entry(b'data/\xff\xfe', b'x', method=0)), 'UTF-8')
simple('name not ASCII and without the flag', lambda s: s.lui.add(with_(Entry('data/é', b'x'), flags=0)), 'UTF-8 flag')
simple('name of 300 bytes', lambda s: s.lui.add(Entry('data/' + 'n' * 300, b'x')), 'too long', restore=73, verify=0)
simple('path of 6000 bytes', lambda s: s.lui.add(
    *[Entry('data/' + 'd/' * n, mode=0o40700) for n in range(1, 3000)]), 'more than 256 parts')
simple('two entries of one name', lambda s: s.lui.add(Entry('data/a', b'1'), Entry('data/a', b'2')), 'one name')
simple('a file and a folder of one name', lambda s: s.lui.add(Entry('data/a', b'1'), Entry('data/a/', mode=0o40700)),
       'one name')
simple('a file below a file', lambda s: s.lui.add(Entry('data/a', b'1'), Entry('data/a/b', b'2')), 'no folder')
simple('a file below a link', lambda s: s.lui.add(
    Entry('data/a', b'../../../../elsewhere', 0o120777), Entry('data/a/evil', b'2')), 'no folder')
simple('a file in no folder', lambda s: s.lui.add(Entry('data/nowhere/a', b'1')), 'does not belong in a backup')
simple('a data folder that is a file', lambda s: replace(s.lui, 'data', b'x'), 'does not belong in a backup')
simple('files without a data folder', lambda s: s.lui.entries.remove(s.lui.find('data/')),
       'does not belong in a backup')
simple('an entry of no kind', lambda s: s.lui.add(Entry('evil.sh', b'#!/bin/sh\n')), 'does not belong in a backup')
simple("another component's INI file", lambda s: s.lui.add(Entry('ini/hub.ini', b'hub.host=evil\n')),
       'does not belong in a backup')


def with_(thing, **fields):
    for key, value in fields.items():
        setattr(thing, key, value)
    return thing


def replace(archive, name, data):
    archive.entries = [e for e in archive.entries if not e.name.startswith(b'data/')]
    archive.entries.insert(1, Entry(name, data))


# Links and types.
OUTWARD = [('/etc/passwd', 'absolute'), ('../../../elsewhere', 'climbing'), ('a/../../../x', 'climbing in the middle')]
for target, what in OUTWARD:
    simple(f'a link, {what}', lambda s, t=target: s.lui.add(Entry('data/link', t.encode(), 0o120777)),
           'out of the home folder', verify=0)
simple('a link to nothing', lambda s: s.lui.add(Entry('data/link', b'', 0o120777)), 'no target', verify=0)
simple('a link with a NUL byte', lambda s: s.lui.add(Entry('data/link', b'a\0b', 0o120777)), 'no target', verify=0)
simple('a link of 5000 bytes', lambda s: s.lui.add(Entry('data/link', b'a' * 5000, 0o120777)), 'larger than', verify=0)
simple('an INI file that is a link', lambda s: set_entry(s.lui, 'ini/lui.ini', b'x=y', 0o120777), 'does not belong in a backup')
simple('an INI file that is missing', lambda s: s.lui.entries.remove(s.lui.find('ini/lui.ini')), 'INI')
for mode, what in [(0o10644, 'a pipe'), (0o20666, 'a device'), (0o60666, 'a block device'), (0o140777, 'a socket'),
                   (0o40700, 'a folder without its mark'), (0, 'nothing')]:
    simple(f'type: {what}', lambda s, m=mode: s.lui.add(Entry('data/evil', b'', m)), 'not a plain file')


def set_entry(archive, name, data=None, mode=None):
    entry = archive.find(name)
    entry.data = entry.data if data is None else data
    entry.mode = mode or entry.mode
    entry.raw = None


# The ZIP structure: the same on any archive.
STRUCTURE = [
    ('a local header with another name', lambda a: a.find('data/').local.update(name=b'dat0/'), 'contradict'),
    ('a local header with another size', lambda a: a.entries[0].local.update(size=1), 'contradict'),
    ('a local header with another checksum', lambda a: a.entries[0].local.update(crc=1), 'contradict'),
    ('a local header with another method', lambda a: a.entries[0].local.update(method=8 - (a.entries[0].method or 0)),
     'contradict'),
    ('an encrypted entry', lambda a: with_(a.entries[0], flags=1), 'encrypted'),
    ('a data descriptor', lambda a: with_(a.entries[0], flags=8), 'unknown flags'),
    ('strong encryption', lambda a: with_(a.entries[0], flags=0x2040), 'unknown flags'),
    ('an unknown method', lambda a: (a.entries[0].local.update(method=99), a.entries[0].central.update(method=99)),
     'unknown compression'),
    ('bzip2', lambda a: (a.entries[0].local.update(method=12), a.entries[0].central.update(method=12)),
     'unknown compression'),
    ('something after the end', lambda a: with_(a, tail=b'evil'), 'follows its end'),
    ('a comment', lambda a: a.end.update(comment=b'evil'), 'follows its end'),
    ('a comment that holds an end record', lambda a: a.end.update(comment=b'PK\5\6' + bytes(18)), 'end'),
    ('a comment on an entry', lambda a: a.entries[0].central.update(comment=b'evil'), 'comment'),
    ('something before the first entry', lambda a: with_(a, prefix=b'#!/bin/sh\nexit\n'), ''),
    ('something before the directory', lambda a: with_(a, before_directory=b'evil'), 'between'),
    ('a gap between entries', lambda a: with_(a.entries[0], raw=a.entries[0].packed() + b'gap') and
     a.entries[0].central.update(compressed=len(a.entries[0].packed()) - 3), ''),
    ('overlapping entries', lambda a: a.entries[1].central.update(offset=0), 'overlap'),
    ('two directory records of one entry', lambda a: a.entries.insert(
        1, with_(Entry(a.entries[0].name, a.entries[0].data), central={'offset': 0, 'no body': True})), 'overlap'),
    ('an entry that holds its own archive', lambda a: a.entries[-1].central.update(offset=0, size=10, compressed=10),
     ''),
    ('another disk', lambda a: a.end.update(disk=1), 'several disks'),
    ('an entry on another disk', lambda a: a.entries[0].central.update(disk=7), 'another disk'),
    ('made on DOS', lambda a: a.entries[0].central.update(made=45), 'another system'),
    ('a version of the future', lambda a: (a.entries[0].local.update(version=63),
                                           a.entries[0].central.update(version=63)), 'newer version'),
    ('a second name in an extra field', lambda a: with_(a.entries[0], extra=struct.pack(
        '<HHBI', 0x7075, 9, 1, 0) + b'evil'), 'unknown extra'),
    ('an extra field that is cut short', lambda a: with_(a.entries[0], extra=b'\x55\x54\xff'), 'extra field is damaged'),
    ('a 64-bit field that nothing asks for', lambda a: with_(
        a.entries[0], extra=struct.pack('<HHQQ', 1, 16, 1 << 62, 1 << 62)), 'ZIP64'),
    ('64-bit sizes that lie', lambda a: with_(a.entries[0], extra=struct.pack(
        '<HHQQ', 1, 16, 1 << 62, 1 << 62), local={'size': -1, 'compressed': -1},
        central={'size': -1, 'compressed': -1}), ''),
    ('a 64-bit end record that lies about the count', lambda a: a.end.update(large={'count': 1 << 40}), ''),
    ('a 64-bit end record of 2^40 entries', lambda a: a.end.update(
        count=0xFFFF, large={'count': 1 << 40}), 'too small'),
    ('a directory at the end of the 64-bit world', lambda a: a.end.update(
        offset=0xFFFFFFFF, large={'offset': (1 << 64) - 1}), 'not where'),
    ('fewer entries than there are', lambda a: a.end.update(count=len(a.entries)), 'more than its records'),
    ('more entries than there are', lambda a: a.end.update(count=len(a.entries) + 5), ''),
    ('a file cut short', lambda a: a.change_bytes.append(lambda b: b[:-30]), ''),
    ('an empty file', lambda a: a.change_bytes.append(lambda b: b''), ''),
    ('random bytes', lambda a: a.change_bytes.append(lambda b: random.Random(1).randbytes(100_000)), ''),
    ('a manifest that is not last', lambda a: a.entries.append(Entry('manifest.json', b'{}')), 'one name'),
    ('no manifest', lambda a: with_(a, manifest_bytes=...), 'manifest'),
]
for index, (name, change, words) in enumerate(STRUCTURE):
    component = ('lui', 'trk', 'hub')[index % 3]
    simple(f'{name} ({component})', lambda s, c=component, f=change: f(getattr(s, c)), words)


# Compressed data.
def compressed(change):
    """Changes a rows entry's packed bytes; all fields but its content fit."""
    def apply(s):
        entry = s.lui.find('database/lui_jobs.copy')
        entry.method = 8
        change(entry)
    return apply


def pack(data, level=6):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


simple('bytes after the compressed data', compressed(lambda e: with_(e, raw=pack(e.data) + b'evil')), 'follows')
simple('compressed data cut short', compressed(lambda e: with_(e, raw=pack(e.data)[:-3])), '')
simple('broken compressed data', compressed(lambda e: with_(e, raw=b'\xff' * 50 + pack(e.data))), '')
simple('more content than it says', compressed(lambda e: with_(e, raw=pack(e.data + b'x'), size=len(e.data))), 'more than')
simple('less content than it says', compressed(lambda e: with_(e, raw=pack(e.data[:-1]), size=len(e.data))), 'size')
simple('another checksum', compressed(lambda e: with_(e, crc=zlib.crc32(e.data) ^ 1)), 'checksum')
simple('another digest', compressed(lambda e: e.says.update(sha256='0' * 64)), 'content of entry')
simple('a size that deflate cannot make', lambda s: s.lui.add(with_(
    Entry('data/bomb', method=8), raw=pack(b'x'), size=0xFFFFFFF0)), 'larger than deflate')
simple('a bomb: 3 GiB that say 1 KiB', lambda s: s.lui.add(with_(
    Entry('data/bomb', b'\0' * 1024, method=8), raw=bomb(3 << 30), size=1024)), 'more than')
simple('a bomb: rows of one endless line', lambda s: endless(s.lui.find('database/lui_jobs.copy'), 600 << 20),
       # One row may have 512 MiB, and must be in memory as a whole to go into a database.
       'too long', largest=600 << 10)
simple('a bomb of 70,000 entries', lambda s: s.lui.add(*[Entry(f'data/{n:05}', b'') for n in range(70_000)]), '',
       restore=0, verify=0, largest=400 << 10)
simple('a bomb of 70,000 entries that the manifest does not name', lambda s: (
    s.lui.add(*[Entry(f'data/{n:05}', b'') for n in range(70_000)]),
    s.lui.change_manifest.append(lambda m: {**m, 'entries': m['entries'][:3]})), 'number of entries')


def bomb(size, unit=bytes(1 << 20), before=b'', after=b''):
    """Packed bytes of a unit over and over: an enemy needs little time for much, and so does this."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + middle * (size // len(unit)) + packer.compress(after) + packer.flush()


def huge(before, unit, count, after):
    """A manifest entry that is small in the archive."""
    def apply(s):
        data = before + unit * count + after
        s.lui.manifest_bytes = b''
        s.lui.manifest_entry = with_(Entry('manifest.json', data, method=8),
                                     raw=bomb(count * len(unit), unit, before, after))
        s.lui.manifest_entry.packed = lambda raw=s.lui.manifest_entry.raw: raw
    return apply


def endless(entry, size):
    with_(entry, data=b'0' * size, rows=1, method=8, raw=bomb(size, b'0' * (1 << 20)))
    entry.blocks = None


def set_rows(archive, table, data, rows):
    entry = archive.find(f'database/{table}.copy')
    entry.data, entry.rows, entry.raw, entry.blocks, entry.method = data, rows, None, None, 8


# Blocks: three blocks of a file, and lists of where they start that lie.
def blocks(lie):
    def apply(s):
        pieces = [b'%d' % n * (1 << 20) for n in range(3)]
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        raw, starts = b'', []
        for n, piece in enumerate(pieces):
            starts.append(len(raw))
            raw += packer.compress(piece) + packer.flush(zlib.Z_FINISH if n == 2 else zlib.Z_FULL_FLUSH)
        entry = Entry('data/blocks', b''.join(pieces), method=8, blocks=starts)
        entry.raw = raw
        entry.says['blocks'] = ...
        entry.blocks = lie(starts, len(raw))
        # The room in the header is there whatever the manifest says.
        entry.padding = lambda: struct.pack('<HHH', 0xA220, 16, 0xA028) + bytes(14)
        s.lui.add(entry)
    return apply


simple('blocks that are right', blocks(lambda b, n: b), restore=0, verify=0)
for what, lie in [('too few', lambda b, n: b[:2]), ('too many', lambda b, n: b + [n - 1]), ('backwards', lambda b, n: b[::-1]),
                  ('all at the start', lambda b, n: [0, 0, 0]), ('beyond the end', lambda b, n: [0, 1 << 40, 1 << 41]),
                  ('not at a boundary', lambda b, n: [0, b[1] + 1, b[2]]),
                  ('at the end of 64 bits', lambda b, n: [0, (1 << 64) - 2, (1 << 64) - 1])]:
    simple(f'blocks {what}', blocks(lie), '')


# Manifests.
def manifest(text):
    return lambda s: with_(s.lui, manifest_bytes=text() if callable(text) else text)


def changed(where, **fields):
    return lambda s: s.archives[where].change_manifest.append(
        lambda m: {k: v for k, v in {**m, **fields}.items() if v is not ...})


def entry_says(**fields):
    return lambda s: s.lui.entries[0].says.update(fields)


for name, text in [
    ('nothing', b''), ('no JSON', b'evil'), ('an array', b'[]'), ('nested 200,000 deep', b'[' * 200_000),
    ('nested objects', b'{"a":' * 100_000 + b'1' + b'}' * 100_000), ('not UTF-8', b'{"formatVersion":1,"\xff":1}'),
    ('a number beyond all', b'{"formatVersion":1e999999}'), ('a version that is text', b'{"formatVersion":"1"}'),
    ('UTF-16', '{"formatVersion":1}'.encode('utf-16')), ('only a version', b'{"formatVersion":1}'),
]:
    simple(f'manifest: {name}', manifest(text), 'cannot be understood')
HUGE = [
    ('250 MiB of white space', huge(b'', b' ' * (1 << 20), 250, b'')),
    ('60 MiB of small objects', huge(b'{"formatVersion":1,"entries":[', b'{},' * (1 << 18), 80, b'{}]}')),
    ('4 MiB of small objects', huge(b'{"formatVersion":1,"entries":[', b'{},' * (1 << 18), 5, b'{}]}')),
    ('4 MiB of numbers', huge(b'{"formatVersion":1,"entries":[', b'1,' * (1 << 18), 7, b'1]}')),
    ('100 MiB in one text', huge(b'{"formatVersion":1,"id":"', b'a' * (1 << 20), 100, b'"}')),
]
for name, change in HUGE:
    simple(f'manifest: {name}', change, 'understood' if name.startswith('4') else 'larger than')
for name, value, words in [
    ('formatVersion', 2, 'format version 2'), ('formatVersion', -1, 'format version -1'),
    ('kind', 'evil', 'understood'), ('kind', 'normal', 'from a backup'), ('id', '../../evil', 'understood'),
    ('id', '20200101000000-AAAA', 'from backup'), ('component', 'TRK', ''), ('component', 'EVIL', 'understood'),
    ('entries', None, 'understood'), ('entries', {}, 'understood'), ('entries', [], 'number of entries'),
    ('inventory', ..., 'understood'), ('inventory', 'evil', 'understood'), ('created', 5, 'understood'),
    ('originFingerprint', 'f' * 64, 'not the one'), ('sanitisation', 'evil', 'understood'),
]:
    simple(f'manifest: {name} is {value!r}', changed('LUI', **{name: value}), words)
simple('manifest: no sanitisation in a test-bed set', changed('HUB', sanitisation=...), 'sanitised')
simple('manifest: hashes of hosts that cannot be used', lambda s: s.hub.change_manifest.append(
    lambda m: m['sanitisation'].update(productionHosts=[{'cost': 1 << 40, 'salt': 'zz', 'hashes': ['']}])), 'usable')
simple('manifest: no hashes of hosts', lambda s: s.hub.change_manifest.append(
    lambda m: m['sanitisation'].update(productionHosts=[])), 'usable')
simple('manifest: no digests of the other archives', lambda s: (
    with_(s, leaves_digests=True), changed('HUB', otherArchives=...)(s)), 'not the one')
simple('manifest: digests of other archives', lambda s: (
    with_(s, leaves_digests=True), changed('HUB', otherArchives={'LUI': 'f' * 64, 'TRK': 'f' * 64})(s)), 'not the one')
simple('manifest: an entry too few', lambda s: s.lui.change_manifest.append(
    lambda m: {**m, 'entries': m['entries'][:-1]}), 'number of entries')
simple('manifest: an entry too many', lambda s: s.lui.change_manifest.append(
    lambda m: {**m, 'entries': m['entries'] + m['entries'][-1:]}), 'number of entries')
simple('manifest: another order', lambda s: s.lui.change_manifest.append(
    lambda m: {**m, 'entries': m['entries'][::-1]}), 'does not agree')
for field, value, words in [
    ('size', -1, 'understood'), ('size', 1e300, 'understood'), ('size', '5', 'understood'), ('size', 1 << 63, 'agree'),
    ('size', 1 << 70, 'understood'), ('offset', 1, 'agree'), ('compressedSize', 0, 'agree'), ('crc32', 'evil', 'understood'),
    ('name', 'data/other', 'agree'), ('name', 'ini/../lui.ini', 'agree'), ('mode', 'evil', 'understood'),
    ('mode', '100644', 'agree'), ('mode', '7' * 30, 'understood'), ('modified', 'evil', 'understood'),
    ('modified', '99999999999999999999.0', 'understood'), ('name', None, 'understood'), ('sha256', ..., 'understood'),
]:
    simple(f'manifest: an entry whose {field} is {value!r}', entry_says(**{field: value}), words)
simple('manifest: nanoseconds that are none', lambda s: [with_(e, nanoseconds='evil') for e in s.lui.entries],
       'understood')
simple('manifest: rows that are not counted', lambda s: with_(s.lui.find('database/lui_jobs.copy'), rows=None), 'table')
simple('manifest: a wrong number of rows', lambda s: with_(s.lui.find('database/lui_jobs.copy'), rows=1), 'rows')
simple('manifest: a negative number of rows', lambda s: with_(s.lui.find('database/lui_jobs.copy'), rows=-1), 'rows')


# Rows.
def rows(change, table='lui_subscribers'):
    def apply(s):
        lines = s.lui.find(f'database/{table}.copy').data.split(b'\n')[:-1]
        lines = change(lines)
        set_rows(s.lui, table, b'\n'.join(lines) + b'\n', len(lines))
    return apply


def field(index, value):
    def apply(lines):
        parts = lines[0].split(b'\t')
        parts[index] = value
        return [b'\t'.join(parts)] + lines[1:]
    return apply


TEXT = 2
for name, change, words in [
    ('too few columns', lambda l: [l[0].rsplit(b'\t', 1)[0]] + l[1:], 'too few columns'),
    ('too many columns', lambda l: [l[0] + b'\tevil'] + l[1:], 'too many columns'),
    ('half a million columns', lambda l: [b'1\t' * 500_000] + l[1:], ''),
    ('an empty line', lambda l: [b''] + l, 'too few columns'),
    ('an unknown escape', field(TEXT, b'a\\qb'), 'unknown escape'),
    ('the end of COPY data', lambda l: [b'\\.'] + l, ''),
    ('an octal escape that is too short', field(TEXT, b'a\\0'), 'octal'),
    ('an octal escape that is too large', field(TEXT, b'\\777'), ''),
    ('an escape without end', field(-1, b'a\\'), 'escape'),
    ('a number with leading zeros', field(0, b'007'), ''),
    ('a key that is no number', field(0, b'evil'), ''),
    ('a key that is NULL', field(0, b'\\N'), ''),
    ('bytes that are not UTF-8', field(TEXT, b'\xff\xfe'), ''),
    ('a raw carriage return', field(TEXT, b'a\rb'), ''),
    ('a raw NUL byte', field(TEXT, b'a\0b'), ''),
    ('a needless escape', field(TEXT, b'\\101'), ''),
    ('one row twice', lambda l: [l[0]] + l, ''),
]:
    simple(f'rows: {name}', rows(change), words, verify=0)
simple('rows: the last has no end', lambda s: set_rows(
    s.lui, 'lui_subscribers', s.lui.find('database/lui_subscribers.copy').data[:-1],
    s.lui.find('database/lui_subscribers.copy').rows), '', verify=65)
SQL = b"x'); DROP TABLE hub_accounts; ATTACH '/tmp/evil' AS evil; --"


def has_literally(site):
    with open(site.server + '/sql', 'w'):
        pass
    os.unlink(site.server + '/sql')
    import sqlite3
    connection = sqlite3.connect(site.server + '/database/maestro.sqlite')
    found = connection.execute('SELECT count(*) FROM lui_subscribers WHERE email = ?', (SQL.decode(),)).fetchone()[0]
    accounts = connection.execute('SELECT count(*) FROM hub_accounts').fetchone()[0]
    connection.close()
    expect(found == 1 and accounts > 0, 'SQL in a value did not stay a value')


# A value is a value: this set is unusual, not wrong.
simple('rows: SQL in a value', rows(field(1, SQL)), restore=0, verify=0, check=has_literally)


# Schemas.
def schema(**fields):
    return lambda s: json_entry(s.lui, lambda m: m.update(fields))


def json_entry(archive, change, table='lui_jobs'):
    entry = archive.find(f'database/{table}.schema.json')
    value = json.loads(entry.data)
    change(value)
    entry.data, entry.raw, entry.method = json.dumps(value).encode(), None, 8


def column(**fields):
    return lambda s: json_entry(s.lui, lambda m: m['columns'][1].update(fields))


EVIL = 'x"); DROP TABLE hub_accounts; --'
for name, change, words in [
    ("another table's name", schema(name='lui_subscribers'), ''), ('a name of HUB', schema(name='hub_accounts'), ''),
    ("sqlite's own name", schema(name='sqlite_schema'), ''), ('no name', schema(name=''), ''),
    ('SQL for a name', schema(name='lui_jobs' + EVIL), ''),     ('an unknown type', column(type='evil'), 'understood'), ('a type that is no text', column(type=5), 'understood'),
]:
    simple(f'schema: {name}', change, words)
for name, change, words in [
    ('no columns', schema(columns=[]), 'none'),
    ('one column twice', lambda s: json_entry(s.lui, lambda m: m['columns'][1].update(name=m['columns'][0]['name'])), ''),
    ('a key on no column', schema(primaryKey=['evil']), ''),
    ('SQL for a key', schema(primaryKey=[EVIL]), ''),
    ('an unknown collation', column(collation='evil); --'), 'collation'),
    ('SQL for a default number', column(defaultValue={'number': {'_0': '0); DROP TABLE hub_accounts; --'}}), 'default'),
    ('SQL for a default moment', column(defaultValue={'moment': {'_0': "(load_extension('x'))"}}), 'default'),
    ('an unknown action', schema(foreignKeys=[{'columns': ['id'], 'table': 'x', 'references': [],
                                               'onDelete': 'CASCADE; DROP TABLE hub_accounts', 'onUpdate': 'CASCADE'}]),
     'action'),
    ('an index on no column', schema(indexes=[{'name': 'i', 'isUnique': False, 'columns': [
        {'name': 'evil', 'isDescending': False}]}]), 'not there'),
    ("sqlite's own index", schema(indexes=[{'name': 'sqlite_autoindex_lui_jobs_1', 'isUnique': False, 'columns': [
        {'name': 'id', 'isDescending': False}]}]), ''),
    ('an index of the name of a table', schema(indexes=[{'name': 'hub_accounts', 'isUnique': False, 'columns': [
        {'name': 'id', 'isDescending': False}]}]), ''),
    ('3000 columns', schema(columns=[{'name': f'c{n}', 'type': 'text', 'declared': 'TEXT', 'isNullable': True}
                                     for n in range(3000)]), ''),
]:
    simple(f'schema: {name}', change, words, verify=0)
simple('schema: not JSON', lambda s: set_entry(s.lui, 'database/lui_jobs.schema.json', b'evil'), 'understood')
simple('schema: nested 100,000 deep', lambda s: set_entry(
    s.lui, 'database/lui_jobs.schema.json', b'[' * 100_000), 'understood')
simple('schema: 17 MiB', lambda s: set_entry(
    s.lui, 'database/lui_jobs.schema.json', b' ' * (17 << 20)), 'larger than')
simple('schema: rows without a schema', lambda s: s.lui.entries.remove(s.lui.find('database/lui_jobs.schema.json')),
       'does not belong in a backup')
simple('schema: no rows', lambda s: s.lui.entries.remove(s.lui.find('database/lui_jobs.copy')), 'table')

# Harmless as they stand: declared types are words that are chosen anew, texts are quoted.
simple('schema: SQL for a declared type', column(declared='TEXT); DROP TABLE hub_accounts; --'), restore=0, verify=0)
simple('schema: SQL for a default text', column(defaultValue={'text': {'_0': "'); DROP TABLE hub_accounts; --"}}),
       restore=0, verify=0)

# INI files: a restored copy must not be able to look elsewhere.
for name, line, code, words in [
    ('an external database', b'database.url=sqlite:///etc/evil', 65, 'external database'),
    ('an unknown database', b'database.url=mysql://production/', 65, 'external database'),
    ("production's host", b'hub.host=hub.maestro-prod.example', 65, 'single server'),
    ('a NUL byte', b'a=b\0', 65, ''), ('no assignment', b'evil', 65, ''),
]:
    simple(f'INI: {name}', lambda s, l=line: set_entry(s.lui, 'ini/lui.ini', b'\n'.join(
        [x for x in s.lui.find('ini/lui.ini').data.split(b'\n') if x.split(b'=')[0] != l.split(b'=')[0]]) + l + b'\n'),
        words, restore=code)


def measured(arguments):
    """Runs the program; its exit code, words and the memory it had."""
    out, err = os.memfd_create('out'), os.memfd_create('err')
    process = subprocess.Popen([PROGRAM] + arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
    started = time.time()
    while True:
        id, status, usage = os.wait4(process.pid, os.WNOHANG)
        if id:
            break
        if time.time() - started > 300:
            process.kill()
            os.wait4(process.pid, 0)
            raise Wrong('it hangs')
        time.sleep(0.005)
    process.returncode = os.waitstatus_to_exitcode(status)
    ended = Run(process, *(os.pread(f, 1 << 20, 0).decode(errors='replace') for f in (out, err)))
    os.close(out)
    os.close(err)
    return ended, usage.ru_maxrss


def outside(site):
    """Everything but what an operation tells of itself, and the times of the folders in which it worked."""
    nodes = tree(site.live)
    for name in INTACT:
        nodes.pop('server/' + name, None)
    return {k: v if not stat.S_ISDIR(v[0]) else v[0] for k, v in nodes.items()
            if not k.endswith(('-wal', '-shm'))}


def attempt(site, case, paths, verbose):
    started = time.time()
    folder = os.path.join(site.folder, 'hostile')
    remove(folder)
    # In a process of its own: what a parent holds counts as memory of the programs it starts.
    child = os.fork()
    if not child:
        try:
            backup_set = BackupSet(paths, site.set)
            case.change(backup_set)
            backup_set.write(folder)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    expect(os.waitpid(child, 0)[1] == 0, 'the set could not be made')
    source = ['--from', folder, '--install-folder', site.server]
    verified, first = measured(['backup', 'verify', site.set] + source)
    before = outside(site)
    restored, second = measured(['restore', site.set, '--yes'] + source)
    after = outside(site)
    if verbose:
        print(f'{case.name}: verify {verified.status}, restore {restored.status}, {max(first, second) >> 10} MiB, {time.time() - started:.1f} s: '
              f'{restored.err.strip()[-150:] if restored.status else "restored"}')
    problems = []
    for what, ended, code in (('verify', verified, case.verify), ('restore', restored, case.restore)):
        if ended.status != code:
            problems.append(f'{what} must end {code}: {ended}')
        elif code and (len(ended.err.splitlines()) != 1 or not ended.err.startswith('hubtui: ')
                       or not ended.err[:-1].isprintable()):
            problems.append(f'{what} must say one printable line: {ended.err!r}')
    if case.words and restored.status and case.words.lower() not in restored.err.lower():
        problems.append(f'the reason must be {case.words!r}: {restored.err.strip()}')
    if max(first, second) > case.largest:
        problems.append(f'it took {max(first, second) >> 10} MiB of memory')
    changed = difference(before, after)
    if restored.status and changed:
        problems.append(f'the refused set changed {changed[:5]}')
    beyond = [c for c in changed if not c.startswith('server')]
    if beyond:
        problems.append(f'something outside the target changed: {beyond[:5]}')
    if case.check and not restored.status:
        try:
            case.check(site)
        except Wrong as wrong:
            problems.append(str(wrong))
    if changed:
        site.reset('fresh')
    return [f'{case.name}: {p}' for p in problems]


def worker(folder, cases, verbose, results):
    """A share of the cases, on an installation of its own."""
    failures = []
    try:
        site = Site(folder)
        site.reset('fresh')
        paths = {}
        for component, place in zip(('HUB', 'LUI', 'TRK'), site.backup_folders):
            paths[component] = os.path.join(folder, component)
            shutil.copy(f'{place}/{component}_TestBedBackup_{site.set}.zip', paths[component])
        good_set = Case('the good set, put together again', lambda s: None, restore=0, verify=0)
        for case in [good_set] + cases:
            try:
                failures += attempt(site, case, paths, verbose)
            except Wrong as wrong:
                failures.append(f'{case.name}: {wrong}')
    except Exception as error:
        failures.append(f'{type(error).__name__}: {error}')
    results.put(failures)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--every', type=int, default=1)
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('--verbose', action='store_true')
    parser.add_argument('--only', default='')
    arguments = parser.parse_args()
    started = time.time()
    folder = work_folder()
    try:
        chosen = [c for c in CASES if arguments.only in c.name][::arguments.every]
        results = multiprocessing.Queue()
        workers = [multiprocessing.Process(target=worker, args=(
            f'{folder}/{i}', chosen[i::arguments.jobs], arguments.verbose, results)) for i in range(arguments.jobs)]
        for process in workers:
            process.start()
        failures = [f for _ in workers for f in results.get(timeout=3000)]
        result('hostile archives tried', len(chosen), failures, time.time() - started)
    finally:
        remove(folder)


if __name__ == '__main__':
    main()

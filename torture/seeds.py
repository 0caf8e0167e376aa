#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets anew from what the program itself writes: small ones, a few of each kind.

usage: seeds.py [FOLDER]"""
import io, json, os, sys, zipfile
from archives import *
from harness import *

ROW_TYPES = ['integer', 'numeric', 'real', 'text', 'binary', 'boolean', 'date', 'time', 'timestamp', 'json']
RULES = b"""rules:
  - {id: crm, danger: the copy would call the CRM, setting: lui.crm.token, action: unset}
  - {id: crm-host, ini: "lui.ini:crm.host", set: localhost, after-restore: as the site decides}
  - {id: rows, rows: lui_plugin_queue, action: leave-out}
  - {id: file, file: lui/plugins/*.key, action: leave-out}
harmless:
  - {column: lui_plugin_colours.host_name, because: a colour's name}
"""
KEYS = [b'hello\r\t\x7f\x1b', b'\x1b[A\x1b[1;5C\x1bOP\x1b1', b'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80', b'\x1b\xff\x1b[200~',
        b'\xfea paste\x1b[201~after', b'\xfea\x1b[201\x1b[201~\xff', bytes(range(256))]


def put(folder, target, name, data):
    os.makedirs(os.path.join(folder, target), exist_ok=True)
    with open(os.path.join(folder, target, name), 'wb') as file:
        file.write(data)


def shortened(manifest):
    record = manifest['sanitisation']['record']
    record['rules'] = [r for r in record['rules'] if r['places']][:2]
    for host in manifest['sanitisation']['productionHosts']:
        host['hashes'] = host['hashes'][:2]
    inventory = manifest['inventory']
    inventory['tables'] = dict(list(inventory['tables'].items())[:2])
    inventory['settings'] = inventory['settings'][:3]


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, 'corpus')
    work = work_folder()
    try:
        site = Site(os.path.join(work, '0'))
        paths = {c: f'{p}/{c}_TestBedBackup_{site.set}.zip' for c, p in zip(('HUB', 'LUI', 'TRK'), site.backup_folders)}
        backup_set = BackupSet(paths, site.set)
        for component, archive in backup_set.archives.items():
            tables = [e for e in archive.entries if e.name.endswith(b'.schema.json')]
            for entry in tables[:6]:
                put(folder, 'schema', entry.name.decode().split('/')[1][:-12], entry.data)
                schema = json.loads(entry.data)
                rows = archive.find(entry.name.decode()[:-12] + '.copy').data.split(b'\n')[:3]
                # The target makes its columns from the first byte: one that begins with this table's first type.
                kind = ROW_TYPES.index(schema['columns'][0]['type'])
                head = bytes([(min(len(schema['columns']), 8) - 1) << 5 | kind, 40])
                put(folder, 'rows', schema['name'], (head + b''.join(
                    b'\t'.join(r.split(b'\t')[:8]) + b'\n' for r in rows if r))[:250])
            put(folder, 'ini', component, archive.entries[0].data)
            # Few entries and no bytes of the demo's files: a seed is read thousands of times.
            archive.entries = [archive.entries[0]] + archive.entries[-2:]
            for entry in archive.entries[1:]:
                if len(entry.data) > 2000:
                    entry.data, entry.rows, entry.blocks = entry.data[:200], None, None
            archive.change_manifest.append(shortened)
            put(folder, 'zip', component, archive.bytes())
            with zipfile.ZipFile(io.BytesIO(archive.bytes())) as packed:
                put(folder, 'manifest', component, packed.read('manifest.json'))
        put(folder, 'ini', 'odd', b'\xef\xbb\xbf# a comment\r\n  key = value with = and \xff \r\n\n#off=secret\nempty=\nlast=x')
        put(folder, 'rows', 'escapes', bytes([3 << 5 | 3, 7]) + b'a\\tb\t\\N\t\\\\x00ff\t1.5\n\\377\\000\t-0.0\t\\N\tNaN\n')
        put(folder, 'rules', 'all', RULES)
        put(folder, 'rules', 'anchors', b'rules: &a []\nharmless: *a\n')
        for number, keys in enumerate(KEYS):
            put(folder, 'keys', str(number), keys)
        for name in ('restored', 'restored-once'):
            with open(f'{site.kept}/{name}/server/hub/former-state.json', 'rb') as file:
                journal = file.read().replace(site.live.encode(), b'/opt')
            put(folder, 'journal', name, journal)
    finally:
        remove(work)


if __name__ == '__main__':
    main()

"""Backup sets taken apart and put together again, byte for byte as the program writes them, so that a change is refused
for what it is and not for the form of the ZIP file: every digest, size and offset that a change moves is made good."""
import calendar, copy, hashlib, json, os, struct, time, zipfile, zlib


class Entry:
    """One entry. `local` and `central` replace fields of its two headers; `raw` its compressed bytes."""

    def __init__(self, name, data=b'', mode=0o100600, modified=1795559222, method=None, rows=None, blocks=None):
        self.name = name.encode() if isinstance(name, str) else name
        self.data, self.mode, self.modified, self.rows, self.blocks = data, mode, modified, rows, blocks
        self.method, self.raw, self.size, self.crc, self.flags = method, None, None, None, None
        self.local, self.central, self.extra = {}, {}, None
        # In the manifest only: fields that say something else.
        self.says = {}

    def packed(self):
        if self.raw is not None:
            return self.raw
        if self.method == 8:
            packer = zlib.compressobj(6, zlib.DEFLATED, -15)
            return packer.compress(self.data) + packer.flush()
        return self.data

    def fields(self):
        """Version, flags, method, time, date, CRC, compressed size, size."""
        stamp = time.gmtime(self.modified)
        name_is_ascii = all(b < 0x80 for b in self.name)
        return {
            'version': 20, 'flags': self.flags if self.flags is not None else 0 if name_is_ascii else 0x800,
            'method': self.method or 0, 'time': stamp.tm_hour << 11 | stamp.tm_min << 5 | stamp.tm_sec // 2,
            'date': (stamp.tm_year - 1980) << 9 | stamp.tm_mon << 5 | stamp.tm_mday,
            'crc': zlib.crc32(self.data) if self.crc is None else self.crc, 'compressed': len(self.packed()),
            'size': len(self.data) if self.size is None else self.size}

    def common(self, fields, name, extra):
        return struct.pack('<HHHHHIIIHH', fields['version'], fields['flags'], fields['method'], fields['time'],
                           fields['date'], fields['crc'], fields['compressed'] & 0xFFFFFFFF,
                           fields['size'] & 0xFFFFFFFF, len(name), len(extra))

    def stamp(self):
        return struct.pack('<HHBi', 0x5455, 5, 1, self.modified)

    def local_header(self):
        name = self.local.get('name', self.name)
        extra = self.local.get('extra', self.extra if self.extra is not None else self.padding() + self.stamp())
        return struct.pack('<I', 0x04034B50) + self.common({**self.fields(), **self.local}, name, extra) + name + extra

    def padding(self):
        # Room for the ZIP64 field, which entries of more than one block keep.
        return struct.pack('<HHH', 0xA220, 16, 0xA028) + bytes(14) if self.blocks else b''

    def central_header(self, offset):
        name = self.central.get('name', self.name)
        extra = self.central.get('extra', self.extra if self.extra is not None else self.stamp())
        comment = self.central.get('comment', b'')
        folder = 0x10 if self.name.endswith(b'/') else 0
        return (struct.pack('<IH', 0x02014B50, self.central.get('made', 3 << 8 | 45))
                + self.common({**self.fields(), **self.central}, name, extra)
                + struct.pack('<HHHII', len(comment), self.central.get('disk', 0), 0,
                              (self.central.get('mode', self.mode) << 16 | folder) & 0xFFFFFFFF,
                              self.central.get('offset', offset) & 0xFFFFFFFF) + name + extra + comment)


class Archive:
    """An archive: entries before the manifest, and the manifest as a dictionary, bytes, or nothing."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as packed:
            self.manifest = json.loads(packed.read('manifest.json'))
            self.entries = []
            for info, says in zip(packed.infolist(), self.manifest['entries']):
                entry = Entry(info.filename, packed.read(info), info.external_attr >> 16,
                              calendar.timegm(info.date_time + (0, 0, 0)), info.compress_type, says.get('rows'),
                              says.get('blocks'))
                entry.modified = int(says['modified'].split('.')[0])
                entry.nanoseconds = says['modified'].split('.')[1]
                if entry.blocks:
                    with open(path, 'rb') as file:
                        file.seek(info.header_offset + 26)
                        lengths = struct.unpack('<HH', file.read(4))
                        file.seek(sum(lengths), 1)
                        entry.raw = file.read(info.compress_size)
                self.entries.append(entry)
        # Bytes that stand for the manifest; changes to it; changes to the bytes of the finished file.
        self.manifest_bytes, self.change_manifest, self.change_bytes = None, [], []
        self.end, self.tail, self.before_directory, self.prefix = {}, b'', b'', b''
        self.manifest_entry = None

    def find(self, name):
        return next(e for e in self.entries if e.name == name.encode())

    def add(self, *entries):
        """Puts entries of the data folder where they belong: after the data folder, which follows the home folder."""
        if not any(e.name == b'data/' for e in self.entries):
            at = max(i for i, e in enumerate(self.entries) if e.name.startswith((b'ini/', b'home/'))) + 1
            self.entries.insert(at, Entry('data/', mode=0o40700))
        at = next(i for i, e in enumerate(self.entries) if e.name == b'data/') + 1
        self.entries[at:at] = entries

    def bytes(self):
        body, central, says = bytearray(self.prefix), [], []
        for entry in self.entries:
            offset = entry.central.get('offset', len(body))
            fields = entry.fields()
            central.append(entry.central_header(offset))
            if not entry.central.get('no body'):
                body += entry.local_header() + entry.packed()
            line = {'name': entry.name.decode(errors='replace'), 'size': fields['size'],
                    'compressedSize': fields['compressed'], 'offset': offset, 'crc32': '%08x' % fields['crc'],
                    'sha256': hashlib.sha256(entry.data).hexdigest(), 'mode': '%o' % entry.mode,
                    'modified': f'{entry.modified}.{getattr(entry, "nanoseconds", "000000000")}', **entry.says}
            if entry.rows is not None:
                line['rows'] = entry.rows
            if entry.blocks:
                line['blocks'] = entry.blocks
            says.append({k: v for k, v in line.items() if v is not ...})
        manifest = copy.deepcopy(self.manifest)
        manifest['entries'] = says
        for change in self.change_manifest:
            manifest = change(manifest) or manifest
        text = self.manifest_bytes
        if text is None:
            text = json.dumps(manifest, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode(
                errors='surrogateescape')
        if text is not ...:
            last = self.manifest_entry or Entry('manifest.json', text, method=8)
            central.append(last.central_header(len(body)))
            body += last.local_header() + last.packed()
        body += self.before_directory
        directory = b''.join(central)
        count = self.end.get('count', len(central))
        size, offset = self.end.get('size', len(directory)), self.end.get('offset', len(body))
        end = b''
        if count >= 0xFFFF or 'large' in self.end:
            large = {'count': count, 'size': size, 'offset': offset, **self.end.get('large', {})}
            end = struct.pack('<IQHHIIQQQQ', 0x06064B50, 44, 3 << 8 | 45, 45, 0, 0, large['count'], large['count'],
                              large['size'], large['offset'])
            end += struct.pack('<IIQI', 0x07064B50, 0, len(body) + len(directory), 1)
        end += struct.pack('<IHHHHIIH', 0x06054B50, self.end.get('disk', 0), 0,
                           min(self.end.get('small count', count), 0xFFFF), min(count, 0xFFFF), size, offset,
                           len(self.end.get('comment', b''))) + self.end.get('comment', b'')
        result = bytes(body) + directory + end + self.tail
        for change in self.change_bytes:
            result = change(result)
        return result


class BackupSet:
    """The three archives of a test-bed set, to be changed and written to a folder without a report."""

    def __init__(self, paths, id):
        self.id = id
        self.archives = {c: Archive(p) for c, p in paths.items()}
        self.hub, self.lui, self.trk = (self.archives[c] for c in ('HUB', 'LUI', 'TRK'))
        self.leaves_digests = False

    def write(self, folder):
        os.makedirs(folder, exist_ok=True)
        digests = {}
        for component in ('LUI', 'TRK', 'HUB'):
            archive = self.archives[component]
            if component == 'HUB' and not self.leaves_digests:
                archive.manifest['otherArchives'] = digests
            data = archive.bytes()
            digests[component] = hashlib.sha256(data).hexdigest()
            with open(os.path.join(folder, f'{component}_TestBedBackup_{self.id}.zip'), 'wb') as file:
                file.write(data)

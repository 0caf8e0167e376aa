"""What the crash, fault and archive harnesses share: demo installations on a memory disk, the program run with the
interposer, and eyes of their own on the state of an installation."""
import hashlib, json, multiprocessing, os, queue, re, shutil, sqlite3, stat, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get('HUBTUI', os.path.join(HERE, '../.build/release/hubtui'))
COMPONENTS = [('hub', 'hub.ini'), ('lui', 'lui.ini'), ('trk', 'tracker.ini')]
MARKS = ('The backup was completed successfully', 'The test-bed-backup was completed successfully')


class Wrong(Exception):
    """A promise that was broken; its text is the finding."""


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def work_folder():
    """A new folder, on a memory disk when there is one: thousands of copies are made in it."""
    base = next((p for p in ('/dev/shm', '/tmp') if os.access(p, os.W_OK)), None)
    folder = tempfile.mkdtemp(prefix='hubtui-torture-', dir=base)
    os.chmod(folder, 0o755)
    return folder


def build_interposer(folder):
    path = os.path.join(folder, 'interpose.so')
    subprocess.run(['cc', '-Wall', '-Wextra', '-Werror', '-O2', '-shared', '-fPIC', '-o', path,
                    os.path.join(HERE, 'interpose.c'), '-ldl', '-lpthread'], check=True)
    return path


class Run:
    def __init__(self, process, out, err):
        self.status, self.out, self.err = process.returncode, out, err

    def __str__(self):
        return f'exit {self.status}: {self.err.strip()[-400:] or self.out.strip()[-200:]}'


def run(arguments, environment=None, stdin='', timeout=120, user=None):
    """Runs the program. Its output goes into pipes, so that it is none of the counted files."""
    command = [PROGRAM] + arguments
    if user is not None:
        command = ['setpriv', f'--reuid={user}', f'--regid={user}', '--clear-groups', '--'] + command
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace')
    try:
        out, err = process.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Wrong(f'it hangs: {" ".join(arguments)}')
    return Run(process, out, err)


def good(arguments, **more):
    result = run(arguments, **more)
    expect(result.status == 0, f'{" ".join(arguments[:3])} must succeed: {result}')
    return result


def tree(folder):
    """Type, mode, time and content of everything below a folder."""
    nodes = {}
    for parent, folders, files in os.walk(folder):
        for name in ['.'] * (parent == folder) + folders + files:
            path = os.path.normpath(os.path.join(parent, name))
            status = os.lstat(path)
            content = ''
            if stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(status.st_mode):
                with open(path, 'rb') as file:
                    content = hashlib.sha256(file.read()).hexdigest()
            nodes[os.path.relpath(path, folder)] = (status.st_mode, status.st_mtime_ns, content)
    return nodes


def dump(path):
    """Every object and row of a database, looked at through a copy: no trace is left beside the file."""
    if not os.path.exists(path):
        return {'(no database)': ''}
    result = {}
    with tempfile.TemporaryDirectory(dir='/dev/shm' if os.access('/dev/shm', os.W_OK) else None) as folder:
        for suffix in ('', '-wal'):
            if os.path.exists(path + suffix):
                shutil.copy(path + suffix, folder + '/db' + suffix)
        connection = sqlite3.connect(folder + '/db')
        connection.text_factory = bytes
        try:
            expect(connection.execute('PRAGMA integrity_check').fetchall() == [(b'ok',)], f'a damaged database: {path}')
            names = [(r[0].decode(), r[1]) for r in connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'table' OR sql IS NOT NULL ORDER BY name")]
            for name, sql in names:
                result['sql ' + name] = sql
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                rows = connection.execute(f'SELECT * FROM "{name.decode()}"').fetchall()
                if name == b'hub_settings':
                    # When the restore was, differs with the moment, and the order of a JSON object's words with the run.
                    rows = [(r[0], sorted(r[1]) if r[0] == b'hub.test-system.production-hosts' else r[1])
                            for r in rows if r[0] != b'hub.test-system.restored']
                result['rows ' + name.decode()] = sorted(rows, key=repr)
        finally:
            connection.close()
    return {k: hashlib.sha256(repr(v).encode()).hexdigest() for k, v in result.items()}


def state(folder, database=None, masks_ids=False):
    """The whole logical state of an installation: INI files, data folders, rows."""
    parts = {}
    for home, ini in COMPONENTS:
        path = os.path.join(folder, home, ini)
        try:
            with open(path, 'rb') as file:
                text = file.read()
        except FileNotFoundError:
            text = b'(absent)'
        parts[ini] = re.sub(rb'(?m)^instance\.id=.*$', b'instance.id=*', text) if masks_ids else text
        # What belongs to the machine and not to the system's state: no backup has it.
        machine = re.compile(r'(logs|backup|operation\..*|login-delays\..*|restore-journal\.json|former-state\.json'
                             r'|\.restore-.*|\..*\.partial|[a-z]+\.pid)$')
        top = os.path.join(folder, home)
        for name in set(os.listdir(top) if os.path.isdir(top) else []) | {'data'}:
            thing = os.path.join(top, name)
            if name == ini or machine.match(name):
                continue
            if os.path.isdir(thing) and not os.path.islink(thing):
                parts[home + '/' + name] = tree(thing)
            elif os.path.lexists(thing):
                with open(thing, 'rb') as file:
                    parts[home + '/' + name] = (os.lstat(thing).st_mode, file.read())
            else:
                parts[home + '/' + name] = '(absent)'
    parts.update(dump(database or os.path.join(folder, 'database/maestro.sqlite')))
    return parts


def difference(one, other):
    return sorted(k for k in set(one) | set(other) if one.get(k) != other.get(k))


def strays(folder, more=()):
    """Files that no completed operation leaves."""
    found = []
    token = None
    former = os.path.join(folder, 'hub/former-state.json')
    if os.path.exists(former):
        with open(former) as file:
            token = json.load(file)['token']
    places = [os.path.join(folder, p) for p in ('', 'database', 'hub', 'lui', 'trk', 'hub/backup', 'lui/backup',
                                                'trk/backup', 'hub/logs')] + list(more)
    for place in places:
        for name in os.listdir(place) if os.path.isdir(place) else []:
            other = re.search(r'\.restore-former-([0-9A-Z]{8})', name)
            if '.restore-staged-' in name or name.endswith('.partial') or name == 'restore-journal.json' or (
                    other and other[1] != token):
                found.append(os.path.join(place, name))
    return found


class Site:
    """A demo production and a test server at one place, put back from a copy before each point: their INI files and
    settings name absolute paths, so the place stays the same."""

    def __init__(self, folder):
        self.folder = folder
        self.live = os.path.join(folder, 'site')
        self.kept = os.path.join(folder, 'kept')
        self.production = os.path.join(self.live, 'production')
        self.server = os.path.join(self.live, 'server')
        self.database = os.path.join(self.live, 'production-database/maestro.sqlite')
        self.share = os.path.join(self.live, 'share/lui-backup')
        os.makedirs(self.kept)
        good(['demo', self.live, '--subscribers', '50', '--events', '100', '--seed', '1'])
        os.rename(os.path.join(self.live, 'test-server'), self.server)
        for _ in range(3):
            # As many as the shortest history keeps, so that the next one has something to remove.
            self.old = self.backup()
        self.normal = self.old
        self.set = self.backup('--test-bed')
        self.keep('fresh')
        self.restore()
        self.keep('restored-once')
        good(['backup', 'list', '--install-folder', self.server])
        good(['settings', 'set', 'lui.general.language', 'fr', '--install-folder', self.server])
        with open(os.path.join(self.server, 'lui/data/own work.txt'), 'w') as file:
            file.write('of the tester')
        self.keep('restored')

    @property
    def backup_folders(self):
        return [os.path.join(self.production, 'hub/backup'), self.share, os.path.join(self.production, 'trk/backup')]

    @property
    def source(self):
        return [word for folder in self.backup_folders for word in ('--from', folder)]

    def backup(self, *flags):
        return good(['backup', 'create', *flags, '--install-folder', self.production]).out.split()[-1]

    def restore(self):
        good(['restore', self.set, '--yes', *self.source, '--install-folder', self.server])

    def keep(self, name):
        subprocess.run(['cp', '-a', self.live, os.path.join(self.kept, name)], check=True)

    def reset(self, name):
        remove(self.live)
        subprocess.run(['cp', '-a', os.path.join(self.kept, name), self.live], check=True)


def remove(path):
    """Also what a harness made unreadable."""
    if not os.path.lexists(path):
        return
    if subprocess.run(['rm', '-rf', path], stderr=subprocess.DEVNULL).returncode:
        subprocess.run(['chmod', '-R', 'u+rwx', path])
        subprocess.run(['rm', '-rf', path], check=True)


def sets(folder, *more):
    return json.loads(good(['backup', 'list', '--json', *more, '--install-folder', folder]).out)


def result(name, counts, failures, seconds):
    """Tells the caller's table what was done, and the reader what was wrong."""
    for failure in failures[:20]:
        print(f'FAIL  {failure}')
    if len(failures) > 20:
        print(f'      … and {len(failures) - 20} more')
    line = {'name': name, 'counts': counts, 'failures': len(failures), 'seconds': round(seconds)}
    path = os.environ.get('TORTURE_RESULTS')
    if path:
        with open(path, 'a') as file:
            file.write(json.dumps(line) + '\n')
    print(json.dumps(line))
    sys.exit(1 if failures else 0)


def share_out(worker, tasks, jobs, folder, interposer):
    """Gives tasks to workers, each with a site of its own. Their counts by name, and all failures."""
    waiting, results = multiprocessing.Queue(), multiprocessing.Queue()
    for task in tasks + [None] * jobs:
        waiting.put(task)
    workers = [multiprocessing.Process(target=worker, args=(f'{folder}/{i}', interposer, waiting, results))
               for i in range(jobs)]
    for process in workers:
        process.start()
    counts, failures = {}, []
    for _ in tasks:
        while True:
            try:
                name, number, wrong = results.get(timeout=5)
                break
            except queue.Empty:
                if not any(process.is_alive() for process in workers):
                    sys.exit('the workers ended early')
        counts[name] = counts.get(name, 0) + number
        failures += wrong
    return counts, failures

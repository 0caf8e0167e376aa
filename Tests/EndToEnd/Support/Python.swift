/// Runs Python over the installations and archives: eyes that share no code with the product.
///
/// - Returns: what it printed. A failed `assert` of the code is thrown with its words.
@discardableResult
func python(_ code: String, _ arguments: [String] = []) throws -> String {
  let run = try run([interpreter, "-c", prelude + code] + arguments)
  guard run.status == 0 else {
    throw Failure("Python: \(run.errors.split(separator: "\n").suffix(6).joined(separator: "\n"))")
  }
  return run.output
}

/// A Python program that goes on until it is stopped.
func background(_ code: String, _ arguments: [String] = []) throws -> Running {
  try Running([interpreter, "-c", prelude + code] + arguments)
}

/// Debian's own, which `scripts/test-packages` names: another one on PATH may be a script that looks for a version first,
/// and takes longer than most snippets.
private let interpreter = "/usr/bin/python3"

/// What every snippet can use.
private let prelude = #"""
  import fcntl, glob, hashlib, io, json, os, re, shutil, socket, sqlite3, sys, tempfile, time, warnings, zipfile
  warnings.simplefilter('error')
  A = sys.argv[1:]

  def db(path):
      """The database in memory: looking at it leaves no trace beside it."""
      memory = sqlite3.connect(':memory:')
      with tempfile.TemporaryDirectory() as folder:
          for suffix in ('', '-wal'):
              if os.path.exists(path + suffix):
                  shutil.copy(path + suffix, folder + '/db' + suffix)
          source = sqlite3.connect(folder + '/db')
          source.backup(memory)
          source.close()
      memory.text_factory = lambda b: b.decode('utf-8', 'surrogateescape')
      return memory

  def tables(c):
      names = [r[0] for r in c.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
      return [n for n in names if n[:4] in ('hub_', 'lui_', 'trk_')]

  def columns(c, table):
      return [r[1] for r in c.execute(f'PRAGMA table_info("{table}")')]

  def rows(c, table):
      """Rows by primary key, each a dictionary."""
      info = list(c.execute(f'PRAGMA table_info("{table}")'))
      key = [i for i, r in enumerate(info) if r[5]]
      return {tuple(r[i] for i in key): {info[i][1]: v for i, v in enumerate(r)}
              for r in c.execute(f'SELECT * FROM "{table}"')}

  def dump(c):
      """Everything in all tables, and how the tables are made, as one digest."""
      digest = hashlib.sha256()
      for sql in sorted(r[0] for r in c.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")):
          digest.update(sql.encode())
      for table in tables(c):
          for row in sorted(c.execute(f'SELECT * FROM "{table}"'), key=repr):
              digest.update(repr((table, row)).encode('utf-8', 'surrogateescape'))
      return digest.hexdigest()

  def ini(text):
      return dict((line.split('=', 1)[0].strip(), line.split('=', 1)[1].strip())
                  for line in text.splitlines() if '=' in line and not line.startswith('#'))

  ESCAPES = {'b': '\b', 't': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', '\\': '\\'}

  def copy_value(text):
      """A value of COPY text: None, or a string."""
      if text == '\\N':
          return None
      return re.sub(r'\\([0-7]{1,3}|.)', lambda m: ESCAPES.get(m[1]) or chr(int(m[1], 8)), text)

  def copy_rows(archive, table):
      """The rows of a table in an archive, each a dictionary of strings."""
      with zipfile.ZipFile(archive) as z:
          schema = json.loads(z.read(f'database/{table}.schema.json'))
          names = [c['name'] for c in schema['columns']]
          lines = z.read(f'database/{table}.copy').decode().split('\n')[:-1]
          return [dict(zip(names, map(copy_value, line.split('\t')))) for line in lines]

  def rewrite(archive, change):
      """Packs an archive anew; change gets name and bytes of each entry and gives the new bytes."""
      with zipfile.ZipFile(archive) as z:
          entries = [(i, z.read(i)) for i in z.infolist()]
      with zipfile.ZipFile(archive, 'w', zipfile.ZIP_DEFLATED) as z:
          for info, data in entries:
              z.writestr(info, change(info.filename, data))

  """#

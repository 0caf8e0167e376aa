/// Python that runs a program in a pseudo-terminal and looks at each byte; the code after it finds `Pty` there.
let ptyTools = #"""
  import pty, select, signal, struct, termios, tty

  class Pty:
      """A program in a terminal of its own."""

      def __init__(self, argv, columns=80, lines=24, ignoring=(), **environment):
          self.out = b''
          self.pid, self.fd = pty.fork()
          if self.pid == 0:
              fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', lines, columns, 0, 0))
              for number in ignoring:
                  signal.signal(number, signal.SIG_IGN)
              os.environ.pop('NO_COLOR', None)
              os.execvpe(argv[0], argv, dict(os.environ, TERM='xterm-256color', LC_ALL='C.UTF-8', **environment))

      def read(self, quiet=0.05, limit=10.0):
          """What comes until nothing came for so long."""
          got, end = b'', time.monotonic() + limit
          while time.monotonic() < end and select.select([self.fd], [], [], quiet)[0]:
              try:
                  piece = os.read(self.fd, 65536)
              except OSError:
                  break
              if not piece:
                  break
              got += piece
          self.out += got
          return got

      def write(self, text):
          os.write(self.fd, text if isinstance(text, bytes) else text.encode())

      def text(self, screen):
          """Without escape sequences."""
          return re.sub(rb'\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][0-9A-B]|[=>78])', b'', screen).decode('utf-8', 'replace')

      def see(self, *words, redraw=True):
          """Waits for words on the screen; each look has the whole screen drawn anew, so that words come in one piece."""
          shown = ''
          for _ in range(400):
              if redraw:
                  self.read(0.01)
                  self.write('\f')
              shown = self.text(self.read(0.1))
              if all(word in shown for word in words):
                  return shown
          raise AssertionError(f'never seen: {words} but: {shown}')

      def wait_raw(self, word):
          """Waits for bytes that come without a redraw."""
          for _ in range(400):
              if word in self.out:
                  return
              self.read(0.1, 0.2)
          raise AssertionError(f'never came: {word} but: {self.out[-2000:]}')

      def resize(self, columns, lines):
          fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', lines, columns, 0, 0))

      def modes(self):
          return termios.tcgetattr(self.fd)

      def login(self):
          self.see('Password')
          self.write('admin\tdemo-admin\r')
          self.see('Global Settings')

      def start_backup(self, folder):
          """Starts a test-bed backup; gives the process that makes it, stopped in the midst."""
          for key, word in [('g', 'Maestro Tracker'), ('a', 'Database Connections'), ('g', 'Create Backup'),
                            ('t', 'Nothing uncovered'), ('s', '[ Start ]')]:
              self.write(key)
              self.see(word)
          self.write('\t\r')
          until('the backup writes', lambda: operation(folder).get('phase', '').startswith('writing'))
          process = operation(folder)['processID']
          os.kill(process, signal.SIGSTOP)
          assert operation(folder)['outcome'] == 'running'
          return process

      def end(self):
          """Waits for its end; gives status and used processor time."""
          for _ in range(6000):
              pid, status, used = os.wait4(self.pid, os.WNOHANG)
              if pid:
                  if self.fd is not None:
                      self.read()
                  return status, used.ru_utime + used.ru_stime
              if self.fd is not None:
                  self.read(0.001, 0.01)
              time.sleep(0.005)
          os.kill(self.pid, 9)
          raise AssertionError('it never ended')

      def hang_up(self):
          os.close(self.fd)
          self.fd = None

  def operation(folder):
      """What the running operation says of itself."""
      try:
          return json.loads(content(folder + '/hub/operation.json'))
      except FileNotFoundError:
          return {'outcome': 'none'}

  def content(path):
      with open(path) as file:
          return file.read()

  def until(what, condition):
      for _ in range(36000):
          value = condition()
          if value:
              return value
          time.sleep(0.005)
      raise AssertionError('it never came to this: ' + what)

  """#

/// Runs Python with `ptyTools`.
@discardableResult
func terminal(_ code: String, _ arguments: [String]) throws -> String { try python(ptyTools + code, arguments) }

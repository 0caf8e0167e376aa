import Glibc

/// A demo production whose three components are on three machines, as far as ssh can tell: three sshd on three loopback
/// addresses with keys of their own, each before an install folder of its own, and between Hub and component a line that
/// a test can make slow, cut or silent.
final class Distribution {
  let folder: TemporaryFolder
  /// The Hub's machine.
  var production: String { folder["production"] }
  var testServer: String { folder["test-server"] }
  var database: String { folder["production-database/maestro.sqlite"] }
  /// The install folder of a component's machine.
  func machine(_ component: String) -> String { folder["machine-" + component] }
  func backups(_ component: String) -> String { machine(component) + "/\(component)/backup" }
  var environment: [String: String]
  private var servers: Running?

  static let hosts = ["hub": "127.0.0.11", "lui": "127.0.0.12", "trk": "127.0.0.13"]

  /// - Parameters:
  ///   - commands: what the key of a component runs instead of the service.
  ///   - mariadb: whether the system database is a server.
  init(commands: [String: String] = [:], mariadb: Bool = false, timeout: Int = 10) throws {
    folder = try TemporaryFolder()
    environment = ["HUBTUI_SSH_CONFIG": folder["ssh/config"], "HUBTUI_SSH_TIMEOUT": String(timeout)]
    try run(
      Program.command(
        ["demo", folder.path, "--subscribers", "200", "--events", "1000"]
          + (mariadb ? ["--database", "mariadb"] : []))
    ).succeeded()
    for component in ["lui", "trk"] {
      try run(["mkdir", machine(component)]).succeeded()
      try run(["mv", production + "/" + component, machine(component)]).succeeded()
    }
    var forced: [String] = []
    for component in ["hub", "lui", "trk"] {
      let service = "\(Program.path) component serve --component \(component.uppercased())"
      let own =
        component == "hub"
        ? "env HUBTUI_SSH_CONFIG=\(folder["ssh/config"]) \(Program.path) --install-folder \(production) backup create --test-bed"
        : "\(service) --install-folder \(machine(component))"
      forced.append(commands[component] ?? own)
    }
    servers = try background(serverCode, [folder["ssh"]] + forced)
    let servers = servers
    try eventually("three sshd answer") {
      if servers?.isRunning == false { throw Failure("sshd: \(servers?.outputSoFar ?? "")") }
      return servers?.outputSoFar.contains("ready") == true
    }
    try settings("lui.ssh.host", Distribution.hosts["lui"] ?? "")
    try settings("trk.ssh.host", Distribution.hosts["trk"] ?? "")
    try settings("lui.backup.folder", "backup")
  }

  deinit {
    servers?.stop()
    guard FileManagerLite.exists(folder["production-database/mariadb.pid"]) else { return }
    for server in ["production-database", "test-server/database/mariadb"] {
      do {
        try EndToEnd.hubtui("database", "stop", "--server-folder", folder[server]).succeeded()
      } catch { print("a server does not stop: \(error)") }
    }
  }

  func settings(_ name: String, _ value: String) throws { try hubtui("settings", "set", name, value).succeeded() }

  /// The program on the Hub's machine.
  func hubtui(_ arguments: String...) throws -> Run {
    try run(Program.command(arguments, on: production), environment: environment)
  }

  /// The same, while it runs.
  func start(_ arguments: String...) throws -> Running {
    try Running(Program.command(arguments, on: production), environment: environment)
  }

  /// Makes a backup and gives its ID.
  func backup(_ flags: String...) throws -> String {
    let run = try run(
      Program.command(["backup", "create"] + flags, on: production), environment: environment)
    try run.succeeded()
    guard let id = run.lines.last else { throw Failure("no ID: \(run.output)") }
    return id
  }

  /// How a component's line is from the next connection on: `rate` in bit/s, `delay` in ms, `loss` in percent; `cut` and
  /// `stall` after so many bytes from there.
  func line(_ component: String, _ values: [String: Int]) throws {
    let pairs = values.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
    try write("{\(pairs)}", to: folder["ssh/line-\(component)"])
  }

  /// The bytes both ways on a component's line since the last question.
  func bytes(_ component: String) throws -> Int {
    let path = folder["ssh/bytes-\(component)"]
    let sum = try text(of: path).split(separator: "\n").reduce(0) { $0 + (Int($1) ?? 0) }
    try write("", to: path)
    return sum
  }

  /// What a component's machine says about its partial files and processes: nothing when all is cleaned away.
  func leftovers(_ component: String) throws -> [String] {
    let partials = try names(in: backups(component)).filter { $0.hasSuffix(".partial") }
    return try partials + processes(component)
  }

  /// The service's processes of a component.
  func processes(_ component: String) throws -> [String] {
    try run(["pgrep", "-f", "^\(Program.path) component serve .*--install-folder \(machine(component))"]).output
      .split(separator: "\n").map(String.init)
  }

  /// Nothing is published, on neither side, and nothing is left.
  func published() throws -> [String] {
    try eventually("the services have ended") {
      try processes("lui").isEmpty && processes("trk").isEmpty
    }
    var found: [String] = []
    for folder in [production + "/hub/backup", backups("lui"), backups("trk")] where FileManagerLite.exists(folder) {
      found += try names(in: folder)
    }
    return found
  }

  /// sshd's process of a component.
  func sshd(_ component: String) throws -> pid_t {
    pid_t(try text(of: folder["ssh/pid-\(component)"]).split(separator: "\n").first ?? "") ?? 0
  }
}

enum FileManagerLite {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

/// `A[0]` is the folder for keys and configuration, then the forced commands of hub, lui, trk.
private let serverCode = #"""
  import collections, ctypes, json, random, signal, subprocess, threading
  D = A[0]
  os.makedirs(D)
  def key(name):
      subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', f'{D}/{name}'], check=True)
  key('client')
  if os.getuid() == 0:
      os.makedirs('/run/sshd', mode=0o755, exist_ok=True)
  def die_with_parent():
      ctypes.CDLL(None).prctl(1, signal.SIGTERM)
  def free(host):
      with socket.socket() as s:
          s.bind((host, 0))
          return s.getsockname()[1]

  def pump(source, target, name, line, backward):
      """One direction of a line."""
      count, queue, room, free_at = 0, collections.deque(), threading.Condition(), time.monotonic()
      def send():
          while True:
              with room:
                  while not queue:
                      room.wait()
                  due, data = queue.popleft()
                  room.notify_all()
              time.sleep(max(0, due - time.monotonic()))
              if not data:
                  break
              try: target.sendall(data)
              except OSError: break
          for s in (source, target):
              try: s.shutdown(socket.SHUT_RDWR)
              except OSError: pass
      threading.Thread(target=send, daemon=True).start()
      due = time.monotonic()
      while True:
          try: data = source.recv(1448)
          except OSError: data = b''
          count += len(data)
          if backward and line.get('cut') and count > line['cut']:
              data = b''
          if backward and line.get('stall') and count > line['stall']:
              time.sleep(3600)
          now = time.monotonic()
          if line.get('rate'):
              free_at = max(now, free_at) + len(data) * 8 / line['rate']
              due = max(due, free_at + line.get('delay', 0) / 2000)
              # A lost packet comes again a round trip later, and what is behind it waits.
              if random.random() * 100 < line.get('loss', 0):
                  due += line.get('delay', 0) / 1000
          with room:
              while len(queue) > 64:
                  room.wait()
              queue.append((due, data))
              room.notify_all()
          if not data:
              with open(f'{D}/bytes-{name}', 'a') as file:
                  file.write(f'{count}\n')
              return

  def serve(listener, host, port, name):
      while True:
          client = listener.accept()[0]
          try:
              with open(f'{D}/line-{name}') as file:
                  line = json.load(file)
          except OSError:
              line = {}
          try:
              server = socket.create_connection((host, port))
          except OSError:
              client.close()
              continue
          for a, b, backward in ((client, server, False), (server, client, True)):
              a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
              if line.get('rate'):
                  a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
              threading.Thread(target=pump, args=(a, b, name, line, backward), daemon=True).start()

  config, known = '', ''
  for name, host, command in (('hub', '127.0.0.11', A[1]), ('lui', '127.0.0.12', A[2]), ('trk', '127.0.0.13', A[3])):
      key('host-' + name)
      port = free(host)
      listener = socket.create_server((host, 0))
      outside = listener.getsockname()[1]
      with open(f'{D}/client.pub') as file:
          public = file.read()
      with open(f'{D}/authorized-{name}', 'w') as file:
          file.write(f'command="{command}",restrict {public}')
      with open(f'{D}/sshd-{name}', 'w') as file:
          file.write(f'''
              Port {port}
              ListenAddress {host}
              HostKey {D}/host-{name}
              AuthorizedKeysFile {D}/authorized-{name}
              PidFile {D}/pid-{name}
              PasswordAuthentication no
              KbdInteractiveAuthentication no
              PermitRootLogin prohibit-password
              UsePAM no
              StrictModes no
              PrintMotd no
              MaxStartups 100
              UseDNS no
              ''')
      subprocess.Popen(['/usr/sbin/sshd', '-D', '-e', '-f', f'{D}/sshd-{name}'], preexec_fn=die_with_parent,
                       stderr=open(f'{D}/log-{name}', 'w'))
      for _ in range(500):
          try:
              socket.create_connection((host, port), 1).close()
              break
          except OSError:
              time.sleep(0.02)
      threading.Thread(target=serve, args=(listener, host, port, name), daemon=True).start()
      open(f'{D}/bytes-{name}', 'w').close()
      with open(f'{D}/host-{name}.pub') as file:
          known += f'[{host}]:{outside} ' + ' '.join(file.read().split()[:2]) + '\n'
      config += f'''
  Host {host}
    Port {outside}
    User {__import__('pwd').getpwuid(os.getuid()).pw_name}
    IdentityFile {D}/client
    IdentitiesOnly yes
    UserKnownHostsFile {D}/known
    GlobalKnownHostsFile none
  '''
  with open(D + '/known', 'w') as file:
      file.write(known)
  with open(D + '/config', 'w') as file:
      file.write(config)
  print('ready', flush=True)
  while True:
      time.sleep(3600)
  """#

/// Ends a process of a test's own, and waits until it is gone.
func kill(_ process: pid_t) {
  guard process > 1 else { return }
  Glibc.kill(process, SIGKILL)
  for _ in 0..<500 where Glibc.kill(process, 0) == 0 { usleep(2000) }
}

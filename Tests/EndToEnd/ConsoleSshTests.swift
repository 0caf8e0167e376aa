import Testing

/// The console as the forced command of an SSH key, through a real sshd.
@Suite(.waiting) struct ConsoleSshTests {
  @Test func aDroppedLineLeavesTheBackupToFinish() throws {
    let demo = try Demo()
    try run(["truncate", "-s", "200M", demo.production + "/lui/data/uploads/large.bin"]).succeeded()
    let folder = try TemporaryFolder()
    let id = try terminal(
      """
      import shlex, subprocess
      production, folder, program = A
      def key(name):
          subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', f'{folder}/{name}'], check=True)
      key('host')
      key('operator')
      with socket.socket() as s:
          s.bind(('127.0.0.1', 0))
          port = s.getsockname()[1]
      command = f'LC_ALL=C.UTF-8 {shlex.quote(program)} --install-folder {shlex.quote(production)}'
      with open(folder + '/authorized_keys', 'w') as file:
          file.write(f'restrict,pty,command="{command}" ' + content(folder + '/operator.pub'))
      with open(folder + '/sshd_config', 'w') as file:
          file.write(f'''
              Port {port}
              ListenAddress 127.0.0.1
              HostKey {folder}/host
              AuthorizedKeysFile {folder}/authorized_keys
              PidFile none
              PasswordAuthentication no
              KbdInteractiveAuthentication no
              PermitRootLogin prohibit-password
              UsePAM no
              StrictModes no
              PrintMotd no
              ''')
      # Its folder for dropped privileges is there only when the service was started once.
      if os.getuid() == 0:
          os.makedirs('/run/sshd', mode=0o755, exist_ok=True)
      sshd = subprocess.Popen(['/usr/sbin/sshd', '-D', '-e', '-f', folder + '/sshd_config'], stderr=subprocess.DEVNULL)
      try:
          def answers():
              try:
                  socket.create_connection(('127.0.0.1', port), 1).close()
                  return True
              except OSError:
                  return False
          until('sshd answers', answers)
          client = ['ssh', '-tt', '-F', 'none', '-p', str(port), '-i', folder + '/operator', '-o', 'IdentitiesOnly=yes',
                    '-o', 'StrictHostKeyChecking=no', '-o', f'UserKnownHostsFile={folder}/known', '-o', 'LogLevel=ERROR',
                    '127.0.0.1']
          t = Pty(client + ['sh'])
          # The console and no shell, whatever the client asks for.
          t.login()
          process = t.start_backup(production)
          def consoles():
              found = []
              for path in glob.glob('/proc/[0-9]*/cmdline'):
                  try:
                      words = content(path).split('\\0')
                  except OSError:
                      continue
                  if words[0] == program and 'backup' not in words and production in words:
                      found.append(path)
              return found
          assert len(consoles()) == 1, consoles()
          os.kill(t.pid, signal.SIGKILL)
          t.end()
          # The console goes with its line, the operation does not.
          until('the console has ended', lambda: not consoles())
          os.kill(process, signal.SIGCONT)
          until('it is over', lambda: operation(production)['outcome'] != 'running')
          status = operation(production)
          assert status['outcome'] == 'succeeded', status
          again = Pty(client)
          again.login()
          again.write('r')
          again.see('✓ Succeeded', status['backupID'])
          again.write('\\x1b')
          again.see('Global Settings')
          again.write('q')
          again.see('Leave the console?')
          again.write('\\t\\r')
          assert again.end()[0] == 0
          log = [json.loads(line) for line in content(production + '/hub/logs/audit.jsonl').splitlines()]
          done = {(e['action'], e['source'], e['result']) for e in log}
          assert ('login', 'ssh 127.0.0.1', 'done') in done, done
          assert ('backup create', 'ssh 127.0.0.1', 'done') in done, done
          print(status['backupID'], end='')
      finally:
          sshd.terminate()
          sshd.wait()
      """, [demo.production, folder.path, Program.path])
    try hubtui("backup", "verify", id, on: demo.production).succeeded()
    #expect(try text(of: demo.reportPath(id, testBed: true)).hasSuffix("completed successfully\n"))
  }
}

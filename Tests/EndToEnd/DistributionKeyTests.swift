import Testing

/// What a key whose forced command is the service can do: serve its own component, and nothing else.
@Suite(.waiting) struct DistributionKeyTests {
  @Test func theKeyServesItsOwnComponentAlone() throws {
    let three = try Distribution()
    let id = try three.backup("--test-bed")
    let before = try Tree(three.folder.path, ignoring: ["ssh", "machine-lui/lui/logs/audit.jsonl"])
    for words in [
      ["sh"], ["cat", "/etc/passwd"], ["touch", three.folder["touched"]], ["sftp-server"], ["internal-sftp"],
      ["hubtui", "settings", "list"],
      ["hubtui", "component", "serve", "--component", "TRK", "--install-folder", three.machine("trk")],
      ["hubtui", "component", "serve", "--component", "LUI", "--install-folder", three.production],
    ] {
      let run = try ssh(three, words, input: "")
      // A frame of its hello, for LUI, whatever was asked for.
      #expect(run.output.contains("\"component\":\"LUI\"") && !run.output.contains("root:"), "\(words): \(run.output)")
    }
    for options in [["-L", "127.0.0.1:0:127.0.0.1:22"], ["-R", "0:127.0.0.1:22"], ["-D", "0"], ["-A"], ["-X"]] {
      _ = try ssh(three, ["true"], options: options)
    }
    let copy = try run(
      ["scp", "-F", three.folder["ssh/config"], "127.0.0.12:/etc/passwd", three.folder["stolen"]])
    #expect(copy.status != 0)
    let put = try run(
      ["scp", "-F", three.folder["ssh/config"], "/etc/hostname", "127.0.0.12:" + three.folder["planted"]])
    #expect(put.status != 0)
    #expect(
      try Tree(three.folder.path, ignoring: ["ssh", "machine-lui/lui/logs/audit.jsonl"]).differences(to: before) == [])
    _ = id
  }

  /// Requests of its own making, from somebody who has the key.
  @Test func noRequestLeavesTheComponent() throws {
    let three = try Distribution()
    let id = try three.backup("--test-bed")
    try write("secret", to: three.folder["secret.zip"])
    try run(["ln", "-s", three.folder["secret.zip"], three.backups("lui") + "/LUI_Backup_\(id).zip"]).succeeded()
    let before = try Tree(three.folder.path, ignoring: ["ssh"])
    try python(
      """
      import struct, subprocess
      def talk(*requests):
          p = subprocess.Popen(['ssh', '-T', '-F', A[0], '127.0.0.12'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
          def frame(kind, payload):
              p.stdin.write(struct.pack('>I', len(payload)) + kind + payload)
              p.stdin.flush()
          def receive():
              while True:
                  head = p.stdout.read(5)
                  if len(head) < 5:
                      return None, b''
                  payload = p.stdout.read(struct.unpack('>I', head[:4])[0])
                  if head[4:] != b'B':
                      return head[4:], payload
          kind, hello = receive()
          assert kind == b'H', kind
          frame(b'H', hello)
          answers = []
          for request in requests:
              frame(b'M', request if isinstance(request, bytes) else json.dumps(request).encode())
              answers.append(receive())
          p.stdin.close()
          p.wait(20)
          return answers
      ID = A[1]
      bad = '../../../../' + A[2]
      for request in (
          {'fetch': {'_0': 'test-bed', '_1': bad, 'offset': 0}}, {'fetch': {'_0': bad, '_1': ID, 'offset': 0}},
          {'digest': {'_0': 'test-bed', '_1': bad, 'count': 5}}, {'withdraw': {'_0': 'normal', '_1': bad}},
          {'fetch': {'_0': 'test-bed', '_1': ID, 'offset': -1}}, {'read': {'_0': '/etc/passwd'}}, b'{', b'[]', b'\\xff\\xfe'):
          kind, answer = talk(request)[0]
          assert b'failed' in answer and b'root:' not in answer and b'secret' not in answer, (request, answer)
      # A link with an archive's name is not followed.
      kind, answer = talk({'fetch': {'_0': 'normal', '_1': ID, 'offset': 0}})[0]
      assert b'failed' in answer and b'not a plain file' in answer, answer
      # Out of order.
      for request in ({'publish': {}}, {'write': {'earlier': {'rules': []}}}, {'trim': {'newest': ID, 'valid': [ID]}}):
          kind, answer = talk(request)[0]
          assert b'failed' in answer and b'no backup is being made' in answer, answer
      prepare = {'prepare': {'_0': {'kind': 'normal', 'id': ID, 'level': 99, 'masksRecipients': False, 'siteRules': '',
                 'maskingKey': [0] * 32, 'originFingerprint': '0' * 64, 'rulesPath': '', 'isPreview': False}}}
      kind, answer = talk(prepare)[0]
      assert b'failed' in answer, answer
      """, [three.folder["ssh/config"], id, three.folder["secret.zip"]])
    let after = try Tree(three.folder.path, ignoring: ["ssh"])
    let changed = after.differences(to: before).filter {
      !$0.hasPrefix("machine-lui/lui/logs") && !$0.hasPrefix("machine-lui/lui/operation") && $0 != "machine-lui/lui"
        && !$0.hasPrefix("production-database")
    }
    #expect(changed == [])
  }

  private func ssh(
    _ three: Distribution, _ words: [String], options: [String] = [], input: String = ""
  ) throws -> Run {
    try run(["ssh", "-T", "-F", three.folder["ssh/config"]] + options + ["127.0.0.12"] + words, input: input)
  }
}

import AdminCore
import Glibc
import HubTUI
import TUIKitLite

/// A folder that is removed when the test ends.
final class PlainFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/hubtui-plain-XXXXXX".utf8CString)
    let made = mkdtemp(&template)
    precondition(made != nil, "mkdtemp: \(errno)")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileSystem.remove(path) }
}

/// A fresh installation, for one test alone.
struct PlainInstallation {
  static let password = "correct horse"
  let folder = PlainFolder()
  let hub: Hub

  init() throws {
    try Setup.create(folder.path + "/maestro", password: Self.password)
    hub = try Hub(installFolder: folder.path + "/maestro")
  }
}

/// The plain mode with answers that were given beforehand; what it wrote, with each answer on a line that begins with `»`.
func plain(_ hub: Hub, _ answers: [String], program: String = ReadingProgram.path) -> String {
  var rest = answers[...]
  var written = ""
  let prompt = PlainPrompt(
    read: { _ in
      let answer = rest.popFirst()
      written += "\n" + (answer.map { "»\($0)\n" } ?? "")
      return answer
    }, write: { written += $0 },
    wait: { _ in true })
  PlainConsole(hub, prompt: prompt, program: program, now: { 1_800_000_000 }).run()
  return written
}

/// The same after a login.
func plainIn(_ installation: PlainInstallation, _ answers: String...) -> String {
  plain(installation.hub, [Setup.administrator, PlainInstallation.password] + answers)
}

import AdminCore
import FrameFiles
import HubTUI
import Synchronization
import TUIKitLite
import Testing

/// What an operator does and sees at the console, in order.
enum Step: Sendable {
  /// Presses keys.
  case keys([Key])
  /// Waits until the screen has this text.
  case sees(String)
  /// Waits until it has it no longer.
  case misses(String)
  /// The frame must look as the file of this name.
  case frame(String)

  /// Presses the keys of menus' letters, or types.
  static func types(_ text: String) -> Step { .keys(text.map { .character($0) }) }
  /// Presses one key.
  static func key(_ key: Key) -> Step { .keys([key]) }
}

/// A visit to the real console on a display in memory.
struct Visit {
  static let sizes = [Size(80, 24), Size(132, 43)]

  let hub: Hub
  var isLoggedIn = true
  var now: Int64 = Stage.now
  var scratch: Scratch?
  var launcher = OperationLauncher(program: ReadingProgram.path)
  var sizes = Visit.sizes

  private final class Notes: Sendable {
    let frames = Mutex<[(name: String, canvas: Canvas)]>([])
    let reached = Mutex<Set<Int>>([])
  }

  /// Does the steps at each size.
  @discardableResult
  func run(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) throws -> MemoryTerminal {
    var last: MemoryTerminal?
    for size in sizes { last = try run(steps, size, sourceLocation) }
    return try #require(last)
  }

  private func run(_ steps: [Step], _ size: Size, _ sourceLocation: SourceLocation) throws -> MemoryTerminal {
    let notes = Notes()
    let script = steps.enumerated().flatMap { place, step -> [MemoryTerminal.Step] in
      func until(_ isWanted: @escaping @Sendable (Canvas) -> Bool) -> [MemoryTerminal.Step] {
        [
          .until { canvas in
            guard isWanted(canvas) else { return false }
            notes.reached.withLock { _ = $0.insert(place) }
            return true
          }
        ]
      }
      switch step {
      case .keys(let keys): return keys.map { .event(.key($0)) }
      case .sees(let text): return until { $0.text.contains(text) }
      case .misses(let text): return until { !$0.text.contains(text) }
      case .frame(let name):
        return until { canvas in
          notes.frames.withLock { $0.append((name, canvas)) }
          return true
        }
      }
    }
    let terminal = try MemoryTerminal(size, script: script)
    terminal.patience = .seconds(30)
    let now = now
    let system = KnownSystem(isLoggedIn ? SystemFacts.read(hub, now: now) : SystemFacts())
    let context = ConsoleContext(hub: hub, system: system, now: { now })
    let root: any ConsoleScreen = isLoggedIn ? MenuTree.root(context) : LoginScreen(context) as any ConsoleScreen
    _ = Console(
      display: terminal, context: context, isLoggedIn: isLoggedIn, host: "hub.example", launcher: launcher
    ).run(root: root, login: { LoginScreen(context) })
    for (place, step) in steps.enumerated() where !notes.reached.withLock({ $0.contains(place) }) {
      if case .keys = step { continue }
      Issue.record("step \(place), \(step), was not reached:\n\(terminal.frame.text)", sourceLocation: sourceLocation)
    }
    let normal = try Normaliser(scratch)
    for (name, canvas) in notes.frames.withLock({ $0 }) {
      let file = FrameFile("\(name)-\(size.width)x\(size.height)", beside: Visit.testFolder)
      if let difference = file.difference(from: normal.text(canvas.record)) {
        Issue.record("\(difference)", sourceLocation: sourceLocation)
      }
    }
    return terminal
  }

  // The folder of the tests, from this file in its folder Support.
  private static var testFolder: String { #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } }
}

/// Puts something of the same width in the place of all that differs from run to run.
struct Normaliser {
  private let folders: [String]

  init(_ scratch: Scratch? = nil) throws {
    folders = [try Stage.shared.scratch, scratch].compactMap { $0?.folder }
  }

  func text(_ text: String) -> String {
    var text = text
    for folder in folders { text = text.replacing(folder, with: "/srv/maestro-demo1") }
    text = text.replacing(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "2026-01-02T03:04:05Z")
    text = text.replacing(/\d+(\.\d)? (B|kB|MB|bytes)/) { match in
      String(match.output.0.map { $0.isNumber ? "0" : $0 })
    }
    // A digest may be broken over two lines; a backup ID has no letters before its hyphen.
    return text.replacing(/[0-9a-f]{12,}/) { match in
      match.output.allSatisfy(\.isNumber) ? String(match.output) : String(repeating: "0", count: match.output.count)
    }
  }
}

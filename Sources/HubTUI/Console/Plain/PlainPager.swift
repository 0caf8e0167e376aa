import AdminCore
import TUIKitLite

extension PlainConsole {
  /// How many lines are said at once: what a screen of 24 lines shows.
  private static let page = 20

  /// Shows a text of any size page by page.
  func show(_ source: PagerSource) throws {
    var next = 0
    try show {
      guard let row = source.row(at: next) else { return nil }
      next = row.end
      return row.text
    }
  }

  /// Shows lines page by page.
  func show(_ lines: [String]) throws {
    var rest = lines[...]
    try show { rest.popFirst() }
  }

  private func show(_ next: () -> String?) throws {
    var count = 0
    var held = next()
    while let line = held {
      // A line feed inside would be a line of its own that nobody wrote.
      prompt.say(printable(line))
      count += 1
      held = next()
      guard held != nil, count % PlainConsole.page == 0 else { continue }
      if try self.line("Enter for more, q to stop: ").lowercased() == "q" { return }
    }
  }

  /// Shows a report or a log.
  func show(file path: String) throws { try show(try PagerSource(path: path)) }
}

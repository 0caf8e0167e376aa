import AdminCore
import TUIKitLite

/// The help, made from the key maps, so that it cannot disagree with what keys do.
enum HelpText {
  /// The product's words.
  static let words = [
    "test-bed backup  a copy of production with everything dangerous removed",
    "backup set  the three ZIPs of one backup ID", "origin  the installation a set came from",
    "outbox  the send queue of LUI",
  ]

  static var text: String {
    let sections: [(String, [String])] = [
      ("Menus", MenuScreen.keys.help),
      ("Forms", Form.keys.help + ["Space  switches a yes or no", "Left Right  choose a word, move in a line"]),
      ("Reports, logs and this help", Pager.help),
      (
        "Lists",
        [
          "Up Down j k PgUp PgDn g G  move the choice", "Space  marks a line, where lines can be marked",
          "The bottom line names the other keys of each list.",
          "Esc  goes back one level; it never quits and never changes anything",
        ]
      ),
      (
        "Everywhere",
        [
          "^L  draws the screen anew", "^Z  stops the console, fg brings it back",
          "Esc then a digit  is the function key with that number",
          "A dropped line stops no operation: log in again and see Running Operation.",
        ]
      ),
      ("Words", words),
    ]
    return sections.map { title, lines in ([title] + lines.map { "  " + $0 }).joined(separator: "\n") }.joined(
      separator: "\n\n") + "\n"
  }
}

import TUIKitLite

/// The help of the plain mode.
enum PlainHelp {
  static var text: String {
    let sections: [(String, [String])] = [
      (
        "Answers",
        [
          "a number  chooses that line of a menu or list; 0 goes back, in the first menu it quits",
          "an empty answer  keeps what stands in brackets", "-  empties an answer",
          "\(PlainPrompt.leave)  leaves a form without storing it", "yes, no  in full",
          "a word in capitals  is to be typed letter for letter before anything is destroyed or sent",
        ]
      ),
      ("Reports and logs", ["Enter  for more", "q  to stop"]),
      (
        "Operations",
        [
          "While one is followed, Enter goes back to the menu; the operation goes on.",
          "The end of the input (Ctrl-D) or a dropped line ends this program and no operation.",
          "Log in again and choose Running Operation to follow or cancel it.",
        ]
      ),
      ("Words", HelpText.words),
    ]
    return sections.map { title, lines in ([title] + lines.map { "  " + $0 }).joined(separator: "\n") }.joined(
      separator: "\n\n") + "\n"
  }
}

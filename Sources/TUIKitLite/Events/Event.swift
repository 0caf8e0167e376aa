/// A key, or a piece of text that was pasted.
public enum Key: Hashable, Sendable {
  /// A printable character, the blank included.
  case character(Character)
  /// Ctrl with a lower-case letter.
  case control(Character)
  /// F1 to F12.
  case function(Int)
  /// Text from the clipboard, as it is: it may hold line breaks and control characters.
  case paste(String)
  /// The named keys.
  case enter, escape, tab, backTab, up, down, left, right, pageUp, pageDown, home, end, insert, delete, backspace

  /// How key bar and help call it.
  public var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let letter): "^" + String(letter).uppercased()
    case .function(let number): "F\(number)"
    case .paste: "Paste"
    case .enter: "Enter"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .home: "Home"
    case .end: "End"
    case .insert: "Ins"
    case .delete: "Del"
    case .backspace: "Backspace"
    }
  }
}

/// What a screen is told. `Message` is what the program's background work sends.
public enum Event<Message: Sendable>: Sendable {
  /// A key or a paste.
  case key(Key)
  /// The extent that the screen is drawn on; comes before its first frame and whenever it changes.
  case resize(Size)
  /// Background work has news.
  case message(Message)
  /// The screen is visible again, after another one was closed or the program was stopped: what it shows may be stale.
  case resume
  /// The terminal is gone; the loop ends after this.
  case hangUp
}

extension Event: Equatable where Message: Equatable {}

extension Event where Message == Never {
  /// The same event where messages may come too.
  func lifted<Other: Sendable>() -> Event<Other> {
    switch self {
    case .key(let key): .key(key)
    case .resize(let size): .resize(size)
    case .resume: .resume
    case .hangUp: .hangUp
    }
  }
}

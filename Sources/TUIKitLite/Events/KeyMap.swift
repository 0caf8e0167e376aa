/// A key and what it does, for the bottom line.
public struct KeyHint: Hashable, Sendable {
  /// The key.
  public let key: Key
  /// What it does, in a word or two.
  public let label: String
  /// Whether it would do it now; the key of what cannot be done stays in the line, greyed, and says why when it is pressed.
  public let isPossible: Bool

  /// Makes a hint.
  public init(_ key: Key, _ label: String, isPossible: Bool = true) {
    self.key = key
    self.label = label
    self.isPossible = isPossible
  }
}

/// Which keys ask for what. Key bar and help are made from it, so that they cannot disagree with what keys do.
public struct KeyMap<Request: Hashable & Sendable>: Sendable {
  /// A request with its keys.
  public struct Binding: Sendable {
    /// What is asked for.
    public let request: Request
    /// The keys for it; the first one stands in the key bar.
    public let keys: [Key]
    /// A word for the key bar; empty keeps it out of there.
    public let label: String
    /// A sentence for the help; empty keeps it out of there.
    public let help: String

    /// Makes a binding; without a `help` the label is the help.
    public init(_ request: Request, _ keys: [Key], _ label: String = "", help: String? = nil) {
      self.request = request
      self.keys = keys
      self.label = label
      self.help = help ?? label
    }
  }

  /// The bindings in the order of key bar and help.
  public let bindings: [Binding]

  /// Makes a map; where two bindings share a key the first one has it.
  public init(_ bindings: [Binding]) { self.bindings = bindings }

  /// What `key` asks for; nil when it has no meaning here.
  public subscript(key: Key) -> Request? { bindings.first { $0.keys.contains(key) }?.request }

  /// The hints of the key bar: only what `isPossible` now.
  public func hints(where isPossible: (Request) -> Bool = { _ in true }) -> [KeyHint] {
    bindings.compactMap { binding in
      guard let key = binding.keys.first, !binding.label.isEmpty, isPossible(binding.request) else { return nil }
      return KeyHint(key, binding.label)
    }
  }

  /// The help: a line a request with all its keys.
  public var help: [String] {
    let rows = bindings.filter { !$0.help.isEmpty }.map { ($0.keys.map(\.name).joined(separator: " "), $0.help) }
    let width = rows.map { TextWidth.of($0.0) }.max() ?? 0
    return rows.map { keys, help in
      keys + String(repeating: " ", count: width - TextWidth.of(keys) + 2) + help
    }
  }
}

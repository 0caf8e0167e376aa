/// An error as a value: what failed, on which path, table or host, and what the operator does next.
///
/// It never carries a secret: callers name a setting or a key, not its value.
public struct AdminError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The class of an error; the raw value is the process's exit code, from sysexits.h.
  public enum Code: Int32, Sendable {
    /// Wrong words on the command line (EX_USAGE).
    case usage = 64
    /// Bad or mismatched data: an archive, a report, a manifest (EX_DATAERR).
    case dataError = 65
    /// A server or host does not answer (EX_UNAVAILABLE).
    case unavailable = 69
    /// A file or folder cannot be created (EX_CANTCREAT).
    case cannotCreate = 73
    /// Reading or writing failed, a full disk included (EX_IOERR).
    case inputOutput = 74
    /// Another operation runs (EX_TEMPFAIL).
    case busy = 75
    /// Refused because it would not be safe (EX_NOPERM).
    case refused = 77
    /// A configuration that cannot be worked with (EX_CONFIG).
    case configuration = 78
    /// The operator cancelled it; 128 + SIGINT, as a shell counts.
    case cancelled = 130
  }

  /// Which of the things that an operator gave an error is about, for a form that shows it at the field.
  public enum Subject: Sendable, Equatable {
    /// A host's name or address.
    case host
    /// A port.
    case port
    /// The value of the Hub setting of this name.
    case setting(String)
  }

  /// The class, which is the exit code as well.
  public let code: Code
  /// What failed, in a few words.
  public let what: String
  /// The path, table, key or host it is about; empty when there is none.
  public let location: String
  /// The operator's next step.
  public let next: String
  /// Which of the things that were given it is about; nil when it is about none of them, or nobody says.
  public private(set) var subject: Subject?

  /// Makes an error of `code` that says what failed, where, and what to do next.
  public init(
    _ code: Code, _ what: String, at location: String = "", about subject: Subject? = nil, next: String
  ) {
    self.code = code
    self.what = what
    self.location = location
    self.next = next
    self.subject = subject
  }

  /// Runs `body`, whose errors are about `subject` unless they say better.
  package static func about<Result>(_ subject: Subject, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch var error as AdminError where error.subject == nil {
      error.subject = subject
      throw error
    }
  }

  /// One printable line: what, where, what to do.
  public var description: String {
    let head = location.isEmpty ? what : "\(what): \(location)"
    return printable("\(head); \(next)")
  }
}

/// `text` with every control character, line break, bidirectional override and invisible character made visible, so that
/// data from outside cannot drive a terminal, forge a second line or pass for another text.
public func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: mayBeUnprintable) else { return text }
  var result = ""
  var former: Unicode.Scalar?
  for scalar in text.unicodeScalars {
    if !isUnprintable(scalar, after: former) {
      result.unicodeScalars.append(scalar)
    } else if scalar.value < 0x20 {
      result += "^" + String(UnicodeScalar(UInt8(scalar.value) + 0x40))
    } else {
      result += "<U+" + String(scalar.value, radix: 16, uppercase: true) + ">"
    }
    former = scalar
  }
  return result
}

private func mayBeUnprintable(_ scalar: Unicode.Scalar) -> Bool {
  if (0x20..<0x7F).contains(scalar.value) { return false }
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
  default: return scalar.properties.isDefaultIgnorableCodePoint
  }
}

private func isUnprintable(_ scalar: Unicode.Scalar, after former: Unicode.Scalar?) -> Bool {
  guard mayBeUnprintable(scalar) else { return false }
  // Joiners and variation selectors belong to emoji and to several scripts, where they move no cursor; after an ASCII
  // character they only make a word look like another one.
  let isJoiner = [0x200C, 0x200D, 0xFE0E, 0xFE0F].contains(scalar.value)
  return !(isJoiner && former.map { !$0.isASCII } == true)
}

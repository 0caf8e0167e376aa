import Database
import Platform

/// When a job is due, as a database spells it: a component may read times that this program does not, so what cannot be
/// understood counts as long past.
struct DueTime: Equatable {
  /// As it stands there; empty when no time is set.
  let text: String
  /// Seconds since 1970; nil when no time is set, or none that can be understood.
  let seconds: Int64?

  init(_ value: SQLValue) {
    switch value {
    case .null: (text, seconds) = ("", nil)
    case .integer(let number): (text, seconds) = (String(number), DueTime.epoch(number))
    case .real(let number):
      text = String(number)
      seconds = Int64(exactly: number.rounded(.down)).flatMap(DueTime.epoch)
    case .text(let value): (text, seconds) = (value, DueTime.parse(value.trimmingSpaces))
    case .binary(let bytes):
      let value = String(decoding: bytes, as: UTF8.self)
      (text, seconds) = (value, DueTime.parse(value.trimmingSpaces))
    }
  }

  /// Whether the moment has passed, or nobody can tell.
  ///
  /// - Parameter mayBeUnset: whether something other than a time starts the job.
  func isOverdue(now: Int64, mayBeUnset: Bool) -> Bool {
    if let seconds { return seconds <= now }
    return !(text.isEmpty && mayBeUnset)
  }

  // Seconds, or thousandths or millionths of them: no job is due later than the year 5000.
  private static func epoch(_ number: Int64) -> Int64? {
    switch number {
    case 0..<100_000_000_000: number
    case 0..<100_000_000_000_000: number / 1000
    case 0..<100_000_000_000_000_000: number / 1_000_000
    default: nil
    }
  }

  /// `YYYY-MM-DD`, with `hh:mm` or `hh:mm:ss` behind a blank or `T`, a fraction, and `Z` or an offset from UTC.
  private static func parse(_ text: String) -> Int64? {
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Int64(text).flatMap(epoch) }
    var rest = Array(text.utf8)[...]
    func number(_ digits: Int) -> Int64? {
      let part = rest.prefix(digits)
      guard part.count == digits, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest = rest.dropFirst(digits)
      return part.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
    func sign(_ signs: String) -> UInt8? {
      guard let first = rest.first, signs.utf8.contains(first) else { return nil }
      rest = rest.dropFirst()
      return first
    }
    guard let year = number(4), sign("-") != nil, let month = number(2), sign("-") != nil, let day = number(2) else {
      return nil
    }
    var (hour, minute, second, offset): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
    if !rest.isEmpty {
      guard sign(" Tt") != nil, let hours = number(2), sign(":") != nil, let minutes = number(2) else { return nil }
      (hour, minute) = (hours, minutes)
      if sign(":") != nil {
        guard let seconds = number(2) else { return nil }
        second = seconds
        if sign(".,") != nil {
          guard number(1) != nil else { return nil }
          while number(1) != nil {}
        }
      }
      rest = rest.drop { $0 == 0x20 }
      if let zone = sign("+-") {
        guard let hours = number(2) else { return nil }
        _ = sign(":")
        let minutes = rest.isEmpty ? 0 : number(2)
        guard let minutes, hours <= 18, minutes < 60 else { return nil }
        offset = (hours * 3600 + minutes * 60) * (zone == 0x2B ? 1 : -1)
      } else {
        _ = sign("Zz")
      }
      guard rest.isEmpty else { return nil }
    }
    let digits = [(year, 4), (month, 2), (day, 2), (hour, 2), (minute, 2), (second, 2)].map { value, width in
      String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
    }
    return Moment.parseCompact(digits.joined()).map { $0 - offset }
  }
}

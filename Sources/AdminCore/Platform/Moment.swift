import Glibc

/// Times in UTC as the formats spell them.
public enum Moment {
  /// Seconds since 1970, now.
  public static var now: Int64 { Int64(time(nil)) }

  /// `YYYY-MM-DDThh:mm:ssZ`.
  public static func text(_ seconds: Int64) -> String {
    let parts = parts(seconds)
    return "\(parts.date)T\(parts.time)Z"
  }

  /// `YYYY-MM-DD hh:mm:ss`, as the system database spells moments.
  public static func database(_ seconds: Int64) -> String {
    let parts = parts(seconds)
    return "\(parts.date) \(parts.time)"
  }

  /// `YYYYMMDDhhmmss`.
  package static func compact(_ seconds: Int64) -> String { database(seconds).filter(\.isNumber) }

  /// The seconds of `YYYYMMDDhhmmss`.
  package static func parseCompact(_ text: String) -> Int64? {
    let digits = text.utf8.map { Int($0) - 0x30 }
    guard digits.count == 14, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
    func number(_ range: Range<Int>) -> Int32 { Int32(digits[range].reduce(0) { $0 * 10 + $1 }) }
    var parts = tm()
    parts.tm_year = number(0..<4) - 1900
    parts.tm_mon = number(4..<6) - 1
    parts.tm_mday = number(6..<8)
    parts.tm_hour = number(8..<10)
    parts.tm_min = number(10..<12)
    parts.tm_sec = number(12..<14)
    guard (0..<12).contains(parts.tm_mon), (1...31).contains(parts.tm_mday), parts.tm_hour < 24, parts.tm_min < 60,
      parts.tm_sec < 61
    else { return nil }
    return Int64(timegm(&parts))
  }

  /// The seconds of any spelling with year to second in order, such as `2026-11-24T21:34:05Z`.
  public static func parse(_ text: String) -> Int64? { parseCompact(text.filter { $0.isASCII && $0.isNumber }) }

  private static func parts(_ seconds: Int64) -> (date: String, time: String) {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let year = String(parts.tm_year + 1900)
    let padded = String(repeating: "0", count: max(0, 4 - year.count)) + year
    return (
      "\(padded)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))",
      "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    )
  }
}

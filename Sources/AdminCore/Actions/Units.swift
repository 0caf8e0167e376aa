/// Numbers in the units an operator reads.
public enum Units {
  /// Bytes: `12.3 MB`.
  public static func size(_ bytes: UInt64) -> String {
    var value = Double(bytes)
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 1000 { return unit == "B" ? "\(bytes) B" : "\(Double(Int(value * 10)) / 10) \(unit)" }
      value /= 1000
    }
    return "\(Double(Int(value * 10)) / 10) TB"
  }

  /// How long ago, in seconds: `5 min`.
  public static func age(_ seconds: Int64) -> String {
    switch seconds {
    case ..<60: "\(max(0, seconds)) s"
    case ..<3600: "\(seconds / 60) min"
    case ..<86_400: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) d"
    }
  }
}

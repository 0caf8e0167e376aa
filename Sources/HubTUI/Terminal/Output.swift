import AdminCore
import Foundation
import Glibc

/// What commands print: always printable, whatever the data holds.
enum Output {
  /// Text for standard error, as it is.
  static func error(_ text: String) {
    var text = text
    // Nobody is left to be told when standard error is gone.
    text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }

  /// One line.
  static func line(_ text: String = "") { emit(printable(text)) }

  // Without a buffer, so that lines and prompts keep their order wherever they go. When nobody reads any more the work is
  // done all the same.
  private static func emit(_ text: String) {
    var text = text + "\n"
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = write(1, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        guard count > 0 || errno == EINTR else { return }
        done += max(0, count)
      }
    }
  }

  /// Columns as wide as their widest cell; the last one as it is.
  static func table(_ header: [String], _ rows: [[String]]) {
    let lines = [header] + rows.map { $0.map(printable) }
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    for line in lines {
      var text = ""
      for (column, cell) in line.enumerated() {
        let isLast = column == line.count - 1
        text += isLast ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      emit(text)
    }
  }

  /// A value as JSON, keys sorted.
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    emit(escaped(String(decoding: try encoder.encode(value), as: UTF8.self)))
  }

  // What the encoder leaves as it is and a terminal would obey stands only inside of strings, where an escape means the
  // same.
  private static func escaped(_ json: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      let isPlain = (0x20..<0x7F).contains(scalar.value) || scalar == "\n"
      guard !isPlain, printable(String(scalar)) != String(scalar) else {
        result.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        result.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
      }
    }
    return String(result)
  }
}

/// The progress of an operation as one line on a terminal's standard error; nothing when there is no terminal.
struct ProgressLine: Sendable {
  private let isTerminal = isatty(2) == 1

  /// Shows a status.
  var observer: @Sendable (OperationStatus) -> Void {
    let isTerminal = isTerminal
    return { status in
      guard isTerminal else { return }
      let parts = status.works.map { name, work in work.percent.map { "\(name) \($0) %" } ?? name }
      Output.error("\r\u{1B}[K\(printable(status.phase))  \(printable(parts.joined(separator: "  ")))")
      if status.outcome != .running { Output.error("\r\u{1B}[K") }
    }
  }
}

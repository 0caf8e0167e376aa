import Database
import Detection
import Glibc
import Installation
import Platform

/// Reads finished archives as somebody would who found them: it knows neither what rules did nor what they removed, and
/// lists every host, address and secret outside of user content. What a site answered as harmless explains itself; anything
/// else fails the backup, so that a place at which no rule ever looked is caught all the same.
final class SecondJudge {
  private let ruleSet: RuleSet
  fileprivate let recogniser = Recogniser()

  init(_ ruleSet: RuleSet) { self.ruleSet = ruleSet }

  /// What looks at one entry; nil when nothing in it is to be explained.
  func reader(of entry: String, archive: String, table: TableSchema?) -> EntryJudge? {
    guard ruleSet.isTestBed else { return nil }
    if let table { return RowsJudge(self, table, archive) }
    let parts = entry.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, ["ini", "home", "data"].contains(parts[0]), let component = Component(archiveNamed: archive)
    else { return nil }
    let path = parts[0] == "data" ? entry : parts[1]
    if parts[0] == "ini" || component.hasIni(path) {
      return IniJudge(self, file: component.folderName + "/" + path, archive)
    }
    // What lies in data is the users' own; what lies beside it configures the component.
    return parts[0] == "home" && !entry.hasSuffix("/") ? FileJudge(self, path, component, archive) : nil
  }

  fileprivate func first(in bytes: UnsafeRawBufferPointer, under name: FieldName, _ look: Look) -> Sight? {
    recogniser.first(in: bytes, under: name, look)
  }

  fileprivate func first(in text: String, under name: FieldName, _ look: Look) -> Sight? {
    recogniser.first(in: text, under: name, look)
  }

  fileprivate func isHarmless(_ target: Rule.Target, row: (String) -> String? = { _ in nil }) -> Bool {
    ruleSet.isHarmless(target, row: row)
  }

  /// Whether the site answered for a file, for some of its lines too.
  fileprivate func isAnswered(_ target: Rule.Target) -> Bool {
    ruleSet.isHarmless(target) || ruleSet.isHarmlessAtTimes(target)
  }

  /// Whether a rule of the site set this very value.
  fileprivate func isSet(_ target: Rule.Target, to text: String) -> Bool {
    ruleSet.rules.contains { rule in
      rule.isOfSite && rule.matches.contains { $0.action == .set(.text(text)) && $0.target.matches(target) }
    }
  }

  /// Whether a rule empties or invents the values of a column: what is random there was invented.
  fileprivate func invents(_ target: Rule.Target) -> Bool {
    ruleSet.rules.contains { rule in
      rule.matches.contains { match in
        guard case .column = match.target else { return false }
        return match.target.overlaps(target) && match.action != .leaveOut
      }
    }
  }

  fileprivate func unexplained(_ sight: Sight, _ target: Rule.Target, _ archive: String) -> AdminError {
    AdminError(
      .refused, "second look: \(sight.reason) in \(target), which neither a rule nor an answer explains", at: archive,
      next: "answer it in hub/test-bed-rules.yaml (hubtui rules propose) and start again; nothing was published")
  }
}

/// Looks at the bytes of one entry in order.
protocol EntryJudge: AnyObject {
  func scan(_ bytes: UnsafeRawBufferPointer) throws
  func finish() throws
}

/// The rows of a table, cell by cell, as they stand in the archive: what is escaped there is one more notation.
private final class RowsJudge: EntryJudge {
  private struct Column {
    let name: FieldName
    let look: Look
    let isBinary: Bool
    let ignoresRandom: Bool
  }

  private let judge: SecondJudge
  private let table: TableSchema
  private let archive: String
  /// Nil for a column that is not looked at.
  private var columns: [Column?] = []
  private var carry: [UInt8] = []
  private let nameOfSetting: Int?

  init?(_ judge: SecondJudge, _ table: TableSchema, _ archive: String) {
    self.judge = judge
    self.table = table
    self.archive = archive
    nameOfSetting = table.name == Settings.table ? table.index(of: "name") : nil
    for column in table.columns {
      let target = Rule.Target.column(table: table.name, column: column.name)
      let look: Look? =
        switch SystemSchema.role(table.name, column.name) {
        case nil: .configuration
        case .plain: .plain
        case .content, .personal, .digest: nil
        }
      guard let look, ![.integer, .real, .boolean, .bit, .date, .time, .timestamp, .instant].contains(column.type),
        !judge.isHarmless(target)
      else {
        columns.append(nil)
        continue
      }
      columns.append(
        Column(
          name: FieldName(look == .configuration ? column.name : ""), look: look, isBinary: column.type == .binary,
          ignoresRandom: judge.invents(target) || column.type == .uuid))
    }
    guard columns.contains(where: { $0 != nil }) else { return nil }
  }

  func scan(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.baseAddress else { return }
    var start = 0
    while start < bytes.count, let found = memchr(base + start, 0x0A, bytes.count - start) {
      let end = UnsafeRawPointer(found) - base
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if carry.isEmpty {
        try look(at: line)
      } else {
        carry.append(contentsOf: line)
        let whole = carry
        carry.removeAll(keepingCapacity: whole.count <= 1 << 20)
        try whole.withUnsafeBytes { try look(at: $0) }
      }
      start = end + 1
    }
    carry.append(contentsOf: bytes[start...])
  }

  func finish() throws {}

  private func look(at line: UnsafeRawBufferPointer) throws {
    guard let base = line.baseAddress else { return }
    var start = 0
    for index in columns.indices {
      let end = memchr(base + start, 0x09, line.count - start).map { UnsafeRawPointer($0) - base } ?? line.count
      if let column = columns[index], end > start {
        let cell = UnsafeRawBufferPointer(rebasing: line[start..<end])
        if !(cell.count == 2 && cell[0] == 0x5C && cell[1] == 0x4E) { try look(at: cell, column, index, line) }
      }
      guard end < line.count else { return }
      start = end + 1
    }
  }

  private func look(
    at cell: UnsafeRawBufferPointer, _ column: Column, _ index: Int, _ line: UnsafeRawBufferPointer
  ) throws {
    // Bytes are written as hexadecimal digits behind a backslash and an x.
    let digits = column.isBinary && cell.count > 2 ? UnsafeRawBufferPointer(rebasing: cell[2...]) : cell
    guard let sight = judge.first(in: digits, under: column.name, column.look),
      !(column.ignoresRandom && sight.kind == .random)
    else { return }
    var target = Rule.Target.column(table: table.name, column: table.columns[index].name)
    if let nameOfSetting {
      let cells = line.split(separator: 0x09, omittingEmptySubsequences: false)
      guard nameOfSetting < cells.count else { return }
      let name = String(decoding: cells[nameOfSetting], as: UTF8.self)
      target = .setting(name)
      // What a restore wrote into a copy says only which set it came from.
      if SettingCatalogue[Settings.key(name)]?.access == .fixed { return }
    }
    let text = RowsJudge.text(of: cell)
    if judge.invents(target), Masker.isInvention(text) { return }
    let cells = line.split(separator: 0x09, omittingEmptySubsequences: false)
    let row: (String) -> String? = { [table] name in
      table.index(of: name).flatMap { $0 < cells.count ? RowsJudge.text(of: .init(rebasing: cells[$0])) : nil }
    }
    guard !judge.isHarmless(target, row: row), !judge.isSet(target, to: text) else { return }
    throw judge.unexplained(sight, target, archive)
  }

  // A cell as it was before it was written: PostgreSQL's escapes of COPY taken out.
  private static func text(of cell: UnsafeRawBufferPointer) -> String {
    guard cell.contains(0x5C) else { return String(decoding: cell, as: UTF8.self) }
    let escapes: [UInt8: UInt8] = [0x6E: 0x0A, 0x74: 0x09, 0x72: 0x0D, 0x62: 0x08, 0x66: 0x0C, 0x76: 0x0B]
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in cell {
      if isEscaped {
        bytes.append(escapes[byte] ?? byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A file of a home folder that is no INI file, by its content.
private final class FileJudge: EntryJudge {
  private let judge: SecondJudge
  private let target: Rule.Target
  private let archive: String
  private let inspection: FileInspection

  init(_ judge: SecondJudge, _ entry: String, _ component: Component, _ archive: String) {
    self.judge = judge
    self.archive = archive
    let parts = entry.split(separator: "/").map { EntryName.decoded($0) ?? Array($0.utf8) }
    target = .file(component, PathText.text(parts.joined(separator: [0x2F])))
    inspection = FileInspection(name: entry, size: 0, recogniser: judge.recogniser)
  }

  func scan(_ bytes: UnsafeRawBufferPointer) throws { inspection.scan(bytes) }

  func finish() throws {
    let verdict = inspection.finish()
    guard let sight = verdict.mustNotTravel ?? verdict.sights.first, !judge.isAnswered(target) else { return }
    throw judge.unexplained(sight, target, archive)
  }
}

/// An INI file, key by key.
private final class IniJudge: EntryJudge {
  private let judge: SecondJudge
  private let file: String
  private let archive: String
  private var bytes: [UInt8] = []

  init(_ judge: SecondJudge, file: String, _ archive: String) {
    self.judge = judge
    self.file = file
    self.archive = archive
  }

  func scan(_ bytes: UnsafeRawBufferPointer) throws { self.bytes.append(contentsOf: bytes) }

  func finish() throws {
    let ini = try IniFile(bytes, name: file)
    for line in ini.lines {
      guard case .assignment(let key) = line.kind else { continue }
      let target = Rule.Target.ini(file: file, key: key)
      for reading in line.readings {
        guard let sight = judge.first(in: reading, under: FieldName(key), .configuration), !isSetByRule(reading),
          !judge.isHarmless(target), !judge.isSet(target, to: reading)
        else { continue }
        throw judge.unexplained(sight, target, archive)
      }
    }
  }

  // What the rules set: this machine, and the internal database.
  private func isSetByRule(_ value: String) -> Bool {
    ["localhost", "internal", ""].contains(value) || Int(value) != nil
  }
}

extension Component {
  /// The component whose archive has this path: its name begins with the component's.
  fileprivate init?(archiveNamed path: String) {
    let name = path.split(separator: "/").last ?? ""
    // A partial file has a dot before its name.
    let start = name.drop { $0 == "." }
    guard let component = Component.allCases.first(where: { start.hasPrefix($0.rawValue + "_") }) else { return nil }
    self = component
  }
}

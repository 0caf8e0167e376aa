import CSQLite
import Foundation
import Glibc

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Detection
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TUIKitLite
@testable import TestBed

/// Everything that reads bytes from outside, each behind one function that libFuzzer calls with an input. Which one, the
/// variable FUZZ_TARGET says: one build serves all of them.
///
/// A refusal is an `AdminError`; anything else that is thrown, a trap, a bad access or a broken promise ends the process,
/// which libFuzzer reports as a crash.
private let target: @Sendable (UnsafeRawBufferPointer) throws -> Void = {
  switch String(cString: getenv("FUZZ_TARGET") ?? strdup("")) {
  case "zip": fuzzZip
  case "manifest": fuzzManifest
  case "ini": fuzzIni
  case "rows": fuzzRows
  case "rules": fuzzRules
  case "keys": fuzzKeys
  case "schema": fuzzSchema
  case "journal": fuzzJournal
  case "names": fuzzNames
  case "sights": fuzzSights
  case "files": fuzzFiles
  default: fatalError("FUZZ_TARGET names no target")
  }
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try target(UnsafeRawBufferPointer(start: bytes, count: count))
  } catch let error as AdminError {
    // A message must be one printable line, whatever the input was.
    let text = error.description
    require(text == printable(text) && !text.contains("\n"), "a message that is not one printable line")
  } catch {
    fatalError("not an AdminError: \(error)")
  }
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The program's start, under the name that the package manager gives `main`: libFuzzer's own would not be found.
@_cdecl("Fuzz_main")
public func start(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments, testOneInput)
}

private func require(_ condition: Bool, _ what: @autoclosure () -> String) {
  if !condition { fatalError("broken promise: \(what())") }
}

/// Reads an archive as the restore does (`isOurs`) and as tests of foreign archives do, every entry to its end.
private func fuzzZip(_ bytes: UnsafeRawBufferPointer) throws {
  for isOurs in [false, true] {
    do {
      let reader = try ZipReader(file: memoryFile(bytes), isOurs: isOurs)
      try reader.forEachEntry { entry in
        require(ZipName.fault(entry.name) == nil, "an entry with the name \(entry.name)")
        // More than the reader's own bound for a deflate stream cannot be honest; less is cheap.
        if entry.size > 4 << 20 { return }
        var size: UInt64 = 0
        let take = { (piece: UnsafeRawBufferPointer) in size += UInt64(piece.count) }
        do {
          try reader.read(entry, blocks: [], threads: 1, cancellation: Cancellation(), take)
          require(size == entry.size, "an entry of another size than it says")
        } catch is AdminError {
          require(size <= entry.size, "more bytes than the entry has")
        }
      }
    } catch is AdminError {
      continue
    }
  }
}

private func memoryFile(_ bytes: UnsafeRawBufferPointer) throws -> File {
  let path = "/dev/shm/hubtui-fuzz-zip-\(getpid())"
  let file = try File(path, flags: O_RDWR | O_CREAT | O_TRUNC)
  unlink(path)
  try file.write(bytes, at: 0)
  return file
}

private func fuzzManifest(_ bytes: UnsafeRawBufferPointer) throws {
  let (manifest, entries) = try readManifest(bytes)
  var text: [UInt8] = []
  try ManifestText.write(manifest, entries: entries.count) {
    entries[$0]
  } to: {
    text += $0
  }
  let again = try text.withUnsafeBytes { try readManifest($0) }
  require(again.0 == manifest && again.1 == entries, "a manifest that changes")
}

private func readManifest(_ bytes: UnsafeRawBufferPointer) throws -> (Manifest, [Manifest.Entry]) {
  var entries: [Manifest.Entry] = []
  let manifest = try Manifest.read(archive: "input") {
    $0(bytes)
  } take: {
    entries.append($0)
  }
  return (manifest, entries)
}

private func fuzzIni(_ bytes: UnsafeRawBufferPointer) throws {
  let ini = try IniFile(Array(bytes), name: "input.ini")
  require(ini.bytes.elementsEqual(bytes), "bytes that do not come back")
  let keys = ini.keys
  for key in keys.prefix(4) + ["component.host"] {
    var edited = ini
    try edited.set(key, "host.example")
    let again = try IniFile(edited.bytes, name: "input.ini")
    require(again[key] == "host.example", "an edit that does not come back: \(key)")
    for other in keys where other != key { require(again[other] == ini[other], "another key that changed: \(other)") }
    try edited.set(key, nil)
    require(try IniFile(edited.bytes, name: "input.ini")[key] == nil, "a key that cannot be unset: \(key)")
  }
}

private func fuzzRules(_ bytes: UnsafeRawBufferPointer) throws {
  guard let text = String(validating: bytes, as: UTF8.self) else { return }
  let site = try SiteRules(yaml: text, path: "input")
  // What a site adds may never touch what a built-in rule covers.
  for target in site.rules.flatMap(\.matches).map(\.target) + site.harmless {
    require(
      !BuiltInRules.all.contains { $0.matches.contains { $0.target.overlaps(target) } }, "a weakened rule: \(target)")
  }
}

private func fuzzJournal(_ bytes: UnsafeRawBufferPointer) throws {
  let path = "/dev/shm/hubtui-fuzz-journal-\(getpid())"
  let file = try File(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
  try file.write(bytes)
  file.close()
  defer { unlink(path) }
  guard let journal = try RestoreJournal.decode(path) else { return }
  // A journal of any other folder must not be carried out here.
  let installation = Installation(folder: "/nonexistent/installation")
  _ = journal.isOf(installation)
  let copy = path + "-copy"
  defer { unlink(copy) }
  let encoder = JSONEncoder()
  try [UInt8](encoder.encode(journal)).withUnsafeBytes {
    try File(copy, flags: O_WRONLY | O_CREAT | O_TRUNC).write($0)
  }
  require(try RestoreJournal.decode(copy) == journal, "a journal that changes")
}

private let rowTypes: [ColumnType] = [
  .integer, .numeric, .real, .text, .binary, .boolean, .date, .time, .timestamp, .json,
]

/// The first byte chooses the columns, the second where the text is cut into pieces; the rest is COPY text.
private func fuzzRows(_ bytes: UnsafeRawBufferPointer) throws {
  guard bytes.count >= 2 else { return }
  let count = Int(bytes[0] >> 5) + 1
  let columns = (0..<count).map { position in
    TableSchema.Column(
      name: "c\(position)", type: rowTypes[(Int(bytes[0] & 31) + position * 3) % rowTypes.count], declared: "X")
  }
  let table = TableSchema(name: "lui_input", columns: columns, primaryKey: [])
  let text = UnsafeRawBufferPointer(rebasing: bytes[2...])
  let first = try recoded(text, table, piece: Int(bytes[1]) + 1)
  try first.withUnsafeBytes { once in
    let second = try recoded(once, table, piece: once.count + 1)
    require(first == second, "rows that change when they are read and written")
    require(isValidUTF8(once), "rows that are not UTF-8")
  }
}

/// Decodes rows and encodes them again.
private func recoded(_ text: UnsafeRawBufferPointer, _ table: TableSchema, piece: Int) throws -> [UInt8] {
  let output = Output()
  var encoder = RowEncoder(table) { output.bytes.append(contentsOf: $0) }
  var decoder = RowDecoder(table) { try encoder.encode($0) }
  var start = 0
  while start < text.count {
    let end = min(text.count, start + piece)
    try decoder.decode(UnsafeRawBufferPointer(rebasing: text[start..<end]))
    start = end
  }
  try decoder.finish()
  try encoder.flush()
  require(encoder.rowCount == decoder.rowCount, "rows that were lost")
  return output.bytes
}

private final class Output { var bytes: [UInt8] = [] }

/// What a schema makes in a database must be one table of its name and its indexes, whatever its texts hold.
private func fuzzSchema(_ bytes: UnsafeRawBufferPointer) throws {
  let schema = try TableSchema.decode(Array(bytes), archive: "input")
  require(try TableSchema.decode(schema.encoded(), archive: "input") == schema, "a schema that changes")
  require(
    ZipName.fault(TableSchema.rowsEntryName(schema.name)) == nil || schema.name.utf8.count > 20_000,
    "a table whose rows could not be in an archive")
  let definition = SQLiteDefinition(schema)
  let statements = [try definition.createTable()] + (try definition.createIndexes())
  var handle: OpaquePointer?
  require(sqlite3_open(":memory:", &handle) == SQLITE_OK, "no database")
  defer { sqlite3_close(handle) }
  for statement in statements where !runsAlone(statement, handle) { return }
  var names: [[String]] = []
  let query = "SELECT type, name, tbl_name FROM sqlite_schema"
  var prepared: OpaquePointer?
  require(sqlite3_prepare_v2(handle, query, -1, &prepared, nil) == SQLITE_OK, "no list of what was made")
  defer { sqlite3_finalize(prepared) }
  while sqlite3_step(prepared) == SQLITE_ROW {
    names.append((0..<3).map { sqlite3_column_text(prepared, $0).map { String(cString: $0) } ?? "" })
  }
  for made in names where !made[1].hasPrefix("sqlite_") {
    require(made[0] == "table" || made[0] == "index", "a \(made[0]) was made")
    require(made[2].utf8.elementsEqual(schema.name.utf8), "something of the table \(made[2]) was made")
  }
}

/// Runs a statement; false when the database refuses it.
private func runsAlone(_ statement: String, _ handle: OpaquePointer?) -> Bool {
  var prepared: OpaquePointer?
  var rest: UnsafePointer<CChar>?
  defer { sqlite3_finalize(prepared) }
  return statement.withCString { text in
    guard sqlite3_prepare_v2(handle, text, -1, &prepared, &rest) == SQLITE_OK else { return false }
    if let rest { require(rest.pointee == 0, "a second statement: \(statement)") }
    return sqlite3_step(prepared) == SQLITE_DONE
  }
}

/// Bytes of a terminal as they come: a paste begins with its mark, and a byte 0xFF stands for a pause.
private func fuzzKeys(_ bytes: UnsafeRawBufferPointer) throws {
  var decoder = KeyDecoder()
  var rest = bytes[...]
  var keys = 0
  while let byte = rest.popFirst() {
    if decoder.isPasting {
      require(decoder.pasteRoom > 0, "a paste without room")
      decoder.paste([byte])
    } else if byte == 0xFE {
      decoder.beginPaste()
    } else if byte == 0xFF {
      decoder.pause()
    } else {
      decoder.byte(byte)
    }
    if byte & 7 == 0 { keys += count(decoder.take()) }
  }
  decoder.pause()
  keys += count(decoder.take())
  require(decoder.take().isEmpty, "keys that come twice")
  // An Esc that nothing came of is a key of its own beside the one that ended it.
  require(keys <= 2 * bytes.count + 1, "more keys than bytes")
}

private func count(_ keys: [Key]) -> Int {
  for case .character(let character) in keys {
    require(character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "a control as a character")
  }
  return keys.count
}

/// A file's name becomes a part of an entry's name and comes back; no part decodes to a path.
private func fuzzNames(_ bytes: UnsafeRawBufferPointer) throws {
  let name = Array(bytes)
  let encoded = EntryName.encoded(name)
  if !name.isEmpty, !name.contains(0), !name.contains(0x2F), name != [0x2E], name != [0x2E, 0x2E] {
    require(EntryName.decoded(encoded) == name, "a name that does not come back")
    require(ZipName.fault("data/" + encoded) == nil, "a name that no archive takes")
    let path = "/folder/" + String(decoding: name, as: UTF8.self)
    require(FileSystem.folder(of: path) == "/folder", "a path with another folder")
  }
  guard let part = String(validating: bytes, as: UTF8.self), let back = EntryName.decoded(part) else { return }
  require(!back.contains(0x2F) && !back.contains(0) && back != [0x2E, 0x2E], "a part that leads elsewhere")
  require(EntryName.encoded(back).utf8.elementsEqual(part.utf8), "a name that is spelled in two ways")
}

/// The first byte chooses how closely the rest is looked at, and whether it comes once or over and over: what takes more
/// than a linear time then takes longer than libFuzzer waits.
private func fuzzSights(_ bytes: UnsafeRawBufferPointer) throws {
  guard let choice = bytes.first else { return }
  let look = [Detection.Look.configuration, .plain, .content][Int(choice) % 3]
  let once = UnsafeRawBufferPointer(rebasing: bytes[1...])
  if choice >= 0xF0, !once.isEmpty {
    let many = Array(repeatElement(Array(once), count: (64 << 10) / once.count).joined())
    return try many.withUnsafeBytes { try checkSights(in: $0, look) }
  }
  try checkSights(in: once, look)
}

private func checkSights(in value: UnsafeRawBufferPointer, _ look: Detection.Look) throws {
  let recogniser = Recogniser()
  let sights = recogniser.sights(in: value, look)
  // What it learned from a value must not change what it sees in the next.
  require(recogniser.sights(in: value, look) == sights, "sights that change")
  require((recogniser.first(in: value, look) == nil) == sights.isEmpty, "a first sight that is none, or none of some")
  for sight in sights {
    require(
      !sight.bytes.isEmpty && sight.bytes.lowerBound >= 0 && sight.bytes.upperBound <= value.count,
      "a sight outside of the value: \(sight.bytes) of \(value.count)")
    require(look.stops(sight.kind), "a sight of what does not stop there: \(sight.kind)")
    require(sight.reason == printable(sight.reason), "a reason that is not printable")
  }
  // Configuration is looked at most closely.
  require(
    sights.isEmpty || look == .configuration || recogniser.first(in: value, .configuration) != nil,
    "a danger that is none in configuration: \(sights[0].kind)")
}

/// A file comes in pieces of any size; what is said of it must not depend on them. The first byte is their size.
private func fuzzFiles(_ bytes: UnsafeRawBufferPointer) throws {
  guard let first = bytes.first else { return }
  let content = UnsafeRawBufferPointer(rebasing: bytes[1...])
  let whole = inspected(content, piece: max(1, content.count))
  let pieces = inspected(content, piece: Int(first) + 1)
  require(whole.mustNotTravel?.kind == pieces.mustNotTravel?.kind, "a database or an archive in some pieces only")
  require(
    (whole == FileVerdict()) == (pieces == FileVerdict()),
    "a file that is harmless in some pieces only: \(whole) \(pieces)")
}

private func inspected(_ content: UnsafeRawBufferPointer, piece: Int) -> FileVerdict {
  let inspection = FileInspection(name: "input", size: UInt64(content.count))
  var start = 0
  while start < content.count {
    let end = min(content.count, start + piece)
    inspection.scan(UnsafeRawBufferPointer(rebasing: content[start..<end]))
    start = end
  }
  return inspection.finish()
}

import Detection
import Foundation
import Installation

/// The labelled corpus: values and files that must stop a test-bed backup, and some that must not. `corpus/README.md` says
/// how they are written down.
package struct DetectionCorpus {
  /// The values, the dangerous ones first.
  package let values: [Entry]
  /// The files.
  package let files: [Entry]

  /// Reads the corpus that lies beside this file.
  ///
  /// - Throws: `DecodingError` for a line that is none of the corpus, `CocoaError` for a file that cannot be read.
  package init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("corpus")
    values = try ["dangerous", "harmless"].flatMap { try Self.lines($0, Value.self, in: folder).map(Entry.init) }
    files = try Self.lines("files", Document.self, in: folder).map {
      Entry($0, try Data(contentsOf: folder.appendingPathComponent("files/" + $0.file)))
    }
  }

  private static func lines<Line: Decodable>(_ name: String, _ type: Line.Type, in folder: URL) throws -> [Line] {
    let text = try Data(contentsOf: folder.appendingPathComponent(name + ".jsonl"))
    let decoder = JSONDecoder()
    return try text.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(type, from: Data($0)) }
  }
}

extension DetectionCorpus {
  /// Whether a thing must stop a backup.
  package enum Label: String, Decodable, Sendable { case dangerous, harmless }

  /// Where a thing stands.
  package enum Place: String, Decodable, Sendable {
    case configuration, plain, content

    /// How closely such a place is looked at.
    package var look: Look {
      switch self {
      case .configuration: .configuration
      case .plain: .plain
      case .content: .content
      }
    }
  }

  /// A value or a file, and what is to be said of it.
  package struct Entry: Sendable {
    /// Its own; a file's is its path.
    package let id: String
    package let label: Label
    package let place: Place
    /// The setting or column that a value stands under; a file has none.
    package let name: String?
    /// What is to be seen; none in what is harmless.
    package let kind: Sight.Kind?
    package let bytes: [UInt8]
  }
}

/// A line of the values' files.
private struct Value: Decodable {
  let id: String
  let label: DetectionCorpus.Label
  let kind: Sight.Kind?
  let place: DetectionCorpus.Place
  let name: String
  let notations: [String]
  let value: String?
  let pieces: [String]?
  let base64: Data?
  let why: String

  var bytes: [UInt8] {
    base64.map(Array.init) ?? Array((value ?? pieces?.joined() ?? "").utf8)
  }
}

/// A line of `files.jsonl`.
private struct Document: Decodable {
  let file: String
  let label: DetectionCorpus.Label
  let kind: Sight.Kind?
  let place: DetectionCorpus.Place
  let why: String
}

extension DetectionCorpus.Entry {
  fileprivate init(_ value: Value) {
    self.init(
      id: value.id, label: value.label, place: value.place, name: value.name, kind: value.kind,
      bytes: value.bytes)
  }

  fileprivate init(_ file: Document, _ data: Data) {
    self.init(
      id: file.file, label: file.label, place: file.place, name: nil, kind: file.kind, bytes: Array(data))
  }

  /// Why the program stops here, as a backup does; empty when it does not.
  package var reasons: [String] {
    bytes.withUnsafeBytes { bytes in
      guard let name else { return reasonsOfFile(bytes) }
      guard let first = Recogniser().first(in: bytes, under: FieldName(name), place.look) else { return [] }
      let sights = Recogniser.sights(in: bytes, place.look).map(\.kind.rawValue)
      return sights.isEmpty ? [first.kind.rawValue] : sights
    }
  }

  // An INI file's keys and values are judged one by one, all other files while they are read.
  private func reasonsOfFile(_ bytes: UnsafeRawBufferPointer) -> [String] {
    if id.hasSuffix(".ini") || id.hasSuffix(".properties") {
      do {
        let ini = try IniFile(self.bytes, name: id)
        return ini.keys.compactMap { key in
          var value = ini[key] ?? ""
          return value.withUTF8 { Recogniser().first(in: .init($0), under: FieldName(key), .configuration) }
        }.map(\.kind.rawValue)
      } catch {
        return ["\(error)"]
      }
    }
    let inspection = FileInspection(name: id, size: UInt64(bytes.count))
    inspection.scan(bytes)
    let verdict = inspection.finish()
    return (verdict.sights + [verdict.mustNotTravel].compactMap(\.self)).map(\.kind.rawValue)
      + [verdict.opacity].compactMap { $0?.rawValue }
  }
}

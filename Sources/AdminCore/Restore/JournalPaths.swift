import Database
import Installation
import Platform

extension RestoreJournal.Item {
  /// An item whose names may be any bytes.
  init(live: BytePath, staged: BytePath, former: BytePath, hasStaged: Bool) {
    let paths = [live, staged, former].map { String(validating: $0.bytes, as: UTF8.self) }
    if case .some(let live) = paths[0], case .some(let staged) = paths[1], case .some(let former) = paths[2] {
      self.init(live: live, staged: staged, former: former, hasStaged: hasStaged)
    } else {
      self.init(
        live: Self.encoded(live), staged: Self.encoded(staged), former: Self.encoded(former), hasStaged: hasStaged,
        isEncoded: true)
    }
  }

  /// One of its paths as the kernel has it.
  ///
  /// - Throws: `AdminError` (`dataError`) for a journal that nobody here wrote.
  func path(_ which: KeyPath<RestoreJournal.Item, String>) throws -> BytePath {
    let text = self[keyPath: which]
    guard isEncoded == true else { return BytePath(text) }
    var bytes: [UInt8] = []
    for part in text.utf8.split(separator: 0x2F) {
      guard let name = EntryName.decoded(Substring(part)) else {
        throw AdminError(
          .dataError, "a restore's journal names a path that cannot be understood", at: text,
          next: "ask for help before anything else is done; do not remove the journal")
      }
      bytes += [0x2F] + name
    }
    return BytePath(bytes)
  }

  private static func encoded(_ path: BytePath) -> String {
    path.bytes.split(separator: 0x2F).map { "/" + EntryName.encoded(Array($0)) }.joined()
  }
}

/// Tells archives of this program by the names of their entries, whole or cut, under any name and packed again
/// (docs/formats.md, Archive).
enum BackupArchive {
  /// Whether a file of this name holds the rows of a table, as in an archive that somebody unpacked.
  static func isRows(_ name: FileName) -> Bool {
    name.suffix == "copy" && name.path.split(separator: "/").dropLast().last == "database"
  }

  /// The names of a ZIP's entries, as far as they were seen.
  final class Names {
    private var hasIni = false
    private var hasTable = false
    private var hasManifest = false
    private var count = 0
    private var beginsWithIni = false
    /// Whether this is an office document or a Java program: what is in it is no configuration of this system.
    private(set) var isDocument = false

    func see(_ entry: String) {
      let parts = entry.split(separator: "/")
      let last = parts.last ?? ""
      let folder = parts.dropLast().last
      if folder == "ini", last.hasSuffix(".ini") {
        hasIni = true
        beginsWithIni = beginsWithIni || count == 0
      }
      if folder == "database", last.hasSuffix(".copy") || last.hasSuffix(".schema.json") { hasTable = true }
      if last == "manifest.json" { hasManifest = true }
      if count < 3, ["[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"].contains(entry) { isDocument = true }
      count += 1
    }

    /// Whether only an archive of this program has such entries.
    var isBackup: Bool { hasTable && (hasIni || hasManifest) || hasIni && hasManifest }
    /// Whether it may be the begin of one.
    var isPartOfBackup: Bool { beginsWithIni || hasTable }
  }
}

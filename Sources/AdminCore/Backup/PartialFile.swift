import Archive
import Glibc
import Installation
import Platform

/// The name of a file that is being written: `.NAME.OWNER.partial`. NAME is the archive's, which has the backup ID of the
/// operation; OWNER tells the installation, since two may have one backup folder and must not remove each other's.
enum PartialFile {
  private static let suffix = ".partial"

  /// The path under which a file is written that will be `folder/name`.
  static func path(_ folder: String, _ name: String, of installation: Installation) -> String {
    "\(folder)/.\(name).\(owner(installation))\(suffix)"
  }

  /// Whether a name is one that `path` gives, of whatever installation.
  static func isPartial(_ name: String) -> Bool {
    guard name.hasPrefix("."), name.hasSuffix(suffix) else { return false }
    let inner = name.dropFirst().dropLast(suffix.count)
    guard let dot = inner.lastIndex(of: ".") else { return false }
    let owner = inner[inner.index(after: dot)...]
    return owner.utf8.count == ownerLength && owner.allSatisfy(\.isHexDigit)
      && BackupKind.parse(archiveName: String(inner[..<dot])) != nil
  }

  /// Removes what killed backups of this installation left in a folder. Called with the lock held: no partial file of
  /// this installation has an owner then.
  static func removeAll(in folder: String, of installation: Installation) throws {
    let end = ".\(owner(installation))\(suffix)"
    for name in try FileSystem.textNames(in: folder) where name.hasPrefix(".") && name.hasSuffix(end) {
      let inner = String(name.dropFirst().dropLast(end.count))
      if BackupKind.parse(archiveName: inner) != nil { try FileSystem.remove(folder + "/" + name) }
    }
  }

  private static let ownerLength = 12

  // Hex digits of SHA-256 over machine and install folder: a share may be used by two machines that have the same
  // paths, and a component's part of a distributed installation is an installation of its own.
  private static func owner(_ installation: Installation) -> String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let text =
      name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      + Array("\n\(FileSystem.resolved(installation.folder))".utf8)
    return String(Digest.hex(Digest.sha256(text)).prefix(ownerLength))
  }
}

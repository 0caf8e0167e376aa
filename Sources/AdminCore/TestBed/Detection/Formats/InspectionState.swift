/// What all levels of one file's inspection share: what was found, and how much may still be unpacked.
final class InspectionState {
  private(set) var verdict = FileVerdict()
  private var unpacked: UInt64 = 0
  private var taken: UInt64 = 0

  /// Whether nothing more can change what becomes of the file.
  var isDecided: Bool { verdict.mustNotTravel != nil }
  /// Whether something was found that stops a backup; only what must not travel weighs more.
  var isDangerous: Bool { !verdict.sights.isEmpty }

  /// How many archives within archives are opened.
  static let deepest = 3
  /// How many notations of any kind, such as gzip around an archive and base64 around that.
  static let longest = 8
  // What may be unpacked of a file: 64 MiB, and 100 bytes for each of its own. Text shrinks to a twentieth at most; only
  // what was made for it shrinks to a thousandth.
  private static let freely: UInt64 = 64 << 20
  private static let ratio: UInt64 = 100

  func note(_ sight: Sight) {
    if sight.kind == .database || sight.kind == .archive {
      if verdict.mustNotTravel == nil { verdict.mustNotTravel = sight }
    } else if !verdict.sights.contains(where: { $0.kind == sight.kind }) {
      verdict.sights.append(sight)
    }
  }

  func note(_ opacity: FileVerdict.Opacity) {
    if verdict.opacity == nil { verdict.opacity = opacity }
  }

  /// Counts bytes of the file itself.
  func take(_ count: Int) { taken += UInt64(count) }

  /// Counts unpacked bytes.
  ///
  /// - Returns: whether they may still be looked at.
  func unpack(_ count: Int) -> Bool {
    unpacked += UInt64(count)
    if unpacked <= InspectionState.freely + InspectionState.ratio * taken { return true }
    note(.bomb)
    return false
  }
}

/// Takes the bytes of one content in order, in pieces of any size.
protocol ContentReader: AnyObject {
  func read(_ bytes: UnsafeRawBufferPointer)
  /// Says that no more bytes come.
  func finish()
}

/// A file's name, which is only a hint.
struct FileName {
  /// In lower case, with the folders that are known.
  let path: String
  /// Its last part.
  let base: String
  /// What stands behind the last full stop of the last part, without it; empty when there is none.
  let suffix: String

  init(_ path: String) {
    self.path = path.lowercased()
    base = self.path.split(separator: "/").last.map(String.init) ?? ""
    suffix = base.contains(".") ? base.split(separator: ".").last.map(String.init) ?? "" : ""
  }

  /// Without the last suffix, as of the file inside a `.gz`.
  var unpacked: FileName { suffix.isEmpty ? self : FileName(String(path.dropLast(suffix.count + 1))) }
}

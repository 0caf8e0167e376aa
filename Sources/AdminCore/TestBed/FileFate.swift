import Detection
import Installation

/// What becomes of a file that was looked at.
package enum FileFate: Equatable {
  /// It travels, or a finding names it and stops the backup.
  case taken
  /// It travels, and the report says why nobody could look into it.
  case named(String)
  /// It does not travel; the report says what it is.
  case leftOut(String)
}

extension Sanitizer {
  /// What looks at a file while it is read; nil when this backup looks into no file.
  ///
  /// - Parameters:
  ///   - path: the file's path in its folder.
  ///   - size: its size in bytes when the reading begins.
  package func inspection(of path: String, size: UInt64) -> FileInspection? {
    ruleSet.isTestBed ? FileInspection(name: path, size: size) : nil
  }

  /// Decides by what was seen in a file, and counts what is left out.
  package func judge(_ verdict: FileVerdict, of path: String, _ component: Component) -> FileFate {
    if let sight = verdict.mustNotTravel {
      if let rule = ruleSet.index(of: "nested-data") {
        tally(rule, "files of \(component.folderName)/data: \(sight.kind.rawValue)").count += 1
      }
      return .leftOut(sight.reason)
    }
    if ruleSet.harmless.contains(.file(component, path)) { return .taken }
    if let sight = verdict.sights.first { note(.file(component, path), sight.reason) }
    return verdict.opacity.map { .named($0.rawValue) } ?? .taken
  }
}

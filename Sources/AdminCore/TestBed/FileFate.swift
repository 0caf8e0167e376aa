import Detection
import Installation
import Platform

/// What becomes of a file that was looked at.
enum FileFate: Equatable {
  /// It travels, or a finding names it and stops the backup.
  case taken
  /// It travels, and the report says why nobody could look into it.
  case named(String)
  /// It does not travel; the report says what it is.
  case leftOut(String)
}

extension Sanitizer {
  /// Decides by what was seen in a file, and counts what is left out.
  func judge(_ verdict: FileVerdict, of path: String, _ component: Component) -> FileFate {
    if let sight = verdict.mustNotTravel {
      if let rule = ruleSet.index(of: "nested-data") {
        let folder = path.hasBytePrefix("data/") ? "\(component.folderName)/data" : component.folderName
        tally(rule, "files of \(folder): \(sight.kind.rawValue)").count += 1
      }
      return .leftOut(sight.reason)
    }
    if let sight = verdict.sights.first { note(.file(component, path), sight.reason) }
    return verdict.opacity.map { .named($0.rawValue) } ?? .taken
  }
}

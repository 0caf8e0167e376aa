import Archive
import Installation

/// Numbers from another machine are added and multiplied here: none may be so large, or negative, that this traps.
private let mostCounted = 1 << 46
private let mostBytes: UInt64 = 1 << 56
/// Seconds since 1970, some thirty thousand years.
private let mostSeconds: Int64 = 1 << 40

extension Reply {
  /// Whether all numbers in it, and a digest, are such as there can be.
  var isPlausible: Bool {
    switch self {
    case .described(let description): description.time.magnitude <= mostSeconds.magnitude
    case .previewed(let outcome, let results, _): outcome.isPlausible && results.record.isPlausible
    case .written(let archive, let results):
      archive.outcome.isPlausible && results.record.isPlausible && archive.size <= mostBytes
        && Digest.bytes(hex: archive.digest)?.count == 32
    case .audited(let hits): hits.values.allSatisfy { (0...mostCounted).contains($0) }
    case .progress(let done, let total): done <= mostBytes && total <= mostBytes
    case .digest(_, let size), .archive(let size): size <= mostBytes
    case .prepared, .begun, .inspected, .done, .failed: true
    }
  }
}

extension Request {
  /// Whether all numbers in it are such as there can be.
  var isPlausible: Bool {
    switch self {
    case .inspect(let time): time.magnitude <= mostSeconds.magnitude
    case .write(let record): record.isPlausible
    default: true
    }
  }
}

extension ComponentWalk.Outcome {
  fileprivate var isPlausible: Bool {
    (0...mostCounted).contains(files) && fileBytes <= mostBytes && rows.count <= 1 << 16
      && rows.values.allSatisfy { (0...Int64(mostCounted)).contains($0) }
  }
}

extension SanitisationRecord {
  // A few hundred rules with a few thousand places: far from what adds up to an overflow.
  fileprivate var isPlausible: Bool {
    rules.count <= 1 << 10
      && rules.allSatisfy { $0.places.count <= 1 << 12 && $0.places.allSatisfy { (0...1 << 38).contains($0.count) } }
  }
}

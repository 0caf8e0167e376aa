import Installation
import TestBed

/// The archives of one ID and kind, wherever they are, with what is wrong with them at first sight.
public struct BackupSet: Sendable, Equatable {
  /// The backup ID.
  public let id: BackupID
  /// Normal or test-bed.
  public let kind: BackupKind
  /// The archives' paths.
  public package(set) var archives: [Component: String] = [:]
  /// Bytes of all archives.
  public package(set) var size: UInt64 = 0
  /// The report, when it is at hand.
  public package(set) var report: BackupReport.Summary?
  /// Why the set cannot be restored as it is; empty when nothing is known against it.
  public package(set) var problems: [Problem] = []

  /// The components whose archive is missing.
  public var missing: [Component] { Component.allCases.filter { archives[$0] == nil } }

  /// The machines of the missing archives that the report says are on others.
  public var elsewhere: [Component: String] {
    guard let report, report.isValid else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: missing.compactMap { component in
        report.hosts[kind.archiveName(component, id)].map { (component, $0) }
      })
  }

  /// Whether nothing is missing but what is on other machines.
  public var isDistributed: Bool {
    let elsewhere = elsewhere
    return !missing.isEmpty && missing.allSatisfy { elsewhere[$0] != nil }
  }

  /// Which archives are on which other machines.
  var placesElsewhere: String {
    elsewhere.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) on \($0.value)" }.joined(separator: ", ")
  }

  /// Whether nothing is known against it and its report says that it is good.
  public var isValid: Bool { problems.isEmpty && report?.isValid == true }

  /// In words: `valid`, `no report at hand`, or why it is not valid.
  public var verdict: String {
    if !problems.isEmpty { return problems.map(\.description).joined(separator: "; ") }
    return report == nil ? "complete, no report at hand" : "valid"
  }

  /// The verdict in so few words that a table can show it.
  public var state: String {
    if isDistributed, problems.allSatisfy(\.isAbsence) { return "distributed, to be collected" }
    if !missing.isEmpty { return "incomplete, without \(missing.map(\.rawValue).joined(separator: ", "))" }
    if let report, !report.isValid { return "invalid, its report has no mark" }
    return problems.isEmpty ? verdict : "invalid, mismatched or damaged"
  }
}

extension BackupSet {
  /// Why a set cannot be restored as it is.
  public enum Problem: Sendable, Equatable, CustomStringConvertible {
    /// Two archives carry one name; their paths.
    case duplicate(Component, String, String)
    /// The archives are on other machines.
    case toBeCollected(String)
    /// Archives are nowhere to be found.
    case missing([Component])
    /// The report has no validity mark; its last line.
    case unmarkedReport(String)
    /// An archive is not what its name says, in words.
    case contradiction(String)
    /// An archive cannot be looked at now, which says nothing against it.
    case unexaminable(Component, String)
    /// An archive is damaged.
    case damaged(Component, String)

    /// Whether it says only that archives are on other machines.
    var isAbsence: Bool { if case .toBeCollected = self { true } else { false } }

    /// In words.
    public var description: String {
      switch self {
      case .duplicate(let component, let first, let second):
        "\(component.rawValue) is there twice: \(first) and \(second)"
      case .toBeCollected(let places): "to be collected: \(places)"
      case .missing(let components): "missing: \(components.map(\.rawValue).joined(separator: ", "))"
      case .unmarkedReport(let lastLine):
        "its report does not end with the mark: \(lastLine.isEmpty ? "(empty)" : lastLine)"
      case .contradiction(let text): text
      case .unexaminable(let component, let error): "\(component.rawValue) cannot be examined: \(error)"
      case .damaged(let component, let what): "\(component.rawValue): \(what)"
      }
    }
  }
}

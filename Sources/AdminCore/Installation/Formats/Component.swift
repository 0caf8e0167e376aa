import Database
import Platform

/// One of the three parts of a mailing system, each with a home folder, an INI file and tables of its own.
public enum Component: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable, Comparable {
  /// The Administration Hub, the backup master.
  case hub = "HUB"
  /// The Maestro User Interface, where jobs are written and sent.
  case lui = "LUI"
  /// The Tracker, which records opens and clicks.
  case trk = "TRK"

  /// The component's name as screens and reports spell it out.
  public var title: String {
    switch self {
    case .hub: "Administration Hub"
    case .lui: "Maestro User Interface"
    case .trk: "Maestro Tracker"
    }
  }

  /// The home folder's name inside the install folder; also the first part of the component's setting names.
  public var folderName: String { rawValue.lowercased() }

  /// The INI file's name inside the home folder.
  public var iniName: String { self == .trk ? "tracker.ini" : folderName + ".ini" }

  /// The INI file's path in the install folder.
  package var iniFile: String { folderName + "/" + iniName }

  /// Whether a file of the home folder has the form of an INI file, as `iniNames` says.
  ///
  /// - Parameter path: relative to the home folder.
  package func hasIni(_ path: String) -> Bool {
    let path = path.lowercased()
    return path.hasByteSuffix(".ini") || path.hasByteSuffix(".properties")
      || self == .hub && ["accountreg", "hubreg"].contains(path)
  }

  /// The files of home folders that have the form of an INI file, for messages.
  package static let iniNames = "*.ini, *.properties, hub/accountreg and hub/hubreg"

  /// What the names of the component's tables begin with.
  public var tablePrefix: String {
    switch self {
    case .hub: ComponentTables.prefixes[0]
    case .lui: ComponentTables.prefixes[1]
    case .trk: ComponentTables.prefixes[2]
    }
  }

  /// The component that has a table of this name, nil for a table of no component.
  package static func owner(ofTable name: String) -> Component? {
    allCases.first { name.utf8.starts(with: $0.tablePrefix.utf8) }
  }

  /// The port a component listens on when nothing else is set.
  public var defaultPort: Int {
    switch self {
    case .hub: 1808
    case .lui: 1809
    case .trk: 1810
    }
  }

  /// HUB, LUI, TRK: the order of reports and screens.
  public static func < (left: Component, right: Component) -> Bool {
    left.defaultPort < right.defaultPort
  }
}

extension TableSchema {
  /// The component whose table it is, nil for a table of no component.
  public var component: Component? { Component.owner(ofTable: name) }
}

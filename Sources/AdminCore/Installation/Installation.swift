import Archive
import Database
import Glibc
import Platform

/// An installation on this machine: its install folder and what the INI files say. Everything is read anew when asked,
/// so that nothing is stored twice.
public struct Installation: Sendable, Equatable {
  /// The install folder, absolute.
  public let folder: String
  /// The component that the program works for here: the HUB, or on a component's own machine that component alone. Its
  /// home folder holds the lock, the logs and the status.
  package let role: Component

  /// Names an install folder; nothing is read yet.
  public init(folder: String) { self.init(folder: folder, role: .hub) }

  package init(folder: String, role: Component) {
    self.folder = FileSystem.absolute(folder)
    self.role = role
  }

  /// The installation in `folder`.
  ///
  /// - Throws: `AdminError`: `configuration` when there is none, or others may write in it; `refused` when it is another
  ///   account's.
  public static func locate(_ folder: String) throws -> Installation {
    let installation = Installation(folder: folder)
    try installation.checkOwner()
    guard try FileSystem.exists(installation.iniPath(of: .hub)) else {
      throw AdminError(
        .configuration, "no installation (hub/hub.ini is missing)", at: installation.folder,
        next: "name the install folder with --install-folder, or make a fresh one with: hubtui setup DIR")
    }
    return installation
  }

  /// The components whose home folders belong here: all three, but for those that `hub.ini` says are on other machines
  /// and that have no folder here; on a component's own machine that component alone.
  package func components() throws -> [Component] {
    guard role == .hub else { return [role] }
    return try Component.allCases.filter { try !isElsewhere($0) }
  }

  /// Whether a component is on another machine and has nothing here.
  package func isElsewhere(_ component: Component) throws -> Bool {
    guard component != .hub, try !FileSystem.exists(home(of: component)),
      let host = try ini(of: .hub)[component.folderName + ".host"].flatMap(HostName.init)
    else { return false }
    return !host.isLocalhost
  }

  /// A component's home folder.
  public func home(of component: Component) -> String { folder + "/" + component.folderName }

  /// A component's INI file.
  public func iniPath(of component: Component) -> String { home(of: component) + "/" + component.iniName }

  /// The folder of a component's files.
  public func dataFolder(of component: Component) -> String { home(of: component) + "/data" }

  /// Where reports and the audit log are.
  public var logFolder: String { home(of: role) + "/logs" }

  /// The internal database when it is the embedded one.
  public var internalDatabasePath: String { folder + "/database/maestro.sqlite" }

  /// The internal database when it is a server of its own.
  public var internalServerFolder: String { folder + "/database/mariadb" }

  /// Whether the internal database is a server of its own.
  public var hasInternalServer: Bool { FileSystem.isFolder(internalServerFolder) }

  /// The internal database's server.
  ///
  /// - Throws: `AdminError` (`configuration`) when the internal database is a file, which needs none.
  public func internalServer() throws -> MariaDBServer {
    guard hasInternalServer else {
      throw AdminError(
        .configuration, "the internal database is a file, which needs no server", at: internalDatabasePath,
        next: "nothing needs to be started")
    }
    return try MariaDBServer.locate(internalServerFolder)
  }

  /// The site's own rules.
  public var rulesPath: String { home(of: .hub) + "/" + HomeNames.rules }

  /// A component's INI file, read now.
  public func ini(of component: Component) throws -> IniFile {
    do {
      return try IniFile.read(iniPath(of: component))
    } catch let error as AdminError where error.code == .inputOutput {
      throw AdminError(
        .configuration, "component \(component.rawValue) has no readable INI file", at: iniPath(of: component),
        next: "check that the component is installed on this machine")
    }
  }

  /// Opens the system database that the INI files name.
  public func openDatabase(_ access: DatabaseAccess) throws -> any SystemDatabase {
    try DatabaseLocation(of: self).open(access)
  }

  /// What keeps this installation from being a single server: each host, own or of another component, that is not
  /// localhost. Empty on a single server.
  public func distribution() throws -> [String] {
    try components().flatMap { component in
      let ini = try ini(of: component)
      return ini.keys.compactMap { key -> String? in
        guard key.hasSuffix(".host"), let value = ini[key], HostName(value)?.isLocalhost != true else { return nil }
        return "\(component.iniName): \(key)"
      }
    }
  }

  /// The host and port a component listens on; nil while its INI file names no host.
  public func address(of component: Component) throws -> (host: HostName, port: Int)? {
    let ini = try ini(of: component)
    guard let text = ini[IniKey.host] else { return nil }
    guard let host = HostName(text) else {
      throw AdminError(
        .configuration, "not a host name", at: "\(iniPath(of: component)): \(IniKey.host)", next: "correct the INI file"
      )
    }
    let port = try ini[IniKey.port].map { value in
      guard let port = Int(value), (1...65535).contains(port) else {
        throw AdminError(
          .configuration, "not a port", at: "\(iniPath(of: component)): \(IniKey.port)", next: "correct the INI file")
      }
      return port
    }
    return (host, port ?? component.defaultPort)
  }

  /// Why a component counts as running, nil when it is stopped: its own pid file, or its port answering here.
  ///
  /// - Throws: `AdminError` (`unavailable`) when its host does not resolve, so that nobody can tell.
  public func runningEvidence(of component: Component) throws -> String? {
    let pidPath = home(of: component) + "/\(component.folderName).pid"
    if try FileSystem.exists(pidPath) {
      let text = String(decoding: try FileSystem.read(pidPath, limit: 64), as: UTF8.self)
      if let pid = Int32(text.split(whereSeparator: \.isWhitespace).first ?? ""), pid > 0,
        kill(pid, 0) == 0 || errno == EPERM
      {
        return "process \(pid), named by \(pidPath)"
      }
    }
    guard let address = try address(of: component) else { return nil }
    switch PortProbe.location(of: address.host) {
    case .elsewhere: return nil
    case .here:
      let isAnswering = try PortProbe.answers(address.host, port: address.port, milliseconds: 500)
      return isAnswering ? "port \(address.port) answers on \(address.host)" : nil
    case .unknown(let reason):
      throw AdminError(
        .unavailable,
        "nobody can tell whether component \(component.rawValue) runs: its host does not resolve (\(reason))",
        at: "\(iniPath(of: component)): \(IniKey.host)=\(address.host)",
        next: "make the name resolve, in /etc/hosts if need be, or correct the INI file; then start again")
    }
  }
}

import Platform

/// Where a component on another machine is reached: the words for `ssh`, none of which it or a shell can misread.
public struct ComponentAddress: Sendable, Equatable {
  /// The host, or an alias of the configuration of `ssh`.
  public let host: HostName
  /// The account there; nil leaves it to the configuration of `ssh`.
  public let user: String?
  /// The install folder there; nil leaves it to the forced command.
  public let folder: String?

  /// Nil when a word could be taken for something other than it is.
  init?(host: HostName, user: String?, folder: String?) {
    guard host.description.utf8.allSatisfy({ $0 < 0x80 }), !host.description.hasPrefix("-"),
      user.map(ComponentAddress.isUser) ?? true, folder.map(ComponentAddress.isFolder) ?? true
    else { return nil }
    self.host = host
    self.user = user
    self.folder = folder
  }

  /// Whether a text can be an account's name on a command line.
  static func isUser(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count) && text.utf8.first.map { isLetter($0) || $0 == 0x5F } == true
      && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_.-".utf8.contains($0) }
  }

  /// Whether a text can be a folder on a command line that a shell reads.
  static func isFolder(_ text: String) -> Bool {
    (2...1024).contains(text.utf8.count) && text.utf8.first == 0x2F
      && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "/._-".utf8.contains($0) }
      && !text.utf8.split(separator: 0x2F).contains { $0.elementsEqual("..".utf8) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// Which components are on other machines, as the settings and the INI files say.
package struct ComponentAddresses {
  /// Those that are, in the order of a backup.
  package private(set) var elsewhere: [(component: Component, address: ComponentAddress)] = []

  /// - Throws: `AdminError`: `configuration` for a setting that cannot be used; `unavailable` on a machine that is not the
  ///   HUB's; `refused` on a test system for a host of production.
  package init(_ installation: Installation, _ settings: Settings) throws {
    if let own = try installation.address(of: .hub), !PortProbe.isOnThisMachine(own.host) {
      throw AdminError(
        .unavailable, "the HUB is on another machine",
        at: "\(installation.iniPath(of: .hub)): \(IniKey.host)=\(own.host)",
        next: "run hubtui on the HUB's machine, or correct the INI file")
    }
    for component in [Component.lui, .trk] {
      guard let address = try ComponentAddresses.address(of: component, installation, settings) else { continue }
      elsewhere.append((component, address))
    }
  }

  /// Where a component is reached; nil when it is on this machine.
  package static func address(
    of component: Component, _ installation: Installation, _ settings: Settings
  ) throws -> ComponentAddress? {
    let name = component.folderName
    let host: HostName
    if let text = try settings.value("\(name).ssh.host") {
      guard let named = HostName(text) else { throw unusable("\(name).ssh.host") }
      host = named
    } else if let named = try iniHost(of: component, installation), !PortProbe.isOnThisMachine(named) {
      host = named
    } else {
      return nil
    }
    // The rules take these settings out of a copy; what somebody typed in again is held against production's hosts too.
    try TestSystem(settings)?.refuseProduction(host, for: "\(name).ssh.host", mustResolve: false)
    guard
      let address = ComponentAddress(
        host: host, user: try settings.value("\(name).ssh.user"), folder: try settings.value("\(name).ssh.folder"))
    else { throw unusable("\(name).ssh.host, \(name).ssh.user, \(name).ssh.folder") }
    return address
  }

  private static func iniHost(of component: Component, _ installation: Installation) throws -> HostName? {
    if try !installation.isElsewhere(component) { return try installation.address(of: component)?.host }
    return try installation.ini(of: .hub)[component.folderName + ".host"].flatMap(HostName.init)
  }

  private static func unusable(_ setting: String) -> AdminError {
    AdminError(
      .configuration, "cannot be given to ssh", at: setting,
      next: "use a host name of ASCII letters, an account's name, and an absolute folder without spaces or signs")
  }
}

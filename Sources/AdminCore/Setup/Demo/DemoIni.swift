import Database
import Installation

/// The INI files of the demo production.
struct DemoIni {
  private let production: DemoProduction

  init(_ production: DemoProduction) { self.production = production }

  /// The loopback address a component is on; all three are on this machine, and told apart as three servers are.
  package static func host(of component: Component) -> String {
    switch component {
    case .hub: "127.0.0.11"
    case .lui: "127.0.0.12"
    case .trk: "127.0.0.13"
    }
  }

  /// The INI file of a component.
  ///
  /// - Throws: `AdminError` (`usage`) when the folder's name has control characters, which no INI file can hold.
  package func ini(of component: Component) throws -> IniFile {
    let seed = production.options.seed
    var secrets = SeededGenerator(seed: seed, .iniFiles, row: component.defaultPort)
    var identities = SeededGenerator(seed: seed, .instanceIDs, row: component.defaultPort)
    let name = component.folderName
    let others = Component.allCases.filter { $0 != component }.map {
      "\n# Where \($0.title) is\n\($0.folderName).host=\(DemoIni.host(of: $0))\n\($0.folderName).port=\($0.defaultPort)\n"
    }
    let text = """
      # LISTSERV Maestro: \(component.title), production
      \(IniKey.host)=\(DemoIni.host(of: component))
      \(IniKey.port)=\(component.defaultPort)
      # Before the move, until the old server is switched off:
      #\(IniKey.host)=old-\(name).\(DemoProduction.domain)
      \(others.joined())
      # The system database: internal, or a URL
      \(DatabaseKey.url)=
      \(DatabaseKey.user)=maestro_\(name)
      \(DatabaseKey.password)=\(secrets.secret("\(name)-database"))
      #\(DatabaseKey.password)=\(secrets.secret("\(name)-former-database"))

      # Certificates are renewed every March; write to tls@\(DemoProduction.domain) before the old ones end.
      \(IniKey.keyStore)=
      \(IniKey.keyStorePassword)=\(secrets.secret("\(name)-keystore"))

      # Remote administration
      \(IniKey.remoteAdminPassword)=\(secrets.secret("\(name)-remote"))

      log.level=info
      log.keep-days = 30
      threads.max=16

      # Generated at the first start
      \(IniKey.instanceID)=\(InstanceID.random(component, &identities))

      """
    var ini = try IniFile(Array(text.utf8), name: component.iniName)
    try ini.set(DatabaseKey.url, production.databaseURL)
    try ini.set(IniKey.keyStore, "\(production.root)/production/\(name)/data/keystore.p12")
    return ini
  }
}

import Archive
import Installation
import Platform

/// The files of the Hub's home folder beside INI file and data folder, in the form in which Java writes properties: its
/// own registries, and the settings of its servlet container.
struct DemoHomeFiles {
  private let options: DemoOptions
  private let domain = DemoProduction.domain

  init(_ options: DemoOptions) { self.options = options }

  func create(in installation: Installation) throws {
    var generator = SeededGenerator(seed: options.seed, .homeFiles)
    for (name, lines) in [
      ("accountreg", accounts(&generator)), ("hubreg", components(&generator)), ("tomcat.ini", container(&generator)),
    ] {
      let text = "#LISTSERV Maestro\n#\(Moment.text(options.now))\n\(lines.joined(separator: "\n"))\n"
      try FileSystem.replace(installation.home(of: .hub) + "/" + name, with: Array(text.utf8), mode: 0o600)
    }
  }

  /// Who may log in, which a copy keeps, and the directory that is asked, which it must not.
  private func accounts(_ generator: inout SeededGenerator) -> [String] {
    let names = [
      (Setup.administrator, "Administrator"), ("ines", #"In\u00EAs Gon\u00E7alves"#), ("li.wei", #"\u674E\u4F1F"#),
    ]
    return names.enumerated().flatMap { index, account in
      let hash = [16, 32].map { Digest.hex(generator.bytes($0)) }.joined(separator: "$")
      return [
        "name=\(account.0)", "full-name=\(account.1)", "email=\(account.0)@staff.\(domain)",
        #"password-hash=$scrypt$ln\=15,r\=8,p\=1$\#(hash)"#, "is-administrator=\(index == 0)",
      ].map { "account.\(index + 1).\($0)" }
    } + [
      #"directory.url=ldaps\://ldap.\#(domain)\:636"#,
      #"directory.bind-dn=cn\=maestro,ou\=services,dc\=maestro-prod,dc\=example"#,
      "directory.bind-password=\(generator.secret("accountreg-ldap"))",
    ]
  }

  /// Which components registered, from where, and by which key.
  private func components(_ generator: inout SeededGenerator) -> [String] {
    var identities = SeededGenerator(seed: options.seed, .instanceIDs)
    return [Component.lui, .trk].enumerated().flatMap { index, component in
      [
        "kind=\(component.rawValue)", "host=\(DemoIni.host(of: component))", "port=\(component.defaultPort)",
        "instance-id=\(InstanceID.random(component, &identities))",
        "registration-key=\(generator.secret("registration"))",
      ].map { "component.\(index + 1).\($0)" }
    }
  }

  private func container(_ generator: inout SeededGenerator) -> [String] {
    [
      "connector.http.port=80", "connector.https.port=443", "connector.https.keystore=/etc/maestro/https.p12",
      "connector.https.keystore-password=\(generator.secret("https"))", "connector.proxy-name=news.\(domain)",
      "connector.threads=200", "shutdown.port=8007", "shutdown.word=\(generator.secret("shutdown"))",
      "RemoteAdminPassword=\(generator.secret("tomcat-remote"))",
    ]
  }
}

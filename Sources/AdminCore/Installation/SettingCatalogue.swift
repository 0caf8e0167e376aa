import Detection
import Platform

/// The Hub settings a fresh installation knows, read top to bottom: names, kinds, ranges, defaults.
public enum SettingCatalogue {
  /// What values a setting takes.
  public enum Kind: Sendable, Equatable {
    /// One line of at most so many characters.
    case text(Int)
    /// A secret: never shown.
    case secret
    /// A whole number in a range.
    case number(ClosedRange<Int>)
    /// `true` or `false`.
    case toggle
    /// A host name or address. It has no default: unset means no host at all.
    case host
    /// An http or https URL. It has no default.
    case url
    /// A folder, relative to the component's home folder or absolute.
    case folder
    /// A time of day as `HH:MM`, UTC.
    case time
    /// An account of another machine, as `ssh` takes it.
    case sshUser
    /// An absolute folder of another machine, as `ssh` and a shell take it.
    case sshFolder
    /// Mail addresses parted by commas. It has no default.
    case addresses
  }

  /// Who may change a setting.
  public enum Guard: Sendable, Equatable {
    /// The `settings` command and the settings screens.
    case none
    /// Only the named command, which checks more than a value can tell.
    case command(String)
    /// Nobody: a restore writes it.
    case fixed
  }

  /// One setting.
  public struct Definition: Sendable, Equatable {
    /// Its name, such as `lui.listserv.host`.
    public let name: String
    /// What values it takes.
    public let kind: Kind
    /// The value that holds while it is unset; nil for none.
    public let defaultValue: String?
    /// Who may change it.
    public let access: Guard
    /// What it is for, in a few words.
    public let help: String
  }

  /// All settings, in the order of the console's menus.
  public static let definitions: [Definition] =
    Component.allCases.flatMap { component in
      [
        define("\(component.folderName).backup.folder", .folder, "backup", "backup folder of \(component.rawValue)"),
        define(
          "\(component.folderName).backup.history", .number(0...99), "5",
          "how many earlier backups \(component.rawValue) keeps"),
      ]
    } + [
      define("lui.ssh.host", .host, nil, "LUI's host for ssh, if not the INI's"),
      define("lui.ssh.user", .sshUser, nil, "account on LUI's machine for ssh"),
      define("lui.ssh.folder", .sshFolder, nil, "install folder on LUI's machine"),
      define("trk.ssh.host", .host, nil, "TRK's host for ssh, if not the INI's"),
      define("trk.ssh.user", .sshUser, nil, "account on TRK's machine for ssh"),
      define("trk.ssh.folder", .sshFolder, nil, "install folder on TRK's machine"),
      define("hub.backup.daily.enabled", .toggle, "false", "whether a backup is made every day"),
      define("hub.backup.daily.time", .time, "02:00", "when the daily backup starts, UTC"),
      define("hub.licence.key", .secret, nil, "licence key"),
      define("hub.notifications.recipients", .addresses, nil, "who gets the Hub's system mail"),
      define("hub.proxy.url", .url, nil, "proxy for outgoing requests"),
      define("hub.session.idle-minutes", .number(1...720), "15", "idle minutes until a session ends"),
      define("lui.general.charset", .text(40), "UTF-8", "character set of new jobs"),
      define("lui.general.language", .text(10), "en", "language of new accounts"),
      define("lui.listserv.host", .host, nil, "LISTSERV host", .command("post-restore listserv-host")),
      define("lui.listserv.port", .number(1...65535), nil, "LISTSERV port", .command("post-restore listserv-host")),
      define("lui.listserv.client-name", .text(100), nil, "LISTSERV client name"),
      define("lui.listserv.client-password", .secret, nil, "LISTSERV client password"),
      define("lui.listserv.client-address", .addresses, nil, "LISTSERV client address"),
      define("lui.listserv.external-host", .host, nil, "LISTSERV host that mails show"),
      define("lui.listserv.bounce-host", .host, nil, "LISTSERV host for bounces"),
      define("lui.listserv.bounce-port", .number(1...65535), nil, "LISTSERV port for bounces"),
      define("lui.mail.bounce-address", .addresses, nil, "where bounces go"),
      define("lui.mail.relay-host", .host, nil, "mail relay"),
      define("lui.mail.relay-port", .number(1...65535), nil, "port of the mail relay"),
      define("lui.mail.relay-user", .text(100), nil, "user name at the mail relay"),
      define("lui.mail.relay-password", .secret, nil, "password at the mail relay"),
      define("lui.notifications.recipients", .addresses, nil, "who gets LUI's system mail"),
      define(Settings.outboxSwitch, .text(8), "disabled", "whether the outbox sends", .command("outbox open")),
      define("lui.public-url", .url, nil, "LUI's URL in mails and on pages"),
      define("lui.reports.scheduled", .toggle, "false", "whether scheduled reports are made"),
      define("trk.tracking.enabled", .toggle, "true", "whether opens and clicks are recorded"),
      define("trk.tracking.host", .host, nil, "tracking host", .command("post-restore tracking-host")),
      define("trk.tracking.public-url", .url, nil, "the tracking host's URL in mails"),
      define("trk.general.anonymise-days", .number(0...3650), "0", "days until events lose their recipient"),
      define("trk.notifications.recipients", .addresses, nil, "who gets the Tracker's system mail"),
      define(TestSystem.setName, .text(19), nil, "the set this test system came from", .fixed),
      define(TestSystem.restoredName, .text(20), nil, "when it was restored, UTC", .fixed),
      define(TestSystem.recipientsName, .text(8), nil, "whether its recipients are real or masked", .fixed),
      define(TestSystem.hostsName, .secret, nil, "salted hashes of production's hosts", .fixed),
    ]

  /// The definition of a setting, nil for one that a fresh installation does not know.
  public static subscript(name: String) -> Definition? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0) })

  private static func define(
    _ name: String, _ kind: Kind, _ value: String?, _ help: String, _ access: Guard = .none
  ) -> Definition {
    Definition(name: name, kind: kind, defaultValue: value, access: access, help: help)
  }
}

extension SettingCatalogue.Definition {
  /// What a value looks like, in words.
  public var form: String {
    switch kind {
    case .text(let limit): "a text of at most \(limit) characters"
    case .secret: "a secret of at most 4096 characters"
    case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .toggle: "true or false"
    case .host: "a host name or address"
    case .url: "an http or https URL"
    case .folder: "a folder, absolute or in the component's home folder"
    case .time: "a time of day as HH:MM"
    case .sshUser: "an account's name of letters, digits, dots, hyphens and underscores"
    case .sshFolder: "an absolute folder of letters, digits, dots, hyphens, underscores and slashes"
    case .addresses: "a list of mail addresses parted by commas"
    }
  }

  /// What a value of this setting would make the system talk to, or mail.
  package func addresses(in value: String) -> AddressValue {
    switch kind {
    case .host: AddressValue(value, .server)
    case .url: AddressValue(value, .location)
    case .addresses: AddressValue(value, .mail)
    case .secret: AddressValue(value, .secret)
    case .number, .toggle, .time, .sshUser: AddressValue("")
    case .text, .folder, .sshFolder: AddressValue(value)
    }
  }

  /// Whether its hosts are servers, which have addresses; a mail domain may have none of its own.
  package var namesServer: Bool { kind == .host || kind == .url }

  /// Why `value` cannot be this setting's value, in words, nil when it can.
  public func objection(to value: String) -> String? {
    if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "has control characters"
    }
    // A setting is shown with dots for its secret; stored, they would be the secret.
    if value.contains(EmbeddedSecrets.dots) { return "has dots where its secret stood; type the secret" }
    switch kind {
    case .text(let limit): return value.count > limit ? "is longer than \(limit) characters" : nil
    case .secret: return value.count > 4096 ? "is longer than 4096 characters" : nil
    case .number(let range):
      guard let number = Int(value), range.contains(number), String(number) == value else { return "is not \(form)" }
      return nil
    case .toggle: return value == "true" || value == "false" ? nil : "is neither true nor false"
    case .host: return HostName(value) == nil ? "is not \(form)" : nil
    case .url:
      let rest = ["https://", "http://"].first { value.hasPrefix($0) }.map { value.dropFirst($0.count) }
      let isGood = rest?.isEmpty == false && value.count <= 2000 && !value.contains(" ")
      // A URL whose host cannot be told could not be held against production's hosts either.
      let addresses = addresses(in: value)
      return isGood && !addresses.servers.isEmpty && addresses.unreadable.isEmpty ? nil : "is not \(form)"
    case .folder:
      return value.utf8.count > 1024 || value.split(separator: "/").contains("..") ? "is too long or has .. in it" : nil
    case .sshUser: return ComponentAddress.isUser(value) ? nil : "is not \(form)"
    case .sshFolder: return ComponentAddress.isFolder(value) ? nil : "is not \(form)"
    case .time:
      let parts = value.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2,
        parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
        let hour = Int(parts[0]),
        let minute = Int(parts[1]),
        (0..<24).contains(hour), (0..<60).contains(minute)
      else { return "is not \(form)" }
      return nil
    case .addresses:
      let isGood = value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
        let pieces = part.split(separator: "@", omittingEmptySubsequences: false)
        return pieces.count == 2 && !pieces[0].allSatisfy { $0 == " " } && HostName(String(pieces[1])) != nil
      }
      return isGood ? nil : "is not \(form)"
    }
  }
}

import AdminCore
import ArgumentParser
import Glibc

/// Which installation a command works on.
struct InstallationOption: ParsableArguments {
  @Option(help: "The install folder; without it the environment's HUBTUI_INSTALL_FOLDER.")
  var installFolder: String?

  /// Opens the installation.
  func hub() throws -> Hub { try Hub(installFolder: folder()) }

  /// The install folder that was named.
  func folder() throws -> String {
    guard let folder = installFolder ?? getenv("HUBTUI_INSTALL_FOLDER").map({ String(cString: $0) }), !folder.isEmpty
    else {
      throw AdminError(
        .usage, "no installation is named", next: "give --install-folder DIR or set HUBTUI_INSTALL_FOLDER")
    }
    return folder
  }
}

/// Where backup sets are looked for beyond the installation's own backup folders.
struct FromOption: ParsableArguments {
  @Option(name: .customLong("from"), help: "A folder with archives; may be given several times.")
  var folders: [String] = []
}

/// Whether the output is for programs.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false
}

/// A backup ID on the command line.
struct BackupIDArgument: ExpressibleByArgument {
  let id: BackupID

  init?(argument: String) {
    guard let id = BackupID(argument.uppercased()) else { return nil }
    self.id = id
  }
}

/// Whether a question is answered on the command line.
struct YesOption: ParsableArguments {
  @Flag(help: "Do not ask.") var yes = false
}

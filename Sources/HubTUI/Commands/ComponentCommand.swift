import AdminCore
import ArgumentParser
import Glibc

struct ComponentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "component", abstract: "The components' machines: list, test the connection, serve.",
    subcommands: [List.self, Test.self, Serve.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List where the components are, with their live state.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws {
      let command = try ActionCommand(installation)
      try command.list(ComponentActions.list, json: output.json)
      guard !output.json else { return }
      for state in try ComponentActions.list.load(command.hub, Moment.now).items {
        if let problem = state.problem { Output.line("\(state.component.rawValue): \(problem)") }
      }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Test the way to the components on other machines, step by step.")

    @Argument(help: "LUI or TRK; without it all, and whether they see one system database.") var component: String?
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let only = try component.map(ComponentName.component)
      let checks = try installation.hub().testComponents(only, observer: ProgressLine().observer)
      for check in checks {
        Output.line(
          "\(check.error == nil ? "ok  " : "FAIL") \(check.title): \(check.error?.description ?? check.detail)")
      }
      if let error = checks.lazy.compactMap(\.error).first { throw error }
    }
  }

  struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Serve one component to its Hub, on a component's machine; started by ssh, as a key's forced command.")

    @Option(help: "LUI or TRK.") var component: String
    @OptionGroup var installation: InstallationOption

    func run() throws {
      guard isatty(0) == 0, isatty(1) == 0 else {
        throw AdminError(
          .usage, "this command speaks with a Hub, not with people", next: "let ssh start it, as a key's forced command"
        )
      }
      try ComponentService.serve(ComponentName.component(component), installFolder: installation.folder())
    }
  }
}

private enum ComponentName {
  static func component(_ text: String) throws -> Component {
    guard let component = Component(rawValue: text.uppercased()) else {
      throw AdminError(.usage, "no such component", at: text, next: "name LUI or TRK")
    }
    return component
  }
}

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
      let states = try installation.hub().componentStates()
      if output.json { return try Output.json(states.map(StateOutput.init)) }
      Output.table(
        ["COMPONENT", "HOST", "STATE", "VERSION", "FREE", "LAST BACKUP"],
        states.map { state in
          [
            state.component.rawValue, state.host ?? "(this machine)", state.state, state.description?.version ?? "-",
            state.description?.freeSpace.map(Output.size) ?? "-", state.description?.lastBackup ?? "-",
          ]
        })
      for state in states {
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
      let checks = try installation.hub().testComponents(only)
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

/// A component's state as JSON.
private struct StateOutput: Encodable {
  let component: String
  let host: String?
  let user: String?
  let folder: String?
  let state: String
  let version: String?
  let freeSpace: UInt64?
  let lastBackup: String?
  let problem: String?

  init(_ state: ComponentState) {
    component = state.component.rawValue
    host = state.host
    user = state.user
    folder = state.folder
    self.state = state.state
    version = state.description?.version
    freeSpace = state.description?.freeSpace
    lastBackup = state.description?.lastBackup
    problem = state.problem?.description
  }
}

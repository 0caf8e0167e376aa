import AdminCore
import TUIKitLite

/// Where the components are, with their live state, and the test of the way to them.
enum ComponentHostsScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<ComponentState>(
      "Component Hosts", context,
      [
        .init("Component", minimum: 9), .init("Host", minimum: 14), .init("State", minimum: 9),
        .init("Version", minimum: 7, priority: 2), .init("Free", minimum: 8, priority: 1),
        .init("Last backup", minimum: 19, priority: 1),
      ], emptyText: "no component",
      commands: [
        .init(.enter, "Test", help: "the way to this component, step by step") { states in
          guard let state = states.first else { return .none }
          return .push(test(state.component, context))
        },
        .init(.character("t"), "Test all", help: "all ways, and whether all see one system database", needsItem: false)
        {
          _ in .push(test(nil, context))
        },
        .init(.character("e"), "Hosts", help: "set hosts, accounts and folders for ssh", needsItem: false) { _ in
          .push(FormScreen(SettingsScreen.componentHosts, context))
        },
      ],
      load: { try $0.hub.componentStates() },
      row: { state, _ in
        Table.Row(
          [
            state.component.rawValue, state.host ?? "this machine", state.state, state.description?.version ?? "-",
            state.description?.freeSpace.map(Output.size) ?? "-", state.description?.lastBackup ?? "-",
          ], state.problem == nil ? .normal : .error)
      })
  }

  private static func test(_ component: Component?, _ context: ConsoleContext) -> any ConsoleScreen {
    WorkScreen("Connection Test", "Testing…") {
      let checks = try context.hub.testComponents(component)
      if let error = checks.lazy.compactMap(\.error).first { throw error }
      return checks.map { "\($0.title): \($0.detail)" }.joined(separator: ". ")
    }
  }
}

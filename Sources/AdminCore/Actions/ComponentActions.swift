import Installation
import Platform
import Runs
import TestBed

/// Where the components are, with their live state, and the test of the way to them.
public enum ComponentActions {
  /// The three components, HUB first.
  public static let list: Listing<ComponentState> = Listing(
    "component list", "Component Hosts", noun: "component", emptyText: "no component",
    columns: [
      .init("Component", 9) { $0.component.rawValue }, .init("Host", 14) { $0.host ?? "this machine" },
      .init("State", 9) { $0.state }, .init("Version", 7, priority: 2, version), .init("Free", 8, priority: 1, free),
      .init("Last backup", 19, priority: 1, lastBackup),
    ],
    table: [
      .init("COMPONENT") { $0.component.rawValue }, .init("HOST") { $0.host ?? "(this machine)" },
      .init("STATE") { $0.state }, .init("VERSION", version), .init("FREE", free), .init("LAST BACKUP", lastBackup),
    ],
    tone: { $0.problem == nil ? .normal : .error }, identity: { $0.component.rawValue },
    line: { state, _ in
      Listing<ComponentState>.joined([
        state.component.rawValue, state.host ?? "this machine", state.state, state.description?.version ?? "",
        state.description?.freeSpace.map { "\(Units.size($0)) free" } ?? "",
        state.description?.lastBackup.map { "last backup \($0)" } ?? "", state.problem?.description ?? "",
      ])
    },
    json: Row.init, load: { hub, _ in .init(try ComponentHosts.list(hub.installation)) },
    actions: [test, testAll, hosts])

  /// Tries the way to one component.
  public static let test: Action<ComponentState> = Action(
    "component test", nil, "Test", help: "the way to this component, step by step",
    work: .operation { ["component", "test", $0[0].component.rawValue] })

  /// Tries all ways.
  public static let testAll: Action<ComponentState> = Action(
    "component test", "t", "Test all", help: "all ways, and whether all see one system database", .installation,
    work: .operation { _ in ["component", "test"] })

  /// Sets hosts, accounts and folders for ssh.
  public static let hosts: Action<ComponentState> = Action(
    "settings set", "e", "Hosts", help: "set hosts, accounts and folders for ssh", .installation,
    work: .form { _ in SettingActions.componentHosts })

  @Sendable private static func version(_ state: ComponentState) -> String { state.description?.version ?? "-" }
  @Sendable private static func free(_ state: ComponentState) -> String {
    state.description?.freeSpace.map(Units.size) ?? "-"
  }
  @Sendable private static func lastBackup(_ state: ComponentState) -> String { state.description?.lastBackup ?? "-" }

  private struct Row: Encodable {
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
}

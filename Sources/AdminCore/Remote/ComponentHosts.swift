import Administration
import Installation
import Platform
import TestBed

/// Where a component is and how it is now.
public struct ComponentState: Sendable, Equatable {
  /// The component.
  public let component: Component
  /// Its machine; nil for this one.
  public let host: String?
  /// The account that is used there; nil when the configuration of ssh decides.
  public let user: String?
  /// The install folder there; nil when its key's forced command decides.
  public let folder: String?
  /// What it says of itself; nil when it does not answer.
  public package(set) var description: ComponentDescription?
  /// Why it does not answer, or cannot make a backup now; nil for nothing.
  public package(set) var problem: AdminError?

  /// In one word: whether it is reachable and fit.
  public var state: String {
    if description == nil { return "does not answer" }
    if problem != nil { return "not ready" }
    return host == nil ? "here" : "reachable"
  }
}

/// One line of a connection test.
public struct ComponentCheck: Sendable, Equatable {
  /// What was tried.
  public let title: String
  /// How it went, in words.
  public let detail: String
  /// Why it failed; nil when it did not.
  public let error: AdminError?
}

/// The components' machines with their live state.
public enum ComponentHosts {
  /// All three, HUB first; those elsewhere are asked at the same time, each within a bounded time.
  public static func list(_ installation: Installation) throws -> [ComponentState] {
    let settings = Settings(try installation.openDatabase(.readOnly))
    let addresses = try ComponentAddresses(installation, settings).elsewhere
    let folders = try BackupFolders(installation, settings)
    let remote = Guarded<[ComponentState]>([])
    let threads = try addresses.map { component, address in
      try JoinableThread {
        let state = asked(component, address)
        remote.withLock { $0.append(state) }
      }
    }
    for thread in threads { thread.join() }
    return try Component.allCases.map { component in
      if let state = remote.withLock({ $0 }).first(where: { $0.component == component }) { return state }
      var state = ComponentState(component: component, host: nil, user: nil, folder: nil)
      state.description = try ComponentDescription(of: component, folders[component])
      return state
    }
  }

  /// Tries the way to the components on other machines, step by step; to one of them, or to all.
  public static func test(_ only: Component?, in context: OperationContext) throws -> [ComponentCheck] {
    try Operation.run("connection test", in: context) { try test(only, $0, context) }
  }

  private static func test(
    _ only: Component?, _ operation: Operation, _ context: OperationContext
  ) throws -> [ComponentCheck] {
    operation.phase("asking the components")
    let states = try list(context.installation).filter { only == nil || $0.component == only }
    var checks: [ComponentCheck] = []
    for state in states {
      guard let host = state.host else {
        checks.append(.init(title: state.component.rawValue, detail: "on this machine", error: nil))
        continue
      }
      let title = "\(state.component.rawValue) on \(host)"
      if let description = state.description {
        checks.append(.init(title: "\(title): ssh", detail: "answers, hubtui \(description.version)", error: nil))
        checks.append(
          .init(
            title: "\(title): backup folder",
            detail: "\(description.freeSpace.map { "\($0) bytes free" } ?? "not known")",
            error: state.problem))
      } else {
        checks.append(.init(title: "\(title): ssh", detail: "", error: state.problem))
      }
    }
    guard states.contains(where: { $0.host != nil }), checks.allSatisfy({ $0.error == nil }), only == nil else {
      return checks
    }
    let title = "one system database"
    do {
      operation.phase("comparing what all see of the system database")
      try BackupRun.test(operation, with: RemoteComponent.all)
      checks.append(.init(title: title, detail: "all components see the same, at one point in time", error: nil))
    } catch let error as AdminError {
      checks.append(.init(title: title, detail: "", error: error))
    }
    return checks
  }

  private static func asked(_ component: Component, _ address: ComponentAddress) -> ComponentState {
    var state = ComponentState(
      component: component, host: address.host.description, user: address.user, folder: address.folder)
    do {
      let archives = try RemoteArchives(component, address, Cancellation())
      defer { archives.close() }
      let description = try archives.describe()
      state.description = description
      state.problem = description.problem.map {
        AdminError(.unavailable, "the component cannot make a backup now", at: state.component.rawValue, next: $0)
      }
    } catch {
      state.problem = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "try again")
    }
    return state
  }
}

extension ComponentDescription {
  /// What a component of this machine says of itself.
  init(of component: Component, _ folder: String) throws {
    self.init(version: Product.version, time: Moment.now)
    freeSpace = try FileSystem.freeSpace(at: folder)
    let archives = try FileSystem.textNames(in: folder).compactMap { BackupKind.parse(archiveName: $0) }
      .filter { $0.component == component }
    lastBackup = archives.max { $0.id < $1.id }.map { "\($0.id) (\($0.kind.title))" }
  }
}

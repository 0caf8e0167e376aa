import AdminCore
import TUIKitLite

/// The console: shows screens over AdminCore's public face, and does for them what only the loop may do.
package final class Console {
  private let display: any Display
  private let context: ConsoleContext
  private let state: ConsoleState
  private let launcher: OperationLauncher
  private let clock: @Sendable () -> ContinuousClock.Instant

  /// - Parameters:
  ///   - context: the installation, what is known of it, and the time.
  ///   - isLoggedIn: whether the hub's account is in already, as after the login.
  ///   - host: what the top line calls this machine.
  ///   - clock: by which an idle session ends.
  package init(
    display: any Display, context: ConsoleContext, isLoggedIn: Bool = false, host: String = ConsoleState.hostName,
    launcher: OperationLauncher = OperationLauncher(),
    clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.display = display
    self.context = context
    state = ConsoleState(context.hub, context.system, host: host)
    if isLoggedIn { state.logIn(context.hub) }
    self.launcher = launcher
    self.clock = clock
  }

  /// Runs until the operator leaves or the terminal goes away.
  ///
  /// - Parameters:
  ///   - root: the first screen.
  ///   - login: makes the screen that stands in its place when a session has ended.
  package func run(
    root: any ConsoleScreen, login: @escaping () -> any ConsoleScreen
  ) -> App<ConsoleMessage, ConsoleEffect>.Ending {
    let watch = Guarded<SystemWatch?>(nil)
    let app = App<ConsoleMessage, ConsoleEffect>(
      display: display, root: root, chrome: { [state] in state.chrome() },
      performer: { [self] effect, queue in perform(effect, queue, look: { watch.withLock { $0?.look() } }) })
    app.now = clock
    app.idleLimit = { [state] in state.idleLimit }
    app.idleScreen = { [state] in
      state.endSession()
      return login()
    }
    let systemWatch = SystemWatch(
      context.system, hub: { [state] in state.hub }, now: context.now,
      changed: { [queue = app.mailbox] in queue.post(.system) })
    watch.withLock { $0 = systemWatch }
    let operationWatch = OperationWatch(state.installation, looked: { systemWatch.noteSilence() }) {
      [queue = app.mailbox, state] status in
      state.note(status)
      systemWatch.look()
      queue.post(.operation(status))
    }
    defer {
      operationWatch.stop()
      systemWatch.stop()
    }
    return app.run()
  }

  private func perform(
    _ effect: ConsoleEffect, _ queue: MessageQueue<ConsoleMessage>, look: @escaping @Sendable () -> Void
  ) -> ConsoleAction {
    switch effect {
    case .work(let id, let body):
      BackgroundThread.run {
        let result = Console.result(of: body)
        look()
        queue.post(.done(id, result))
      }
    case .launch(let id, let arguments):
      do {
        try launcher.launch(id, arguments, hub: state.hub) { [state] result in
          let result = Console.afterStartingAnew(state.hub, result)
          state.noteEnd()
          look()
          queue.post(.ended(id, result))
        }
      } catch {
        let error = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
        queue.post(.ended(id, OperationResult(output: "", error: error)))
      }
    case .abandon(let id): launcher.abandon(id)
    case .cancelOperation:
      BackgroundThread.run { [state] in
        do {
          try state.hub.cancelOperation()
          state.say("The operation was asked to stop.", .warning)
        } catch {
          state.say("\(error)", .error)
        }
        queue.post(.system)
      }
    case .status(let text, let style): state.say(text, style)
    case .loggedIn(let hub):
      state.logIn(hub)
      look()
    }
    return .none
  }

  private static func result(of body: () throws -> any Sendable) -> Result<any Sendable, AdminError> {
    do {
      return .success(try body())
    } catch {
      return .failure(error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again"))
    }
  }

  // After a restore this is another system, whose first start is now, with this console, and not with the next one.
  private static func afterStartingAnew(_ hub: Hub, _ result: OperationResult) -> OperationResult {
    guard result.error == nil else { return result }
    do {
      _ = try Hub(installFolder: hub.installation.folder, actor: hub.actor)
      return result
    } catch {
      let error = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
      return OperationResult(output: result.output, error: error)
    }
  }
}

import AdminCore
import ArgumentParser
import Glibc
import TUIKitLite

/// The console: opens the terminal, shows screens over AdminCore's public face, and does for them what only the loop may
/// do.
package final class Console {
  private let display: any Display
  private let state: ConsoleState
  private let launcher: OperationLauncher
  private let clock: @Sendable () -> ContinuousClock.Instant

  /// - Parameters:
  ///   - isLoggedIn: whether the hub's account is in already, as after the login.
  ///   - host: what the top line calls this machine.
  ///   - clock: by which an idle session ends.
  package init(
    display: any Display, hub: Hub, isLoggedIn: Bool = false, host: String = ConsoleState.hostName,
    launcher: OperationLauncher = OperationLauncher(),
    clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.display = display
    state = ConsoleState(hub, host: host)
    if isLoggedIn { state.enter(hub) }
    self.launcher = launcher
    self.clock = clock
  }

  /// Runs until the operator leaves or the terminal goes away.
  package func run(root: any ConsoleScreen) -> App<ConsoleMessage, ConsoleEffect>.Ending {
    let app = App<ConsoleMessage, ConsoleEffect>(
      display: display, root: root, chrome: { [state] in state.chrome() },
      performer: { [self] effect, mailbox in perform(effect, mailbox) })
    app.now = clock
    app.idleLimit = { [state] in state.idleLimit }
    app.idleScreen = { [state] in
      state.endSession()
      return LoginScreen(state.hub)
    }
    let watch = OperationWatch(state.installation) { [mailbox = app.mailbox, state] status in
      state.note(status)
      mailbox.post(.operation(status))
    }
    defer { watch.stop() }
    return app.run()
  }

  private func perform(_ effect: ConsoleEffect, _ mailbox: MessageQueue<ConsoleMessage>) -> ConsoleAction {
    switch effect {
    case .work(let id, let body):
      BackgroundThread.run { [state] in
        let result: Result<any Sendable, AdminError>
        do {
          result = .success(try body())
        } catch {
          result = .failure(error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again"))
        }
        state.noteWork()
        mailbox.post(.done(id, result))
      }
    case .launch(let arguments):
      do {
        try launcher.launch(arguments, hub: state.hub) { [state] error in
          mailbox.post(.operationEnded(error: error ?? Console.startAnew(state.hub)))
        }
      } catch {
        mailbox.post(.operationEnded(error: "\(error)"))
      }
    case .cancelOperation:
      do {
        try state.hub.cancelOperation()
      } catch {
        state.say("\(error)", .error)
      }
    case .status(let text, let style): state.say(text, style)
    case .loggedIn(let hub): state.enter(hub)
    }
    return .none
  }

  // After a restore this is another system, whose first start is now, with this console, and not with the next one.
  private static func startAnew(_ hub: Hub) -> String? {
    do {
      _ = try Hub(installFolder: hub.installation.folder, actor: hub.actor)
      return nil
    } catch {
      return "\(error)"
    }
  }
}

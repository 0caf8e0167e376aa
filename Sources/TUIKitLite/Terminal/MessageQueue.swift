import Synchronization

/// Where background work leaves messages for the loop. Any thread may post; the loop wakes.
public final class MessageQueue<Message: Sendable>: Sendable {
  private let messages = Mutex<[Message]>([])
  private let wakePipe: WakePipe

  /// Makes a mailbox that wakes `display`.
  public init(waking display: any Display) { wakePipe = display.wakePipe }

  /// Leaves a message.
  public func post(_ message: Message) {
    messages.withLock { $0.append(message) }
    wakePipe.wake()
  }

  /// Takes all messages, oldest first.
  func take() -> [Message] {
    messages.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}

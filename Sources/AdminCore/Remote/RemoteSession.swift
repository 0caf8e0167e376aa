import Administration
import Database
import Foundation
import Glibc
import Installation
import Platform
import TestBed

/// A conversation with a component's service on another machine: one request, its progress, its answer. Every wait has an
/// end.
final class RemoteSession {
  let component: Component
  let address: ComponentAddress
  /// What the other side said of itself first.
  private(set) var hello = Hello()
  private let ssh: SshProcess
  private let channel: FrameChannel
  private let cancellation: Cancellation
  private var isOpen = true
  /// Told the other side's work done and in all.
  var progress: (OperationStatus.Work) -> Void = { _ in }

  /// Seconds without a sign of life until a peer counts as lost, and for a connection.
  static var timeout: Int {
    getenv("HUBTUI_SSH_TIMEOUT").flatMap { Int(String(cString: $0)) }.map { max(2, min($0, 600)) } ?? 30
  }

  /// The most bytes of an answer.
  private static let messageLimit = 2 << 20
  /// The most bytes of an answer with what the rules removed, which may be much.
  private static let findingsLimit = 64 << 20
  /// Seconds in which work that goes on must have moved.
  private static let stall = 900

  /// Connects, and agrees on a version.
  ///
  /// - Throws: `AdminError` with the component's name and what `ssh` said, in words.
  init(_ component: Component, at address: ComponentAddress, cancellation: Cancellation) throws {
    self.component = component
    self.address = address
    self.cancellation = cancellation
    ssh = try SshProcess(address, component, timeout: RemoteSession.timeout)
    channel = try FrameChannel(input: ssh.output, output: ssh.input)
    try channel.start()
    do {
      try send(.hello, JSONEncoder().encode(Hello()))
      let frame = try next(within: RemoteSession.timeout * 2)
      guard frame.kind == .hello, let hello = decoded(Hello.self, frame.payload), hello.word == Hello.word else {
        throw wrong("what answers is not hubtui")
      }
      self.hello = hello
      guard hello.component == component else {
        throw AdminError(
          .configuration, "the other side serves \(hello.component?.rawValue ?? "nothing"), not \(component.rawValue)",
          at: displayName, next: "check \(component.folderName).ssh.host, and the forced command of its key there")
      }
      if let objection = Hello().objection(to: hello) {
        throw AdminError(
          .configuration, "the other side cannot be worked with: \(objection)", at: displayName,
          next: "install the same version of hubtui on all machines")
      }
    } catch {
      close(patience: 0)
      throw error
    }
  }

  deinit { close(patience: 0) }

  /// For messages.
  var displayName: String { "\(component.rawValue) on \(address.host)" }

  /// Ends it. Before a publication the other side cleans up what it wrote.
  func close(patience: Int = 5000) {
    guard isOpen else { return }
    isOpen = false
    // What is done there is to stop even where a line stays open for a while, as a shared one of ssh may.
    do { try channel.send(.cancel, UnsafeRawBufferPointer(start: nil, count: 0), patience: 1) } catch {
      // The end of the line says the same.
    }
    // No thread may use a descriptor that is closed.
    channel.stop()
    // Its end of input is what makes the other side stop.
    ssh.close(patience: patience)
  }

  /// Whether it can be asked more.
  var isAlive: Bool { isOpen && channel.end == .none && ssh.exitStatus(waiting: 0) == nil }

  /// Asks and waits for the answer.
  ///
  /// - Parameter seconds: until the answer; nil for work that takes as long as it moves.
  func ask(_ request: Request, within seconds: Int? = 60) throws -> Reply {
    try post(request)
    let hasFindings: Bool
    switch request {
    case .write, .preview: hasFindings = true
    default: hasFindings = false
    }
    return try answer(
      within: seconds, limit: hasFindings ? RemoteSession.findingsLimit : RemoteSession.messageLimit)
  }

  /// Asks without waiting.
  func post(_ request: Request) throws {
    let bytes = [UInt8](try JSONEncoder().encode(request))
    try bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while rest.count > FrameChannel.frameLimit {
        try send(.part, UnsafeRawBufferPointer(rebasing: rest[..<FrameChannel.frameLimit]))
        rest = UnsafeRawBufferPointer(rebasing: rest[FrameChannel.frameLimit...])
      }
      try send(.message, rest)
    }
  }

  /// Waits for the answer to what was asked.
  func answer(within seconds: Int? = 60, limit: Int = messageLimit) throws -> Reply {
    var patience = seconds ?? RemoteSession.stall
    var start = MonotonicTime.milliseconds
    var bytes: [UInt8] = []
    var furthest = OperationStatus.Work(done: 0, total: 0)
    while true {
      let frame = try next(within: patience - Int((MonotonicTime.milliseconds - start) / 1000))
      guard frame.kind == .message || frame.kind == .part else { throw wrong("it sends what was not asked for") }
      bytes += frame.payload
      guard bytes.count <= limit else { throw wrong("its answer has no end") }
      if frame.kind == .part { continue }
      guard let reply = decoded(Reply.self, bytes) else { throw wrong("its answer cannot be understood") }
      guard reply.isPlausible else { throw wrong("its answer has impossible numbers") }
      bytes = []
      switch reply {
      case .progress(let done, let total):
        progress(.init(done: done, total: total))
        if seconds == nil, done > furthest.done || total != furthest.total {
          furthest = .init(done: done, total: total)
          start = MonotonicTime.milliseconds
          patience = RemoteSession.stall
        }
      case .failed(let code, let what, let location, let next):
        throw failure(code, what, location, next)
      default: return reply
      }
    }
  }

  private func failure(_ code: Int32, _ what: String, _ location: String, _ next: String) -> AdminError {
    AdminError(
      AdminError.Code(rawValue: code) ?? .inputOutput, what,
      at: location.isEmpty ? displayName : "\(displayName), \(location)",
      next: next)
  }

  /// The next bytes of an archive.
  func data() throws -> [UInt8] {
    let frame = try next(within: RemoteSession.stall)
    if frame.kind == .message,
      case .failed(let code, let what, let location, let next)? = decoded(Reply.self, frame.payload)
    {
      throw failure(code, what, location, next)
    }
    guard frame.kind == .data, !frame.payload.isEmpty else { throw wrong("it stops in the middle of an archive") }
    return frame.payload
  }

  /// The error for a peer that does not keep to the protocol; the line is of no more use.
  package func wrong(_ what: String) -> AdminError {
    var begins = ""
    if case .garbage(let text) = channel.end, !text.isEmpty {
      begins = " (it begins: \(printable(String(text.prefix(60)))))"
    }
    return AdminError(
      .dataError, what + begins, at: displayName,
      next: "check that its key's forced command is hubtui component serve, and that nothing else prints there")
  }

  /// That an answer is not the one to the request.
  var unexpected: AdminError { wrong("its answer is not to what was asked") }

  private func next(within seconds: Int) throws -> FrameChannel.Frame {
    let start = MonotonicTime.milliseconds
    while true {
      if let frame = channel.receive(milliseconds: 200) { return frame }
      try cancellation.check()
      switch channel.end {
      case .none: break
      case .garbage: throw wrong(hello.component == nil ? "what answers is not hubtui" : "it sends garbage")
      case .closed:
        if let frame = channel.receive(milliseconds: 0) { return frame }
        let status = ssh.exitStatus(waiting: 2000)
        throw SshFailure.error(status: status, complaint: ssh.complaint, at: displayName)
      }
      if channel.silence > RemoteSession.timeout {
        // What ssh said by then is the better reason.
        let error = SshFailure.error(status: nil, complaint: ssh.complaint, at: displayName)
        guard ssh.complaint.isEmpty else { throw error }
        throw AdminError(
          .unavailable, "no sign of life for \(RemoteSession.timeout) s", at: displayName,
          next: "check the other machine, or give a slow line more time with HUBTUI_SSH_TIMEOUT")
      }
      guard MonotonicTime.milliseconds - start <= Int64(max(1, seconds)) * 1000 else {
        throw AdminError(
          .unavailable, "no answer within \(max(1, seconds)) s", at: displayName,
          next: "check what the other machine is busy with")
      }
    }
  }

  private func send(_ kind: FrameChannel.Kind, _ payload: UnsafeRawBufferPointer) throws {
    do {
      try channel.send(kind, payload, patience: RemoteSession.timeout)
    } catch let error as AdminError where error.code == .unavailable {
      if case .garbage = channel.end { throw wrong("it sends garbage") }
      let status = ssh.exitStatus(waiting: 2000)
      if status != nil { throw SshFailure.error(status: status, complaint: ssh.complaint, at: displayName) }
      throw AdminError(error.code, error.what, at: displayName, next: error.next)
    }
  }

  private func send(_ kind: FrameChannel.Kind, _ payload: Data) throws {
    try payload.withUnsafeBytes { try send(kind, $0) }
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch { return nil }
  }
}

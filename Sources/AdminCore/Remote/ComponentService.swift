import Administration
import Archive
import Foundation
import Glibc
import Installation
import Platform
import TestBed

/// The other end of the Hub's `ssh`: serves one component of this machine on standard input and output, and ends with
/// the line. It opens no port and knows no path from outside: what it can be asked for are the archives of its own
/// component, by kind and ID.
public final class ComponentService {
  package let installation: Installation
  let component: Component
  package let actor: Actor
  private let line: ServiceLine

  /// Serves until the line ends.
  ///
  /// - Throws: `AdminError` when the component is not to be served here, which the Hub is told as well.
  public static func serve(_ component: Component, installFolder: String, input: Int32 = 0, output: Int32 = 1) throws {
    signal(SIGPIPE, SIG_IGN)
    // Nothing but frames may reach the Hub.
    let line = try ServiceLine(input: input, output: output, component)
    defer { line.stop() }
    do {
      let installation = try locate(installFolder, component)
      try ComponentService(installation, component, line).run()
    } catch {
      let error = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
      guard line.isAlive else { return }
      // Who asked gets the reason as the answer to the first question.
      try line.send(error.reply)
      line.awaitEnd()
      throw error
    }
  }

  private static func locate(_ folder: String, _ component: Component) throws -> Installation {
    guard component != .hub else {
      throw AdminError(.usage, "the HUB is served by nobody", at: "HUB", next: "name LUI or TRK")
    }
    let installation = Installation(folder: folder, role: component)
    try installation.checkOwner()
    guard try !FileSystem.exists(installation.iniPath(of: .hub)) else {
      throw AdminError(
        .configuration, "the component is beside its Hub here, which backs it up itself", at: installation.folder,
        next: "unset \(component.folderName).ssh.host in the Hub's settings")
    }
    guard try FileSystem.exists(installation.iniPath(of: component)) else {
      throw AdminError(
        .configuration,
        "component \(component.rawValue) is not installed here (\(component.folderName)/\(component.iniName) is missing)",
        at: installation.folder,
        next: "name its install folder in the forced command, or in \(component.folderName).ssh.folder")
    }
    return installation
  }

  private init(_ installation: Installation, _ component: Component, _ line: ServiceLine) {
    self.installation = installation
    self.component = component
    self.line = line
    actor = .current
  }

  private func run() throws {
    while let request = try line.next() {
      do {
        switch request {
        case .describe: try line.send(.described(describe()))
        case .prepare(let prepare): try ServiceBackup(self, line, prepare).run()
        case .withdraw(let kind, let id):
          try alone("archive withdraw", "\(component.rawValue) \(id)") {
            try FileSystem.remove(path(kind, id))
          }
          try line.send(.done)
        case .digest(let kind, let id, let count): try digest(kind, id, count)
        case .fetch(let kind, let id, let offset): try fetch(kind, id, from: offset)
        case .finish: try line.send(.done)
        default:
          throw AdminError(.usage, "no backup is being made", next: "start again with prepare")
        }
      } catch {
        guard line.isAlive else { return }
        try line.send((error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")).reply)
      }
    }
  }

  /// The backup folder, as the Hub's settings say.
  private func folder() throws -> String {
    try BackupFolders(installation, Settings(installation.openDatabase(.readOnly)))[component]
  }

  private func path(_ kind: BackupKind, _ id: BackupID) throws -> String {
    try folder() + "/" + kind.archiveName(component, id)
  }

  /// Nothing is ever restored from here: only the Hub restores.
  package func context(_ observer: (@Sendable (OperationStatus) -> Void)? = nil) -> OperationContext {
    OperationContext(installation, by: actor, observer: observer) { _ in nil }
  }

  private func alone(_ action: String, _ detail: String, _ body: () throws -> Void) throws {
    try Operation.change(action, in: context()) {
      try AuditLog(installation).record(action, detail, by: actor, body)
    }
  }

  private func describe() -> ComponentDescription {
    var description = ComponentDescription(version: Product.version, time: Moment.now)
    do {
      var folder = try folder()
      description = try ComponentDescription(of: component, folder)
      while !FileSystem.isFolder(folder), folder != "/" { folder = FileSystem.folder(of: folder) }
      guard access(folder, W_OK | X_OK) == 0 else { throw systemError("cannot write in", folder) }
    } catch {
      description.problem = (error as? AdminError)?.description ?? "\(error)"
    }
    return description
  }

  private func open(_ kind: BackupKind, _ id: BackupID) throws -> File {
    let path = try path(kind, id)
    guard let status = try FileSystem.status(path) else {
      throw AdminError(
        .dataError, "the archive is not there", at: path, next: "it was deleted there; make a new backup")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw AdminError(.dataError, "not a plain file", at: path, next: "find out who put it there")
    }
    return try File(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  }

  private func digest(_ kind: BackupKind, _ id: BackupID, _ count: UInt64) throws {
    let file = try open(kind, id)
    let size = try file.size
    let count = min(count, size)
    var told: UInt64 = 0
    let digest = try Digest.sha256(of: file, first: count, cancellation: line.cancellation) { done in
      guard done >= told + 64 << 20 else { return }
      told = done
      try line.send(.progress(done: done, total: count))
    }
    try line.send(.digest(Digest.hex(digest), size: size))
  }

  private func fetch(_ kind: BackupKind, _ id: BackupID, from offset: UInt64) throws {
    let file = try open(kind, id)
    let size = try file.size
    try AuditLog(installation).append("archive read", "\(component.rawValue) \(id) from byte \(offset)", by: actor)
    try line.send(.archive(size: size))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FrameChannel.frameLimit, alignment: 64)
    defer { buffer.deallocate() }
    var position = offset
    while position < size {
      try line.cancellation.check()
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(UInt64(buffer.count), size - position))])
      let count = try file.read(into: room, at: position)
      guard count > 0 else {
        throw AdminError(.dataError, "the archive was shortened while it was read", at: file.path, next: "start again")
      }
      try line.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      position += UInt64(count)
    }
    try line.send(.done)
  }
}

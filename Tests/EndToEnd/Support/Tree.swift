import Glibc

/// Everything below a folder: types, modes, owners, times of change, contents, links.
struct Tree: Equatable {
  struct Node: Equatable {
    var mode: mode_t
    var owner: uid_t
    /// Seconds and nanoseconds of the last change; empty where it is not compared.
    var modified: [Int]
    var content: [UInt8]
  }

  /// By path inside the folder; bytes that are not UTF-8 as `\xNN`.
  private(set) var nodes: [String: Node] = [:]

  /// - Parameters:
  ///   - ignoring: paths that are left out, with the time of change of the folders that hold them.
  ///   - times: whether folders' times of change are compared.
  init(_ folder: String, ignoring: Set<String> = [], times: Bool = true) throws {
    try read(Array(folder.utf8), "", ignoring, times)
    for path in ignoring {
      let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      nodes[parent]?.modified = []
    }
  }

  /// What an operation tells of itself in the installation, whatever comes of it.
  static let traces: Set<String> = [
    "hub/operation.json", "hub/operation.lock", "hub/logs/audit.jsonl", "hub/logs/audit.head",
  ]

  /// Log files of the internal database, which a mere reader makes and removes: they show in the time of its folder alone.
  static let databaseLogs: Set<String> = ["database/maestro.sqlite-wal", "database/maestro.sqlite-shm"]

  /// Paths that are not the same in both.
  func differences(to other: Tree) -> [String] {
    Set(nodes.keys).union(other.nodes.keys).filter { nodes[$0] != other.nodes[$0] }.sorted()
  }

  mutating func remove(_ path: String) { nodes[path] = nil }

  private mutating func read(_ path: [UInt8], _ name: String, _ ignoring: Set<String>, _ times: Bool) throws {
    let cPath = path.map { CChar(bitPattern: $0) } + [0]
    var status = stat()
    guard lstat(cPath, &status) == 0 else { throw Failure("lstat \(name): \(errno)") }
    let type = status.st_mode & S_IFMT
    var node = Node(
      mode: status.st_mode, owner: status.st_uid,
      modified: times || type != S_IFDIR ? [status.st_mtim.tv_sec, status.st_mtim.tv_nsec] : [], content: [])
    switch type {
    case S_IFLNK:
      var buffer = [CChar](repeating: 0, count: 4096)
      node.content = buffer[..<max(0, readlink(cPath, &buffer, buffer.count))].map { UInt8(bitPattern: $0) }
    case S_IFREG: node.content = try Tree.bytes(cPath, Int(status.st_size))
    default: break
    }
    nodes[name.isEmpty ? "." : name] = node
    guard type == S_IFDIR, let stream = opendir(cPath) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let child = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          Array(UnsafeBufferPointer(start: bytes, count: 256).prefix { $0 != 0 })
        }
      }
      if child == Array(".".utf8) || child == Array("..".utf8) { continue }
      let inner = (name.isEmpty ? "" : name + "/") + Tree.shown(child)
      if !ignoring.contains(inner) { try read(path + [0x2F] + child, inner, ignoring, times) }
    }
  }

  private static func shown(_ name: [UInt8]) -> String {
    String(validating: name, as: UTF8.self)
      ?? name.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
  }

  private static func bytes(_ path: [CChar], _ size: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure("open: \(errno)") }
    defer { close(descriptor) }
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let more = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        guard more >= 0 else { throw Failure("read: \(errno)") }
        if more == 0 { break }
        count += more
      }
    }
  }
}

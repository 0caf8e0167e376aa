import Glibc

/// The open files that whoever started this program left it: a lock or a pipe of a script.
package enum InheritedDescriptors {
  /// Keeps them, and all else that is open, from programs that this one starts: a server or an operation would hold them
  /// long after this one has ended.
  package static func keepFromChildren() {
    guard let folder = opendir("/proc/self/fd") else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
  }
}

/// Somebody who answers at a free port of this machine.
final class Listener {
  let port: Int
  private let process: Running

  init() throws {
    process = try background(
      """
      s = socket.create_server(('127.0.0.1', 0))
      print(s.getsockname()[1], flush=True)
      while True:
          s.accept()[0].close()
      """)
    let process = process
    try eventually("the listener says its port") { process.outputSoFar.hasSuffix("\n") }
    guard let port = Int(process.outputSoFar.dropLast()) else { throw Failure(process.outputSoFar) }
    self.port = port
  }

  func stop() { process.stop() }
}

/// Takes the place of a server that is gone, and says `called` for whoever calls there from now on.
func trap(_ socket: String) throws -> Running {
  let trap = try background(
    """
    s = socket.socket(socket.AF_UNIX)
    s.bind(A[0])
    s.listen(8)
    print('ready', flush=True)
    while True:
        s.accept()
        print('called', flush=True)
    """, [socket])
  try eventually("the trap is set") { trap.outputSoFar.contains("ready") }
  return trap
}

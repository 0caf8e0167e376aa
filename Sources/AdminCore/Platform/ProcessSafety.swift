import Glibc

/// What keeps the process's memory, which holds passwords for a while, from being written anywhere when it crashes.
public enum ProcessSafety {
  /// Forbids core dumps and other programs' looks at the memory, and gives crashes their plain meaning. Called first.
  ///
  /// Swift's runtime has put handlers of its own on the signals of a crash by then; where a toolchain is installed they
  /// would start a debugger that prints the stack and, at a terminal, waits for keys there. A crash before this call is
  /// the runtime's own.
  public static func harden() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    // prctl(2) is variadic, so Swift does not import it. It takes integers only, which every platform's C passes to a
    // variadic function as to any other.
    typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
    if let address = dlsym(nil, "prctl") {
      _ = unsafeBitCast(address, to: Control.self)(setDumpable, 0, 0, 0, 0)
    }
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
      var former = sigaction()
      sigaction(number, nil, &former)
      // nohup and the like ask that a signal be ignored, and so it stays.
      guard unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) != 1 else { continue }
      signal(number, SIG_DFL)
    }
  }

  // PR_SET_DUMPABLE of <linux/prctl.h>.
  private static let setDumpable: Int32 = 4
}

import Glibc

/// The machine's processors.
public enum Processors {
  /// How many are online, at least 1 and at most 16: more would only cost memory.
  public static var count: Int { max(1, min(16, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

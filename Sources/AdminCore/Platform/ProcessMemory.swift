import CLinux

/// How the process gives memory back.
public enum ProcessMemory {
  /// Has every large piece go back to the system when it is freed. The C library would begin to keep such pieces once it
  /// saw a larger one freed, such as a manifest's text, and then take as much again for the next. Called first.
  public static func returnLargeAllocations() {
    // A fixed threshold is one that no longer grows (mallopt(3), M_MMAP_THRESHOLD).
    mallopt(M_MMAP_THRESHOLD, 128 << 10)
  }
}

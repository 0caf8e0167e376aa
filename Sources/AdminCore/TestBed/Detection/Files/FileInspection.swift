/// Looks at a file's content while it is read, whatever its name: key material, databases and archives of this program,
/// credentials in texts, all of them in compressed files and archives too. Its time is linear in the file's size, its
/// memory below 2 MiB.
///
/// One inspection is for one reading of one file.
package final class FileInspection {
  private let state = InspectionState()
  private let content: ContentInspection

  /// - Parameters:
  ///   - name: the file's path, which is a hint only.
  ///   - size: its size in bytes when the reading began.
  ///   - recogniser: one that knows the names of other files already.
  package init(name: String, size: UInt64, recogniser: Recogniser = Recogniser()) {
    content = ContentInspection(FileName(name), size: size, state: state, recogniser: recogniser)
  }

  /// Whether the file must not travel; nothing that comes can change that.
  package var mustNotTravel: Bool { state.isDecided }

  /// Takes the next bytes, of any count.
  package func scan(_ chunk: UnsafeRawBufferPointer) {
    guard !state.isDecided else { return }
    state.take(chunk.count)
    content.read(chunk)
  }

  /// Says that the file is at its end.
  package func finish() -> FileVerdict {
    if !state.isDecided { content.finish() }
    return state.verdict
  }
}

import AdminCore

/// After how many idle minutes a session of the console ends.
enum SessionLimit {
  /// What holds while the setting cannot be read, as while a restore exchanges the database.
  static let fallback = 15

  /// The setting as it is now; nil when it cannot be read.
  static func minutes(_ hub: Hub) -> Int? {
    do {
      return try hub.read { try Settings($0).value("hub.session.idle-minutes") }.flatMap(Int.init).map {
        min(720, max(1, $0))
      }
    } catch {
      // The banner, which is read at the same moment, tells what is wrong with the database.
      return nil
    }
  }
}

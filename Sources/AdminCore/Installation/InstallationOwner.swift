import Glibc
import Platform

extension Installation {
  /// Whose installation this is: that of the account that runs the program, or any one account's when root runs it.
  ///
  /// Folders and files of root count as everybody's; what is absent is not looked at.
  /// - Throws: `AdminError`: `refused` for what is another account's, `configuration` for what every account may write.
  package func checkOwner() throws {
    var owner: uid_t?
    for place in ownedPlaces {
      guard let link = try FileSystem.status(place) else { continue }
      var target = link
      if link.st_mode & S_IFMT == S_IFLNK {
        // A dangling link is for whoever needs the file to tell.
        guard stat(place, &target) == 0 else { continue }
      }
      for status in [link, target] where status.st_uid != 0 {
        guard geteuid() == 0 || status.st_uid == geteuid() else { throw Installation.foreign(place, status.st_uid) }
        guard owner == nil || owner == status.st_uid else {
          throw AdminError(
            .refused,
            "parts of the installation belong to different accounts (\(Installation.name(of: status.st_uid)))",
            at: place, next: "find out why, then: chown -R ACCOUNT \(folder)")
        }
        owner = status.st_uid
      }
      guard target.st_mode & S_IWOTH == 0 else {
        throw AdminError(
          .configuration, "every account of this machine may write there", at: place,
          next: "find out what was changed, then: chmod o-w \(place)")
      }
    }
  }

  private var ownedPlaces: [String] {
    // A folder before what is in it, which another account may not even look at.
    [folder] + (role == .hub ? Component.allCases : [role]).flatMap { [home(of: $0), iniPath(of: $0)] }
      + [logFolder, rulesPath, FileSystem.folder(of: internalDatabasePath), internalDatabasePath]
  }

  private static func foreign(_ place: String, _ owner: uid_t) -> AdminError {
    let name = name(of: owner)
    return AdminError(
      .refused, "the installation belongs to account \(name), not to the one that runs this program", at: place,
      next: "run it as \(name), such as: sudo -u \(name) hubtui; or as root")
  }

  private static func name(of owner: uid_t) -> String {
    getpwuid(owner).map { String(cString: $0.pointee.pw_name) } ?? String(owner)
  }
}

/// The keys by which an INI file names the system database and the account there.
public enum DatabaseKey {
  /// The system database: `internal`, or a URL.
  public static let url = "database.url"
  /// The account at an external database.
  public static let user = "database.user"
  /// Its password.
  public static let password = "database.password"
  /// A file whose first line is the password, instead.
  public static let passwordFile = "database.password-file"
}

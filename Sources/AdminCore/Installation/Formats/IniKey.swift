/// The INI keys that every component knows.
public enum IniKey {
  /// The component's own host.
  public static let host = "component.host"
  /// The component's own port.
  public static let port = "component.port"
  /// What tells this installation's component from every other.
  public static let instanceID = "instance.id"
  /// The key store of the component's own TLS.
  public static let keyStore = "tls.keystore"
  /// Its password.
  public static let keyStorePassword = "tls.keystore.password"
  /// The password of remote administration, which may stand in any INI file.
  public static let remoteAdminPassword = "RemoteAdminPassword"
}

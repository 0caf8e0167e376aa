/// What this program is.
public enum Product {
  /// The version that manifests and `hubtui --version` tell.
  public static let version = "0.1.0"
}

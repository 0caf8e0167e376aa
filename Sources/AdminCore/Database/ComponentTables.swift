/// Which tables of a system database belong to the product: those whose name begins with a component's prefix. A backup
/// takes all of them, whether it knows them or not, and leaves every other where it is.
package enum ComponentTables {
  /// The prefixes, in the order HUB, LUI, TRK.
  package static let prefixes = ["hub_", "lui_", "trk_"]

  /// Whether a component has a table of this name.
  package static func contain(_ name: String) -> Bool { prefixes.contains { name.utf8.starts(with: $0.utf8) } }
}

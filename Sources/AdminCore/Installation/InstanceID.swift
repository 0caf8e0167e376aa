import Platform

extension Installation {
  /// The HUB's instance ID, which stands for the installation.
  ///
  /// - Throws: `AdminError` (`configuration`) when it is unset.
  package func instanceID() throws -> String {
    guard let id = try ini(of: .hub)[IniKey.instanceID] else {
      throw AdminError(
        .configuration, "the installation has no instance ID", at: "\(iniPath(of: .hub)): \(IniKey.instanceID)",
        next: "start the console once; the first start generates it")
    }
    return id
  }

  /// Generates the instance IDs that are unset, which is what the first start after a restore does. Gives the components
  /// that got one.
  package func generateInstanceIDs() throws -> [Component] {
    try components().filter { component in
      var ini = try ini(of: component)
      guard ini[IniKey.instanceID] == nil else { return false }
      try ini.set(IniKey.instanceID, InstanceID.random(component))
      try FileSystem.replace(iniPath(of: component), with: ini.bytes)
      return true
    }
  }
}

/// What tells one installation's component from every other.
package enum InstanceID {
  /// A new one: the component and 26 letters of Crockford's base 32, 130 random bits.
  package static func random(_ component: Component) -> String {
    var generator = SystemRandomNumberGenerator()
    return random(component, &generator)
  }

  package static func random(_ component: Component, _ generator: inout some RandomNumberGenerator) -> String {
    component.rawValue + "-"
      + String((0..<26).map { _ in BackupID.alphabet[Int.random(in: 0..<32, using: &generator)] })
  }
}

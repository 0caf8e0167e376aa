import Database
import Detection
import Installation

/// What `--mask-recipients` adds for the tables of this installation: columns that a fresh installation has not, in tables
/// with persons in them, are personal unless the site has answered for them. A telephone number, a street or a date of
/// birth tells as much as an address.
enum PersonTables {
  /// The matches that mask them.
  ///
  /// - Parameters:
  ///   - tables: all tables of the installation.
  ///   - isAnswered: whether the site has said something of all values of a column.
  static func matches(
    in tables: [TableSchema], isAnswered: (_ table: String, _ column: String) -> Bool
  ) -> [Rule.Match] {
    var masked: Set<KeyColumns.Place> = []
    let persons = names(in: tables)
    for table in tables where persons.contains(table.name) {
      for column in table.columns {
        guard SystemSchema.role(table.name, column.name) == nil, !isAnswered(table.name, column.name),
          !isKey(column, of: table), !isReference(column, of: table)
        else { continue }
        masked.insert(KeyColumns.Place(table: table.name, column: column.name))
      }
    }
    follow(&masked, in: tables)
    return tables.flatMap { table in
      table.columns.compactMap { column in
        guard masked.contains(KeyColumns.Place(table: table.name, column: column.name)),
          SystemSchema.role(table.name, column.name) == nil
        else { return nil }
        return match(column, of: table)
      }
    }
  }

  /// The tables in which persons stand: those with a personal column, with a column for a mail address or a telephone
  /// number, and those whose rows refer to a person.
  static func names(in tables: [TableSchema]) -> Set<String> {
    var names: Set<String> = []
    for table in tables {
      let tells = table.columns.contains { column in
        switch SystemSchema.role(table.name, column.name) {
        case .personal: true
        case .plain, .content, .digest: false
        case nil: isOfPerson(column.name)
        }
      }
      if tells { names.insert(table.name) }
    }
    let direct = names
    for table in tables
    where SystemSchema.tables.allSatisfy({ $0.name != table.name })
      && table.foreignKeys.contains(where: { direct.contains($0.table) })
    {
      names.insert(table.name)
    }
    return names
  }

  private static func isOfPerson(_ name: String) -> Bool {
    let field = FieldName(name)
    if field.isPhone { return true }
    if field.isSecret { return false }
    let words = words(of: name)
    if words.last == "id", words.contains(where: persons.contains) { return true }
    guard words.allSatisfy({ !machines.contains($0) }) else { return false }
    return words.contains { word in mail.contains(word) || word.hasSuffix("email") || word.hasSuffix("mailaddress") }
  }

  private static let persons: Set = [
    "subscriber", "recipient", "contact", "customer", "member", "person", "patient", "donor", "student", "kunde",
  ]
  private static let mail: Set = ["mail", "mails", "email", "emails", "emailadresse", "mailadresse", "emailaddr"]
  /// A mail server is nobody.
  private static let machines: Set = ["host", "hostname", "server", "port", "relay", "template", "subject", "count"]

  private static func words(of name: String) -> [String] {
    var words: [String] = [""]
    var former: Character = " "
    for character in name {
      if !character.isLetter || (former.isLowercase && character.isUppercase), words.last != "" { words.append("") }
      if character.isLetter { words[words.count - 1].append(contentsOf: character.lowercased()) }
      former = character
    }
    return words.filter { !$0.isEmpty }
  }

  /// Numbers by which rows are told apart say nothing of a person.
  private static func isKey(_ column: TableSchema.Column, of table: TableSchema) -> Bool {
    table.primaryKey.contains(column.name) && [.integer, .uuid].contains(column.type)
      || table.autoIncrementColumn == column.name
  }

  private static func isReference(_ column: TableSchema.Column, of table: TableSchema) -> Bool {
    table.foreignKeys.contains { $0.columns.contains(column.name) }
  }

  /// What refers to a masked text is masked as well, or the rows would no longer belong together.
  private static func follow(_ masked: inout Set<KeyColumns.Place>, in tables: [TableSchema]) {
    let keys = Dictionary(tables.map { ($0.name, $0.primaryKey) }, uniquingKeysWith: { first, _ in first })
    var isComplete = false
    while !isComplete {
      isComplete = true
      for table in tables {
        for reference in table.foreignKeys {
          let targets = reference.references.isEmpty ? keys[reference.table] ?? [] : reference.references
          for (name, target) in zip(reference.columns, targets) {
            let parent = KeyColumns.Place(table: reference.table, column: target)
            guard masked.contains(parent) || isPersonal(parent) else { continue }
            if masked.insert(KeyColumns.Place(table: table.name, column: name)).inserted { isComplete = false }
          }
        }
      }
    }
  }

  private static func isPersonal(_ place: KeyColumns.Place) -> Bool {
    if case .personal = SystemSchema.role(place.table, place.column) { true } else { false }
  }

  private static func match(_ column: TableSchema.Column, of table: TableSchema) -> Rule.Match? {
    let action: Rule.Action
    switch column.type {
    case .text: action = .mask(.text)
    // Flags and words of a list that must be there have no value that means none.
    case .bit, .enumeration: if column.isNullable { action = .unset } else { return nil }
    default: action = .unset
    }
    let place = Rule.Target.column(
      table: Pattern.literal(table.name), column: Pattern.literal(column.name))
    return Rule.Match(target: place, conditions: [], action: action, sensitivity: .none)
  }
}

extension RuleSet {
  /// The same rules for an installation with these tables: the masking of recipients knows its columns.
  package func fitted(to tables: [TableSchema]) -> RuleSet {
    guard masksRecipients else { return self }
    let matches = PersonTables.matches(in: tables) { table, column in
      let place = Rule.Target.column(table: table, column: column)
      return isHarmless(place)
        || self.rules.contains { rule in
          rule.isOfSite && rule.matches.contains { $0.conditions.isEmpty && $0.target.matches(place) }
        }
    }
    guard let index = index(of: BuiltInRules.masking.id), !matches.isEmpty else { return self }
    var rules = rules
    let masking = rules[index]
    rules[index] = Rule(
      id: masking.id, danger: masking.danger, afterRestore: masking.afterRestore, matches: masking.matches + matches)
    return RuleSet(rules, site: site, isTestBed: isTestBed, masksRecipients: masksRecipients)
  }
}

import AdminCore
import Glibc

/// Does on a command line what actions and listings describe.
struct ActionCommand {
  let hub: Hub

  init(_ installation: InstallationOption) throws { hub = try installation.hub() }

  /// Prints a listing as a table, or as JSON.
  ///
  /// - Parameter isReversed: whether the last item stands first.
  func list<Item>(_ listing: Listing<Item>, json: Bool, isReversed: Bool = false) throws {
    let contents = try listing.load(hub, Moment.now)
    let items = isReversed ? contents.items.reversed() : contents.items
    if json { return try Output.json(items.map { AnyEncodable(listing.json($0)) }) }
    if !contents.headline.isEmpty { Output.line(contents.headline) }
    Output.table(listing.table.map(\.title), items.map { item in listing.table.map { $0.cell(item, Moment.now) } })
  }

  /// The item that an operator named.
  ///
  /// - Throws: `AdminError` (`usage`) when there is none.
  func item<Item>(
    _ name: String, of listing: Listing<Item>, where isMeant: (Item) -> Bool
  ) throws -> (item: Item, all: [Item]) {
    let all = try listing.load(hub, Moment.now).items
    guard let item = all.first(where: isMeant) else {
      throw AdminError(.usage, "no such \(listing.noun)", at: name, next: "see: hubtui \(listing.name)")
    }
    return (item, all)
  }

  /// Does an action that changes something at once, after its question, and prints what it says.
  ///
  /// - Parameters:
  ///   - isConfirmed: whether the question is answered already.
  ///   - word: the typed word, when it stands on the command line.
  ///   - warning: what is to be known before the question.
  func perform<Item>(
    _ action: Action<Item>, on chosen: [Item], of all: [Item] = [], isConfirmed: Bool = false, word: String? = nil,
    warning: String? = nil
  ) throws {
    if let reason = action.needsItem && !chosen.isEmpty ? action.obstacle(chosen) : nil {
      throw AdminError(.usage, reason, next: "see: hubtui \(action.name.split(separator: " ").first ?? "") list")
    }
    if !isConfirmed, let confirmation = action.confirmation(chosen, all) {
      try Prompt.confirm(confirmation.warning(of: warning), word: word)
    }
    guard case .quick(let body) = action.work else {
      preconditionFailure("\(action.name) is no change that is made at once")
    }
    Output.line(try body(chosen, hub))
  }
}

/// Whatever a listing has for JSON.
private struct AnyEncodable: Encodable {
  private let value: any Encodable

  init(_ value: any Encodable) { self.value = value }

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

import AdminCore
import TUIKitLite

/// The screens of the places to which menus and actions lead.
enum Places {
  static func screen(_ destination: Destination, _ context: ConsoleContext) -> any ConsoleScreen {
    switch destination {
    case .listing(let listing): list(listing, context)
    case .form(let form): FormScreen(form, context)
    case .runningOperation: OperationScreen(context)
    case .createBackup(let kind): CreateBackupScreen(context, kind: kind)
    case .restore: RestoreWizard.make(context)
    case .help: HelpScreen(context)
    }
  }

  private static func list<Type: ListingType>(_ listing: Type, _ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen(listing.listing, context)
  }
}

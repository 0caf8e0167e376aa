import Testing

@testable import HubTUI

@Suite struct ConsoleTests {}

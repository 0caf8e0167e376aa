import Testing

/// The engine over a real server. One database serves all tests, emptied before each: so one at a time.
@Suite(.serialized) enum PostgresEngineTests {}

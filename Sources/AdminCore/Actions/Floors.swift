@_exported import Administration
@_exported import Archive
@_exported import Database
import Installation
@_exported import Installation
@_exported import Platform
@_exported import Runs
@_exported import TestBed

// The floors below are AdminCore's vocabulary: who imports AdminCore names a backup set, a component or an error without
// knowing on which floor it stands. What a floor keeps to itself stays there.

/// What was measured on one sample.
struct Reading: Sendable {
  /// The tables that figures are shown in.
  enum Table: String, Sendable, CaseIterable { case likeness, seam, spread, respect }

  /// Where a value stands.
  struct Place: Hashable, Sendable {
    var table: Table
    var row: String
    var column: String
  }

  static let unconditional = "the unconditional vector alone"
  static let heldAgainstAnother = "guidance 5, held against another exemplar"
  static let copyPaste = "copy-paste"

  /// In the order they were measured.
  private(set) var places: [Place] = []
  private(set) var values: [Place: Double] = [:]

  /// A value; nothing is kept of what could not be measured.
  subscript(table: Table, row: String, column: String) -> Double? {
    get { values[Place(table: table, row: row, column: column)] }
    set {
      let place = Place(table: table, row: row, column: column)
      if values.updateValue(newValue ?? .nan, forKey: place) == nil { places.append(place) }
      if newValue == nil { values[place] = nil }
    }
  }

  /// A value of a table with one column.
  subscript(table: Table, row: String) -> Double? {
    get { self[table, row, "mean"] }
    set { self[table, row, "mean"] = newValue }
  }

  /// A row of likenesses.
  mutating func add(_ measures: [(name: String, value: Double?)], as row: String) {
    for measure in measures { self[.likeness, row, measure.name] = measure.value }
  }
}

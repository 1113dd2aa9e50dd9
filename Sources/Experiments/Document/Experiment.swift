public import Foundation
public import PipelineKit

/// A pipeline and the many ways it is run: values that all runs share, axes that are crossed, rows of a table or of
/// files, what results are called and what of them becomes columns.
public struct Experiment: Sendable {
  /// The pipeline that rows run.
  public var pipeline: PipelineDocument
  /// Where relative files of the experiment start.
  public var folder: URL
  /// What all rows are given.
  public var fixed: [Assignment] = []
  /// What is tried in every combination, the first changing slowest.
  public var axes: [Axis] = []
  /// Where rows come from, each of which is run with every combination of the axes.
  public var source = RowSource.one
  /// Which rows of files there are, and in which order; nil takes all of them by name.
  public var order: RowOrder?
  /// What results are called, `{scene}-{guidance}`; nil makes it of what varies.
  public var name: String?
  /// Numbers of reports that become columns, by the column's name.
  public var measures: [String: Measure] = [:]
  /// Combinations that are left out: rows in which all of these names have these values.
  public var excluded: [[String: JSONValue]] = []
  /// Whether rows that need what is not on this machine, as a model, are left out and named; else nothing is run.
  public var skipsMissing = false

  /// The contact sheet that is drawn when all rows are there.
  public var sheet: SheetPlan?

  /// A pipeline run once.
  public init(_ pipeline: PipelineDocument, folder: URL) {
    self.pipeline = pipeline
    self.folder = folder
  }
}

/// What a contact sheet shows.
public struct SheetPlan: Sendable, Hashable {
  /// The name whose values are the sheet's rows; nil for one row.
  public var rows: String?
  /// The name whose values are its columns.
  public var columns: String
  /// The pipeline's output that is shown.
  public var output = "picture"
  /// Width and height of a cell in pixels.
  public var cell = 256

  /// The name by which rows themselves are the sheet's rows or columns, each called as its results are.
  public static let row = "row"

  /// The sizes that a cell may have.
  public static let cells = 16...2048

  /// A sheet of pictures.
  public init(rows: String?, columns: String) { (self.rows, self.columns) = (rows, columns) }
}

/// One value for one thing that a row sets.
public struct Assignment: Sendable, Hashable {
  /// The thing as it was written: `guidance`, `paint.steps`, `swap:paint`.
  public var name: String
  /// The value.
  public var value: JSONValue
  /// Whether the value is text that is read as its parameter demands, as on a command line or in a table.
  public var isText: Bool

  /// A value for one thing.
  public init(_ name: String, _ value: JSONValue, isText: Bool = false) {
    (self.name, self.value, self.isText) = (name, value, isText)
  }

  /// The value in a name or a column.
  public var text: String { value.string ?? String(decoding: JSONWriter.canonical(value), as: UTF8.self) }
}

/// Things that vary together, and the values they have in turn. One thing is the rule; several are zipped.
public struct Axis: Sendable, Hashable {
  /// What is set at each place of the axis.
  public var places: [[Assignment]]
  /// Where it is declared, for diagnostics.
  public var pointer: JSONPointer

  /// An axis.
  public init(_ places: [[Assignment]], at pointer: JSONPointer = .root / "axes") {
    self.places = places
    self.pointer = pointer
  }

  /// The names it sets.
  public var names: [String] { places.first?.map(\.name) ?? [] }
}

/// A number in the report at one of the pipeline's outputs.
public struct Measure: Sendable, Hashable {
  /// The output's name.
  public var output: String
  /// The members that lead to the number.
  public var path: [String]

  /// `change.outside.changed`; nil for text that names no output and member.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    (output, path) = (parts[0], Array(parts.dropFirst()))
  }

  /// The value in a report; nil when it has none there.
  public func value(in report: JSONValue) -> JSONValue? {
    path.reduce(report) { $0?[$1] }
  }
}

import Foundation
public import PipelineKit

/// The JSON Schema (draft 2020-12) of experiments, for editors. Which params, inputs and stages there are, only the pipeline
/// tells, which is read when the experiment is.
public enum ExperimentSchema {
  /// The schema.
  public static let json: JSONValue = [
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Experiment, format 1",
    "type": "object",
    "required": ["formatVersion", "pipeline"],
    "additionalProperties": false,
    "properties": [
      "$schema": ["type": "string"],
      "formatVersion": ["const": 1],
      "notes": [:],
      "pipeline": described(
        "The pipeline's document, from this one's folder.", ["type": "string", "minLength": 1]),
      "params": described("Params that all rows share.", ["type": "object"]),
      "inputs": described(
        "Files for the pipeline's inputs that all rows share.",
        ["type": "object", "additionalProperties": ["type": "string"]]),
      "set": described(
        "Settings that all rows share: stage.key; preset is the pipeline's preset.",
        ["type": "object", "propertyNames": ["pattern": "^(swap:)?[A-Za-z0-9_/.-]+$"]]),
      "axes": described(
        "Values that are tried in every combination, by param, input, stage.key, swap:stage or preset.",
        ["type": "object", "additionalProperties": ["$ref": "#/$defs/axis"]]),
      "zip": described(
        "Axes that go in step.",
        ["type": "array", "items": ["type": "array", "minItems": 2, "items": ["type": "string"]]]),
      "rows": described(
        "Where rows come from.",
        [
          "oneOf": [
            closed(
              [
                "table": described(
                  "A .csv, .tsv or .jsonl file whose columns are params and inputs.", ["type": "string"])
              ],
              required: ["table"]),
            closed(
              [
                "files": described(
                  "Patterns of files, in/{id}.png: what the braces stand for joins them, and is the value of the param of that name, where there is one.",
                  ["type": "object", "minProperties": 1, "additionalProperties": ["type": "string"]]),
                "order": described(
                  "Which rows there are and in which order, by a brace: {\"id\": \"ids.npy\"}, a .npy file of whole numbers or a text with one a line. The param position is given a row's place on the list, from 0.",
                  [
                    "type": "object", "minProperties": 1, "maxProperties": 1,
                    "additionalProperties": ["type": "string"],
                  ]),
              ],
              required: ["files"]),
          ]
        ]),
      "name": described(
        "What results are called: {name} is a value, {row} the row's number.", ["type": "string"]),
      "measures": described(
        "Numbers of reports that become columns: output.member.",
        ["type": "object", "additionalProperties": ["type": "string", "pattern": "^[^.]+(\\.[^.]+)+$"]]),
      "exclude": described(
        "Combinations that are left out.",
        ["type": "array", "items": ["type": "object", "minProperties": 1]]),
      "missing": described(
        "What becomes of rows whose model, or what else they need, is not on this machine: nothing is run (refuse), or they are named and left out (skip).",
        ["enum": ["refuse", "skip"], "default": "refuse"]),
      "sheet": described(
        "The contact sheet that is drawn when all rows are there.",
        closed(
          [
            "rows": described("An axis or a column; row is each row by itself.", ["type": "string"]),
            "columns": described("An axis or a column; row is each row by itself.", ["type": "string"]),
            "output": ["type": "string", "default": "picture"],
            "cell": described(
              "Width and height of a cell in pixels.",
              [
                "type": "integer", "minimum": JSONValue(SheetPlan.cells.lowerBound),
                "maximum": JSONValue(SheetPlan.cells.upperBound), "default": 256,
              ]),
          ], required: ["columns"])),
    ],
    "$defs": [
      "axis": [
        "oneOf": [
          ["type": "array", "minItems": 1],
          closed(
            [
              "from": ["type": "number"], "to": ["type": "number"], "step": ["type": "number", "default": 1],
            ],
            required: ["from", "to"]),
          closed(
            [
              "count": ["type": "integer", "minimum": 1], "from": ["type": "number", "default": 1],
              "step": ["type": "number", "default": 1],
            ], required: ["count"]),
        ]
      ]
    ],
  ]

  private static func described(_ words: String, _ schema: JSONValue) -> JSONValue {
    .object((schema.object ?? [:]).merging(["description": .string(words)]) { $1 })
  }

  private static func closed(_ properties: JSONValue, required: JSONValue) -> JSONValue {
    ["type": "object", "properties": properties, "required": required, "additionalProperties": false]
  }
}

import Imaging
import PipelineKit

/// Shows many pictures on one.
struct ContactSheet: Stage {
  static let name = "image.sheet"
  static let version = 3
  static let summary = "Shows many pictures on one, in rows, each with a label."
  static let images = ManyInputs<Picture>("images", help: "The pictures, row after row.")
  static let sheet = Output<Picture>("image", help: "The sheet: RGB, 8 bit.")
  static let inputs: [any StagePort] = [images]
  static let outputs: [any StagePort] = [sheet]

  struct Parameters: StageParameters {
    @Parameter(help: "A text for each picture, in order; as many as pictures, or none.") var labels:
      [String] = []
    @Parameter(help: "Pictures in a row; null makes the sheet about square.", 1...100) var columns: Int? = nil
    @Parameter(help: "Width of a cell in pixels.", 16...8192) var cellWidth = 256
    @Parameter(help: "Height of a cell in pixels, without its label.", 16...8192) var cellHeight = 256
    @Parameter(help: "Pixels between cells and around them.", 0...1024) var gap = 12
    @Parameter(help: "Height of labels in pixels.", 6...256) var labelSize = 15
    @Parameter(help: "The background's red, green and blue.", 0...255, count: Bounds(minimum: 3, maximum: 3))
    var background: [Double] = [255, 255, 255]
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let size = sheetSize(of: inputs.all(Self.images).count)
    return Estimate([
      (
        Self.sheet,
        .picture(
          width: size.width, height: size.height, bands: 3, bits: 8, space: "sheet", alpha: false,
          format: .uint8)
      )
    ])
  }

  /// The size of a sheet of so many pictures.
  private func sheetSize(of pictures: Int) -> (width: Int, height: Int) {
    let columns = columns(of: pictures)
    let lines = (pictures + columns - 1) / columns
    let gap = parameters.gap
    return (
      columns * (parameters.cellWidth + gap) + gap,
      lines * (parameters.cellHeight + labelHeight + gap) + gap
    )
  }

  private func columns(of pictures: Int) -> Int {
    parameters.columns ?? max(1, Int(Double(pictures).squareRoot().rounded(.up)))
  }

  private var labelHeight: Int { parameters.labels.isEmpty ? 0 : parameters.labelSize * 2 }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let pictures = try inputs[Self.images].map(\.image)
    guard parameters.labels.isEmpty || parameters.labels.count == pictures.count else {
      throw StageFailure("there are \(pictures.count) pictures and \(parameters.labels.count) labels")
    }
    let cells = try pictures.enumerated().map {
      try cell($1, label: parameters.labels.isEmpty ? nil : parameters.labels[$0])
    }
    let grid = try Image.grid(
      cells, columns: columns(of: cells.count), spacing: parameters.gap, background: parameters.background)
    let framed = try onBackground(
      grid, width: grid.width + 2 * parameters.gap, height: grid.height + 2 * parameters.gap,
      x: parameters.gap,
      y: parameters.gap)
    return StageOutputs(
      Self.sheet, Picture(try evaluate(context.monitor) { try framed.inMemory(monitor: $0) }))
  }

  private func cell(_ picture: Image, label: String?) throws -> Image {
    let (width, height) = (parameters.cellWidth, parameters.cellHeight)
    let size = Fitting.contain.size(of: (picture.width, picture.height), in: (width, height))
    let small = try picture.resized(width: size.width, height: size.height)
    let plain = try small.converted(to: .sRGB).rescaled(to: .uint8).flattened(over: parameters.background)
    let cell = try onBackground(
      plain, width: width, height: height + labelHeight, x: (width - size.width) / 2,
      y: (height - size.height) / 2)
    guard let label, !label.isEmpty else { return cell }
    return try labelled(cell, label, top: height + parameters.labelSize / 3)
  }

  /// The cell with a line of text whose top, not that of its ink, is at `top`: so the labels of a row share a baseline.
  private func labelled(_ cell: Image, _ label: String, top: Int) throws -> Image {
    var text = try Image.text(label, font: "sans \(parameters.labelSize)")
    let inkTop = top + text.offset.y
    if text.width > cell.width { text = try text.cropped(x: 0, y: 0, width: cell.width, height: text.height) }
    let ink = try text.tagged(as: .grey)
      .embedded(x: (cell.width - text.width) / 2, y: inkTop, width: cell.width, height: cell.height)
    let isDark = parameters.background.reduce(0, +) < 384
    let colour = try cell.filled(with: isDark ? [235, 235, 235] : [40, 40, 40])
    return try ink.choosing(colour, else: cell, blending: true).tagged(as: .sRGB)
  }

  private func onBackground(_ image: Image, width: Int, height: Int, x: Int, y: Int) throws -> Image {
    try image.embedded(
      x: x, y: y, width: width, height: height, extending: .background, background: parameters.background)
  }
}

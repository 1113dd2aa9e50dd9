import Imaging
import Testing

@Suite("Operations by name")
struct OperationTests {
  @Test("a call checks names and types before libvips sees them")
  func wrongArguments() throws {
    let picture = try Fixture.rgb()
    #expect(throws: ImagingError.unknownOperation("gausblur", nearest: "gaussblur")) {
      try Vips.call("gausblur", ["in": .image(picture)])
    }
    #expect(throws: ImagingError.unknownArgument(operation: "gaussblur", argument: "sgima", nearest: "sigma"))
    {
      try Vips.call("gaussblur", ["in": .image(picture), "sgima": 2])
    }
    #expect(throws: ImagingError.missingArguments(operation: "gaussblur", arguments: ["sigma"])) {
      try Vips.call("gaussblur", ["in": .image(picture)])
    }
    let wrong = ImagingError.wrongType(
      operation: "gaussblur", argument: "sigma", expected: "a number from 0.0 to 1000.0",
      given: "the text 'two'")
    #expect(throws: wrong) { try Vips.call("gaussblur", ["in": .image(picture), "sigma": "two"]) }
    let far = ImagingError.outOfRange(
      operation: "gaussblur", argument: "sigma", expected: "a number from 0.0 to 1000.0",
      given: "the number -1.0")
    #expect(throws: far) { try Vips.call("gaussblur", ["in": .image(picture), "sigma": -1.0]) }
    #expect(throws: ImagingError.self) {
      try Vips.call("gaussblur", ["in": .image(picture), "sigma": .double(.nan)])
    }
  }

  @Test("an enum takes its names and says which there are")
  func enums() throws {
    let picture = try Fixture.rgb()
    let flipped = try Vips.image("flip", ["in": .image(picture), "direction": "vertical"])
    #expect(try flipped.pixel(x: 3, y: 0) == picture.pixel(x: 3, y: 22))
    let error = #expect(throws: ImagingError.self) {
      try Vips.image("flip", ["in": .image(picture), "direction": "sideways"])
    }
    #expect(error?.description.contains("one of horizontal, vertical") == true)
  }

  @Test("libvips' own words come through")
  func libvipsText() throws {
    let picture = try Fixture.rgb()
    let error = #expect(throws: ImagingError.self) {
      try Vips.call(
        "extract_area", ["input": .image(picture), "left": 30, "top": 0, "width": 30, "height": 5])
    }
    #expect(error?.description.contains("bad extract area") == true)
  }

  @Test("a description tells types, ranges, defaults and help")
  func description() throws {
    let blur = try Vips.describe("gaussblur")
    #expect(blur.summary == "gaussian blur")
    #expect(blur.inputs.prefix(2).map(\.name) == ["in", "sigma"])
    #expect(blur.input("sigma")?.type == .double(0...1000, default: 1.5))
    #expect(blur.input("min-ampl")?.isRequired == false)
    #expect(blur.outputs.map(\.name) == ["out"])
    guard case .choice(let names, let preset) = blur.input("precision")?.type else {
      Issue.record("precision is no choice")
      return
    }
    #expect(names == ["integer", "float", "approximate"] && preset == "integer")
  }

  @Test("every operation can be described")
  func catalogue() throws {
    let names = Vips.operations()
    #expect(names.count > 200 && names.contains("composite"))
    for name in names { #expect(try !Vips.describe(name).summary.isEmpty) }
  }

  @Test("drawing leaves the picture drawn into as it was")
  func drawing() throws {
    let picture = try Image.filled(width: 20, height: 10, colour: [0])
    let drawn = try Vips.call(
      "draw_circle",
      ["image": .image(picture), "ink": .doubles([255]), "cx": 10, "cy": 5, "radius": 3, "fill": true])
    #expect(try drawn["image"]?.image?.pixel(x: 10, y: 5) == [255])
    #expect(try picture.statistics().overall.maximum == 0)
    let inMemory = try picture.inMemory()
    _ = try Vips.call(
      "draw_rect",
      ["image": .image(inMemory), "ink": .doubles([9]), "left": 0, "top": 0, "width": 5, "height": 5])
    #expect(try inMemory.statistics().overall.maximum == 0)
  }

  @Test("shells, files and untrusted loaders are out of reach unless allowed")
  func permissions() throws {
    for (name, arguments) in [
      ("system", ["cmd_format": "true"]), ("pngload", ["filename": "/etc/passwd"]),
      ("svgload", ["filename": "a.svg"]), ("thumbnail", ["filename": "a.png", "width": 9]),
      ("vipsload", ["filename": "a.v"]),
      ("thumbnail_image", ["in": .image(try Fixture.rgb()), "width": 9, "import_profile": "/etc/passwd"]),
      ("thumbnail_image", ["in": .image(try Fixture.rgb()), "width": 9, "export_profile": "/etc/passwd"]),
      ("icc_transform", ["in": .image(try Fixture.rgb()), "output_profile": "/etc/passwd"]),
      ("profile_load", ["name": "/etc/passwd"]), ("text", ["text": "a", "fontfile": "/etc/passwd"]),
    ] as [(String, [String: VipsValue])] {
      let error = #expect(throws: ImagingError.self, "\(name)") { try Vips.call(name, arguments) }
      guard case .blockedOperation = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }

  @Test("settings reach libvips and can change")
  func settings() throws {
    let before = Vips.threads
    try Vips.start(VipsSettings(threads: 3))
    #expect(Vips.threads == 3)
    try Vips.start(VipsSettings(threads: before))
    #expect(Vips.version.hasPrefix("8."))
    #expect(throws: ImagingError.self) { try Vips.start(VipsSettings(threads: 0)) }
  }
}

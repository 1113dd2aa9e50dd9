import Foundation
import PipelineTesting
import Testing

@testable import PipelineKit

private struct Sizes: StageParameters {
  @Parameter(help: "Columns.", 1...100) var width = 10
  @Parameter(help: "Rows.", 1...100) var height: Int? = nil

  func conflict() -> ParameterConflict? {
    height == width ? ParameterConflict("height", "a square is not wanted") : nil
  }
}

private struct Grouped: StageParameters {
  @Parameter(help: "The first.") var first = "a"
  @ParameterGroup var size: Sizes
  @Parameter(help: "The last.") var last = true
}

private struct OtherDefaults: StageParameters {
  static var wide: Sizes {
    var sizes = Sizes()
    sizes.width = 50
    return sizes
  }
  @ParameterGroup var size = Self.wide
}

@Suite("A group of parameters")
struct ParameterGroupTests {
  @Test("stands among the stage's own parameters, in the order of declaration")
  func descriptors() {
    #expect(Grouped.descriptors.map(\.name) == ["first", "width", "height", "last"])
    #expect(Grouped.descriptors[1].kind == .integer(Bounds(minimum: 1, maximum: 100)))
    #expect(Grouped.descriptors[2].defaultValue == .null)
  }

  @Test("has the defaults that the stage gives it")
  func defaults() {
    #expect(Grouped.descriptors[1].defaultValue == 10)
    #expect(OtherDefaults.descriptors.map(\.defaultValue) == [50, .null])
  }

  @Test("gets its values from the same settings")
  func values() throws {
    let settings: [String: Setting] = [
      "first": .value("b"), "width": .value(7), "height": .null, "last": .value(false),
    ]
    let grouped = try Grouped(settings: settings)
    #expect((grouped.first, grouped.size.width, grouped.size.height, grouped.last) == ("b", 7, nil, false))
  }

  @Test("says what does not fit together")
  func conflict() throws {
    let settings: [String: Setting] = [
      "first": .value("b"), "width": .value(7), "height": .value(7), "last": .value(false),
    ]
    #expect(try Grouped(settings: settings).firstConflict?.parameter == "height")
  }
}

@Suite("A setting")
struct SettingTests {
  private let path = BoundPath("photo.jpg", in: URL(filePath: "/pictures"), isConfined: true)

  @Test("is a path or a resource only where a parameter takes one: text that looks like one stays text")
  func kinds() {
    let folder = URL(filePath: "/pictures")
    let bind = { Binding.bind(.value("photo.jpg"), kind: $0, in: folder, isConfined: true) }
    #expect(bind(.string) == .value("photo.jpg"))
    #expect(bind(.inputFile) == .path(path))
    #expect(bind(.resource("model", words: nil)) == .resource(BoundResource(path)))
    #expect(bind(.optional(.outputFile)) == .path(path))
  }

  @Test("as a list is as plain as its elements, and reads back as it was written")
  func lists() {
    #expect(Setting([.value(1), .value(2)]) == .value([1, 2]))
    let mixed = Setting([.path(path), .null])
    #expect(mixed.plain == nil && mixed.elements?.count == 2)
    #expect(mixed.json == ["photo.jpg", .null])
  }

  @Test("that is a path does not fit where JSON is wanted, and a JSON object that looks like one is no path")
  func forgery() {
    #expect(ParameterKind.json.faults(of: .path(path)).count == 1)
    let forged = Setting.value(["$path": ["/etc/passwd", "/", false, .null]])
    #expect(InputPath(setting: forged) == nil)
    #expect(ParameterKind.inputFile.faults(of: forged).count == 1)
  }
}

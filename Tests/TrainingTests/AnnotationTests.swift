import Foundation
import Testing
import Training

@Suite("annotations")
struct AnnotationTests {
  static let use = BoxUse(area: 0.02...0.8)

  @Test("OpenImages' columns are found by name, rows of a picture need not follow one another")
  func openImages() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      LabelName,ImageID,XMin,YMin,XMax,YMax,IsOccluded\r
      /m/cup,a,0.25,0.5,0.75,1,0\r
      /m/dog,b,0,0,0.5,0.5,0\r
      /m/dog,a,0.1,0.1,0.6,0.6,0\r

      """, to: "boxes.csv")
    let table = try OpenImagesBoxes.read(file, Self.use)
    #expect(table.pictures.map(\.file) == ["a.jpg", "b.jpg"])
    let boxes = table.boxes(of: 0)
    #expect(boxes.map { table.labels[Int($0.label)] } == ["/m/cup", "/m/dog"])
    #expect(
      boxes.first?.pixels(in: PixelSize(200, 100)) == PixelBox(x: 50, y: 50, width: 100, height: 50))
    #expect(table.boxes(of: 1).count == 1 && table.tally.boxes == 3)
  }

  @Test(
    "a fault in a table is found with its line",
    arguments: [
      ("", "empty"), ("ImageID,LabelName,XMin,XMax,YMin\n", "YMax"),
      ("a,b,0.1,0.5,0.1,0.5\n", "line 1: there is no column ImageID"),
    ])
  func tableFaults(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "boxes.csv")
    let error = #expect(throws: AnnotationError.self) { try OpenImagesBoxes.read(file, Self.use) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test("a row that cannot be understood is left out, named and counted; the others are read")
  func oddRows() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      ImageID,LabelName,XMin,XMax,YMin,YMax
      a,b,0,1,0

      c,b,0,0.5,0,x1
      d,b,0,inf,0,1
      ,b,0,0.5,0,0.5
      e,b,0.1,0.5,0.1,0.5
      """, to: "boxes.csv")
    let table = try OpenImagesBoxes.read(file, Self.use)
    #expect(table.pictures.map(\.file) == ["e.jpg"])
    #expect(table.tally.skipped == [.oddRecord: 4])
    #expect(table.tally.problems.map(\.picture) == ["line 2", "c.jpg", "d.jpg", "line 6"])
    #expect(table.tally.problems[1].detail == "line 4: 'x1' in column YMax is no number")
  }

  @Test("fields may be in quotation marks, ids may have an ending, groups are left out unless asked for")
  func quoted() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      \u{FEFF}"ImageID","LabelName","XMin","XMax","YMin","YMax","IsGroupOf"
      "a.jpg","a ""cup"", or
      two","0.1","0.5","0.1","0.5","0"
      B.JPEG,"dog",0.1,0.5,0.1,0.5,0
      "c","dog",0.1,0.5,0.1,0.5,1
      """, to: "boxes.csv")
    let table = try OpenImagesBoxes.read(file, Self.use)
    #expect(table.pictures.map(\.file) == ["a.jpg", "B.JPEG"])
    #expect(table.labels.first == "a \"cup\", or\ntwo")
    #expect(table.tally.skipped == [.group: 1, .noUsableBox: 1] && table.tally.problems.isEmpty)
    let all = try OpenImagesBoxes.read(file, BoxUse(area: 0.02...0.8, takesGroups: true))
    #expect(all.pictures.map(\.file) == ["a.jpg", "B.JPEG", "c.jpg"])
  }

  static let instances = """
    {"info": {"note": "a ] b } \\" c"}, "annotations": [
      {"id": 1, "segmentation": [[1, 2], {"counts": "x]"}], "image_id": 70, "category_id": 3, "bbox": [10.4, 20, 50.2, 40]},
      {"id": 2, "image_id": 7, "category_id": 9, "bbox": [0, 0, 100, 50.1]},
      {"id": 3, "image_id": 70, "category_id": 9, "bbox": [0, 0, 4, 4]} ],
     "images": [{"id": 7, "file_name": "b\\u00e9.png", "width": 100, "height": 100, "x": [null, true]},
                {"id": 70, "file_name": "dir/a.jpg", "width": 200, "height": 100}],
     "categories": [{"id": 3, "name": "cup"}, {"id": 9, "name": "dog", "extra": {}}]}
    """

  @Test("COCO's annotations may come before the pictures they name; outlines are passed over")
  func coco() throws {
    let folder = try TemporaryFolder()
    let table = try COCOInstances.read(
      folder.write(Self.instances, to: "instances.json"), Self.use)
    #expect(table.pictures.map(\.file) == ["bé.png", "dir/a.jpg"])
    #expect(table.pictures.map(\.size) == [PixelSize(100, 100), PixelSize(200, 100)])
    let box = try #require(table.boxes(of: 1).first)
    #expect(table.labels[Int(box.label)] == "cup")
    #expect(box.pixels(in: PixelSize(200, 100)) == PixelBox(x: 10, y: 20, width: 51, height: 40))
    #expect(table.boxes(of: 1).count == 1 && table.tally.skipped == [.boxTooSmall: 1])
  }

  @Test(
    "a fault in COCO's file is found with its byte",
    arguments: [
      ("[]", "byte 0: a JSON object expected"), ("{\"images\": []}", "\"categories\""),
      (instances + "x", "nothing more"),
    ])
  func instanceFaults(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "instances.json")
    let error = #expect(throws: AnnotationError.self) { try COCOInstances.read(file, Self.use) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.place?.hasPrefix("byte ") == true)
  }

  @Test(
    "a record of COCO's that cannot be understood is left out, named and counted; the others are read",
    arguments: [
      (#"{"id": 7, "file_name": "b\u00e9.png", "width": -1, "height": -1}"#, "bé.png"),
      (#"{"id": 7, "file_name": "b\u00e9.png", "width": null, "height": 100}"#, "bé.png"),
      (#"{"id": 7, "file_name": "b\u00e9.png"}"#, "bé.png"),
      (#"{"id": 7, "width": 100, "height": 100}"#, nil), (#"{"id": 7, "file_name": ""}"#, nil),
    ] as [(String, String?)])
  func oddPictures(_ record: String, _ name: String?) throws {
    let folder = try TemporaryFolder()
    let text = Self.instances.replacing(
      #"{"id": 7, "file_name": "b\u00e9.png", "width": 100, "height": 100, "x": [null, true]}"#, with: record)
    #expect(text != Self.instances)
    let table = try COCOInstances.read(folder.write(text, to: "instances.json"), Self.use)
    #expect(table.tally.problems.allSatisfy { $0.reason == .oddRecord && !$0.detail.isEmpty })
    // Its box is not reported once more.
    #expect(table.tally.skipped[.oddRecord] == 1)
    #expect(table.tally.problems.first?.picture.hasPrefix(name ?? "byte ") == true)
    #expect(table.pictures.map(\.file) == ["dir/a.jpg"])
    // A second picture of an id is left out, and so are the boxes of its own.
    let twice = try folder.write(
      Self.instances.replacing("\"id\": 70", with: "\"id\": 7"), to: "twice.json")
    #expect(try COCOInstances.read(twice, Self.use).pictures.map(\.file) == ["bé.png"])
  }

  @Test(
    "a box of COCO's that is none, or of a picture or a category that there is not, is left out and named",
    arguments: [
      ("[0, 0, 100, 50.1]", "[]"), ("[0, 0, 100, 50.1]", "[NaN, 0, 1, 1]"), ("[0, 0, 100, 50.1]", "null"),
      ("[0, 0, 100, 50.1]", "[0, 0, 4]"), (#""image_id": 7,"#, #""image_id": 8,"#),
      (#""image_id": 7, "category_id": 9"#, #""image_id": 7, "category_id": 90"#),
      (#""image_id": 7, "category_id": 9"#, #""image_id": 7"#),
    ])
  func oddBoxes(_ old: String, _ new: String) throws {
    let folder = try TemporaryFolder()
    let text = Self.instances.replacing(old, with: new)
    let table = try COCOInstances.read(folder.write(text, to: "instances.json"), Self.use)
    #expect(table.tally.skipped[.oddRecord] == 1 && table.tally.problems.count == 1)
    #expect(table.pictures.map(\.file) == ["dir/a.jpg"])
  }

  @Test("ids may be strings, a mark may come first, crowds are left out unless asked for")
  func cocoVariants() throws {
    let folder = try TemporaryFolder()
    let text =
      "\u{FEFF}"
      + Self.instances
      .replacing("\"id\": 70", with: "\"id\": \"70\"").replacing("\"id\": 7,", with: "\"id\": \"x-7\",")
      .replacing("\"image_id\": 7,", with: "\"iscrowd\": 1, \"image_id\": \"x-7\",")
    let file = try folder.write(text, to: "instances.json")
    let table = try COCOInstances.read(file, Self.use)
    #expect(table.pictures.map(\.file) == ["dir/a.jpg"])
    #expect(table.tally.skipped[.group] == 1 && table.tally.problems.isEmpty)
    let all = try COCOInstances.read(file, BoxUse(area: 0.02...0.8, takesGroups: true))
    #expect(all.pictures.map(\.file) == ["bé.png", "dir/a.jpg"])
  }

  @Test("a COCO file cut anywhere is an error, not a crash")
  func cut() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(Self.instances.utf8)
    for length in 0..<bytes.count {
      let file = folder.file("cut.json")
      try Data(bytes.prefix(length)).write(to: file)
      #expect(throws: AnnotationError.self) { try COCOInstances.read(file, Self.use) }
    }
  }

  @Test("boxes outside their picture are skipped and named, by a rounding they are cut")
  func outside() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      ImageID,LabelName,XMin,XMax,YMin,YMax
      rounded,x,-0.004,0.5,0.2,1.004
      beyond,x,0.5,1.2,0.2,0.9
      away,x,1.5,1.8,0.2,0.9
      flipped,x,0.9,0.1,0.2,0.9
      large,x,0,1,0,1
      """, to: "boxes.csv")
    let table = try OpenImagesBoxes.read(file, Self.use)
    #expect(table.pictures.map(\.file) == ["rounded.jpg"])
    let box = try #require(table.boxes(of: 0).first)
    #expect(box.pixels(in: PixelSize(100, 100)) == PixelBox(x: 0, y: 20, width: 50, height: 80))
    #expect(table.tally.problems.map(\.picture) == ["beyond.jpg", "away.jpg", "flipped.jpg"])
    #expect(table.tally.problems.map(\.reason) == [.boxOutside, .boxOutside, .emptyBox])
    #expect(table.tally.skipped == [.boxOutside: 2, .emptyBox: 1, .boxTooLarge: 1, .noUsableBox: 4])
  }
}

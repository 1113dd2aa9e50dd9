import Foundation
import Testing
import Training

@Suite("annotations")
struct AnnotationTests {
  static let area = 0.02...0.8

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
    let table = try OpenImagesBoxes.read(file, area: Self.area)
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
      ("ImageID,LabelName,XMin,XMax,YMin,YMax\na,b,0,1,0\n", "line 2: 5 fields"),
      ("ImageID,LabelName,XMin,XMax,YMin,YMax\n\na,b,0,1,0,x1\n", "line 3: 'x1' in column YMax"),
      ("ImageID,LabelName,XMin,XMax,YMin,YMax\na,b,0,inf,0,1\n", "'inf' in column XMax"),
    ])
  func tableFaults(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "boxes.csv")
    let error = #expect(throws: AnnotationError.self) { try OpenImagesBoxes.read(file, area: Self.area) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
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
      folder.write(Self.instances, to: "instances.json"), area: Self.area)
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
      ("{\"images\": [{\"id\": 1}], \"categories\": [], \"annotations\": []}", "\"file_name\" is missing"),
      (instances.replacing("\"image_id\": 7,", with: "\"image_id\": 8,"), "no picture has this id"),
      (instances.replacing("\"id\": 70", with: "\"id\": 7"), "second picture"),
      (instances.replacing("[0, 0, 4, 4]", with: "[0, 0, 4]"), "four numbers"),
      (instances + "x", "nothing more"),
    ])
  func instanceFaults(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "instances.json")
    let error = #expect(throws: AnnotationError.self) { try COCOInstances.read(file, area: Self.area) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.place?.hasPrefix("byte ") == true)
  }

  @Test("a COCO file cut anywhere is an error, not a crash")
  func cut() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(Self.instances.utf8)
    for length in 0..<bytes.count {
      let file = folder.file("cut.json")
      try Data(bytes.prefix(length)).write(to: file)
      #expect(throws: AnnotationError.self) { try COCOInstances.read(file, area: Self.area) }
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
    let table = try OpenImagesBoxes.read(file, area: Self.area)
    #expect(table.pictures.map(\.file) == ["rounded.jpg"])
    let box = try #require(table.boxes(of: 0).first)
    #expect(box.pixels(in: PixelSize(100, 100)) == PixelBox(x: 0, y: 20, width: 50, height: 80))
    #expect(table.tally.problems.map(\.picture) == ["beyond.jpg", "away.jpg", "flipped.jpg"])
    #expect(table.tally.problems.map(\.reason) == [.boxOutside, .boxOutside, .emptyBox])
    #expect(table.tally.skipped == [.boxOutside: 2, .emptyBox: 1, .boxTooLarge: 1, .noUsableBox: 4])
  }
}

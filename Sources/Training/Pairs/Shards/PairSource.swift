import Foundation
import Imaging
import Foundations

/// Makes one pair after another out of pictures and their boxes; any of them at any time.
struct PairSource: Sendable {
  let table: BoxTable
  let pictures: URL
  let settings: PairSettings
  /// How pictures are read.
  var files = FileSystem()

  /// What came of a pair.
  enum Outcome: Sendable {
    case made(PairChoice, maskShare: Double, files: [(name: String, bytes: [UInt8])])
    case skipped(PairProblem)
  }

  /// The pair of that number; the same bytes whenever it is asked for.
  /// - Throws: `CancellationError`. What is wrong with a picture is an outcome.
  func outcome(of index: Int) throws -> Outcome {
    try Task.checkCancellation()
    let picture = table.pictures[index % table.pictures.count]
    do {
      return try make(index, picture)
    } catch let error as ImagingError {
      return .skipped(PairProblem(picture: picture.file, reason: error.skipReason, detail: "\(error)"))
    } catch let error as FileError {
      return .skipped(PairProblem(picture: picture.file, reason: error.skipReason, detail: "\(error)"))
    }
  }

  private func make(_ index: Int, _ picture: BoxTable.Picture) throws -> Outcome {
    let image = try load(picture.file)
    let size = PixelSize(image.width, image.height)
    guard size == picture.size ?? size else {
      let detail = "the picture is \(size), its annotations say \(picture.size ?? size)"
      return .skipped(PairProblem(picture: picture.file, reason: .otherSize, detail: detail))
    }
    let seed = PairRecipe.seed(
      settings.seed, picture: picture.file, draw: index / table.pictures.count)
    let boxes = table.boxes(of: index % table.pictures.count)
    let box = boxes[boxes.startIndex + PairRecipe.box(of: boxes.count, seed: seed)]
    let choice = settings.recipe.choice(of: box.pixels(in: size), within: size, seed: seed)
    let pair = try choice.pair(from: image, settings.recipe)
    let maskShare = try pair.mask.statistics().overall.mean / 255
    let json = choice.json.object?.merging([
      "source": .string(picture.file), "label": .string(table.labels[Int(box.label)]),
      "maskShare": .number(maskShare),
    ]) { $1 }
    return .made(
      choice, maskShare: maskShare, files: try files(pair, key: Self.key(index), json: .object(json ?? [:])))
  }

  /// Entry names begin with it. WebDataset takes everything up to the first point as the key.
  static func key(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 9 - digits.count)) + digits
  }

  /// Entries of a pair in its shard.
  static let filesOfPair = 5

  private func files(_ pair: Pair, key: String, json: JSONValue) throws -> [(name: String, bytes: [UInt8])] {
    // Differences of neighbours, lightly compressed: half the time of the usual choice, and a quarter smaller.
    let png = SaveOptions(compression: 1, stripsMetadata: true, saver: ["filter": "sub"])
    let target: (format: ImageFormat, options: SaveOptions) =
      switch settings.target {
      case .png: (.png, png)
      case .jpg: (.jpeg, SaveOptions(quality: 95, stripsMetadata: true))
      }
    return [
      ("\(key).json", Array(JSONWriter.canonical(json))),
      ("\(key).mask.png", try pair.mask.encoded(as: .png, options: png)),
      ("\(key).reference.png", try pair.reference.encoded(as: .png, options: png)),
      ("\(key).scene.png", try pair.scene.encoded(as: .png, options: png)),
      (
        "\(key).target.\(settings.target.rawValue)",
        try pair.target.encoded(as: target.format, options: target.options)
      ),
    ]
  }

  /// The picture as its file stores it, unturned, for boxes are measured there: sRGB, 8 bit, over white.
  private func load(_ file: String) throws -> Image {
    guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
      throw ImagingError.unreadable(path: file, reason: "its name leads out of the folder of pictures")
    }
    let url = pictures.appending(path: file)
    let bytes = try files.contents(of: url)
    let image = try Image.load(from: [UInt8](bytes), name: url.path(percentEncoded: false))
    let plain = try image.convertedToSRGB().converted(to: .sRGB).rescaled(to: .uint8)
    return try plain.flattened(over: [255])
  }
}

extension FileError {
  /// What it means for a picture.
  fileprivate var skipReason: SkipReason {
    switch reason {
    case .notFound, .isNotFolder, .noFolder, .isLink: .missing
    case .isFolder, .isNotRegularFile: .unreadable
    default: .outOfReach
    }
  }
}

extension ImagingError {
  /// What it means for a picture whose bytes could be read: it is damaged, unless libvips says that the machine had no
  /// room for it.
  fileprivate var skipReason: SkipReason {
    let words = description.lowercased()
    return Self.shortages.contains(where: words.contains) ? .outOfReach : .unreadable
  }

  private static let shortages = [
    "creating thread", "create thread", "out of memory", "cannot allocate memory", "no space left",
    "too many open files",
  ]
}

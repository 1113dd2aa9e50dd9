import FileTesting
import Foundation
import Imaging
import Foundations
import Testing
import Training

@testable import RenderedWorld

@Suite("the training world")
struct WorldTests {
  static func world(_ change: (inout WorldSettings) -> Void = { _ in }) throws -> World {
    var settings = WorldSettings()
    settings.size = 64
    change(&settings)
    return try World(settings)
  }

  /// FNV-1a.
  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  @Test(
    "a sample is the same whenever it is asked for, and no other", arguments: WorldSettings.Reference.allCases
  )
  func determinism(reference: WorldSettings.Reference) throws {
    let (one, two) = (
      try Self.world { $0.reference = reference }, try Self.world { $0.reference = reference }
    )
    for index in [0, 7, 8] {
      let sample = one.sample(index: index, seed: 3, split: .train)
      let again = two.sample(index: index, seed: 3, split: .train)
      #expect(sample.scene == again.scene && sample.reference == again.reference)
      #expect(sample.mask == again.mask && sample.target == again.target && sample.others == again.others)
      #expect(sample.scene != one.sample(index: index + 1, seed: 3, split: .train).scene)
      #expect(sample.scene != one.sample(index: index, seed: 4, split: .train).scene)
    }
  }

  @Test(
    "every kind of object stands on the ground, is 1 long, and differs from draw to draw",
    arguments: ObjectKind.allCases)
  func kinds(kind: ObjectKind) throws {
    let world = try Self.world()
    let models = (0..<2).map { world.model(ObjectDesign(.kind(kind), seed: $0)) }
    for model in models {
      let (low, high) = model.mesh.bounds
      #expect(abs(low.y) < 1e-4 && abs((high - low).max() - 1) < 1e-4)
      #expect(model.mesh.triangles.allSatisfy { Int($0.coat) < model.coats.count })
      #expect(model.mesh.vertices.allSatisfy { abs(length($0.normal) - 1) < 1e-3 })
    }
    #expect(models[0].coats.map(\.colours.0) != models[1].coats.map(\.colours.0))
  }

  @Test("a target's box is its mask's bounds, and its share is within bounds")
  func boxes() throws {
    let world = try Self.world()
    for index in 0..<40 {
      let split: WorldSplit = index % 3 == 0 ? .heldOut : .train
      let sample = world.sample(index: index, seed: 1, split: split)
      let touched = (0..<64 * 64).filter { sample.mask[$0] > 0 }
      let (x, y) = (touched.map { $0 % 64 }, touched.map { $0 / 64 })
      let (left, top) = (try #require(x.min()), try #require(y.min()))
      let bounds = PixelBox(x: left, y: top, width: x.max()! - left + 1, height: y.max()! - top + 1)
      #expect(sample.target.box == bounds)
      #expect(left > 0 && top > 0 && bounds.right < 64 && bounds.bottom < 64, "sample \(index) is cut")
      let box = Double(bounds.width * bounds.height)
      #expect((0.02...0.6).contains(box / 4096), "sample \(index) has a box of \(box / 4096)")
      let cover = sample.mask.reduce(0) { $0 + Double($1) } / 255
      #expect((0.04...0.98).contains(cover / box), "sample \(index) fills \(cover / box) of its box")
    }
  }

  @Test(
    "over 10 000 draws, no held-out object is trained on, and the splits share no family that is held out")
  func heldOut() throws {
    let world = try Self.world()
    var chance = Chance(seed: 1, stream: "test")
    var shares: [WorldSplit: Int] = [:]
    for _ in 0..<10_000 {
      let design = world.design(.train, &chance)
      #expect(!design.isHeldOut)
      if case .kind(let kind) = design.family { #expect(!ObjectDesign.heldOutKinds.contains(kind)) }
    }
    for _ in 0..<2_000 {
      let design = world.design(.heldOut, &chance)
      #expect(design.isHeldOut)
      if case .kind(let kind) = design.family, ObjectDesign.heldOutKinds.contains(kind) {
        shares[.heldOut, default: 0] += 1
      }
    }
    // 7 families of all and a tenth of the rest: more than half of what is held out is of a new family.
    #expect((900...1400).contains(shares[.heldOut] ?? 0))
  }

  @Test("glyphs are held out in runs of eight scalars, about one run in eight")
  func heldOutGlyphs() {
    let runs = (0..<4000).map { run in
      (0..<8).map { ObjectDesign(.glyph(UInt32(run * 8 + $0)), seed: run).isHeldOut }
    }
    #expect(runs.allSatisfy { Set($0).count == 1 })
    #expect((400...600).contains(runs.count { $0[0] }))
    #expect(
      ObjectDesign(.glyph(0x1f34e), seed: 1).isHeldOut == ObjectDesign(.glyph(0x1f34e), seed: 2).isHeldOut)
  }

  @Test("the lit side of a ball faces the light", arguments: [-1, 1] as [Float])
  func litSide(side: Float) throws {
    var chance = Chance(seed: 2, stream: "test")
    var model = ObjectModel()
    let coat = model.wear(Vector(repeating: 0.5), gloss: 0.2)
    model.mesh.addBall(.zero, Vector(1, 1, 1), coat: coat)
    let light = Light(
      direction: SIMD3(side, 0.6, 0.4), colour: SIMD3(2, 2, 2), sky: SIMD3(0.4, 0.4, 0.4), softness: 0.2)
    let scene = Scene(
      model.normalized(), Pose(yaw: 0), light: light, backdrop: Backdrop(&chance), pitch: 0.3,
      distance: 4,
      share: 0.3, size: PixelSize(96, 96))
    let design = ObjectDesign(.kind(.ball), seed: 0)
    let view = scene.view([design], ToneMapping(), ToneMapping.Choice(&chance))
    let box = try #require(view.things[0]?.box)
    var (left, right) = (0, 0)
    for y in box.y..<box.bottom {
      for x in box.x..<box.right where view.mask[y * 96 + x] == 255 {
        let value = Int(view.picture.bytes[(y * 96 + x) * 3 + 1])
        if x - box.x < box.width / 2 { left += value } else { right += value }
      }
    }
    #expect(side < 0 ? left * 10 > right * 13 : right * 10 > left * 13)
  }

  @Test("an object throws its shadow away from the light")
  func shadow() {
    var model = ObjectModel()
    let coat = model.wear(Vector(repeating: 0.5))
    model.mesh.addBall(.zero, Vector(1, 1, 1), coat: coat)
    let body = Body(model.normalized(), Pose(yaw: 0))
    let map = ShadowMap(body, towards: normalize(Vector(1, 1, 0)), softness: 0.2)
    #expect(map.light(at: Vector(-0.5, 0, 0)) < 0.1)
    #expect(map.light(at: Vector(0.5, 0, 0)) > 0.9)
    #expect(map.light(at: Vector(-3, 0, 0)) == 1)
  }

  @Test("sines, powers and logarithms are right to five digits")
  func elementary() {
    // The C library's, from tables.
    #expect(abs(Portable.sine(1) - 0.841_471) < 1e-5 && abs(Portable.cosine(20) - 0.408_082) < 1e-5)
    #expect(
      abs(Portable.power(3, 2.5) - 15.588_457) < 1e-4 && abs(Portable.power(0.2, 1 / 2.4) - 0.511_402) < 1e-5)
    #expect(Portable.power(0, 2) == 0 && Portable.exp2(3) == 8 && Portable.log2(0.25) == -2)
  }

  @Test("a sample gives a pair by the paper's recipe, from the crop or another view")
  func pairs() throws {
    let sample = try Self.world { $0.reference = .anotherView }.sample(index: 5, seed: 1, split: .train)
    var recipe = PairRecipe()
    (recipe.size, recipe.augmentation) = (64, .none)
    recipe.augmentation.size = 48
    let crop = try sample.pair(by: recipe, seed: 1)
    let other = try sample.pair(by: recipe, seed: 1, .anotherView)
    #expect(crop.target.width == 64 && crop.reference.width == 48 && other.reference.width == 48)
    #expect(try crop.mask.hasSamePixels(as: other.mask))
    #expect(try !crop.reference.hasSamePixels(as: other.reference))
  }

  @Test("a folder of samples is what pairs are made of, with any number of workers")
  func folder() async throws {
    let (one, two) = (try TemporaryFolder(), try TemporaryFolder())
    let world = try Self.world()
    try await WorldFolder(world, one.url, seed: 1, split: .train).write(count: 5, sheet: 3, workers: 1) { _ in
    }
    try await WorldFolder(world, two.url, seed: 1, split: .train).write(count: 5, workers: 3) { _ in }
    let table = try OpenImagesBoxes.read(one["boxes.csv"], BoxUse(area: 0.02...0.8))
    #expect(table.pictures.map(\.file).first == "000000000.png" && table.tally.boxes == 5)
    for picture in table.pictures {
      let a = try Image.load(from: one[picture.file].path)
      #expect(try a.hasSamePixels(as: Image.load(from: two[picture.file].path)))
    }
    let sample = world.sample(index: 0, seed: 1, split: .train)
    #expect(table.boxes(of: 0).first?.pixels(in: PixelSize(64, 64)) == sample.target.box)
    #expect(try Image.load(from: one["sheet.png"].path).height > 64)
  }

  @Test("settings out of range are refused in words")
  func refusals() {
    #expect(throws: WorldError.self) { try Self.world { $0.size = 8 } }
    #expect(throws: WorldError.self) { try Self.world { $0.share = 0.1...0.9 } }
    let error = #expect(throws: WorldError.self) {
      try Self.world { ($0.glyphs, $0.glyphFont) = (true, "/nowhere/font.ttf") }
    }
    #expect(error?.description.contains("apt install fonts-noto-color-emoji") == true)
  }
}

import Testing
import Training

@Suite("the random square crop")
struct SquareCropTests {
  @Test(
    "it is square, in the picture, and keeps the box inside",
    arguments: [PixelSize(640, 480), PixelSize(480, 640), PixelSize(300, 300)])
  func keeps(_ size: PixelSize) {
    let box = PixelBox(x: 30, y: 50, width: 120, height: 90)
    for seed in 0..<500 {
      let crop = SquareCrop().choice(keeping: box, within: size, seed: seed)
      #expect(crop.width == crop.height && crop.contains(box))
      #expect(PixelBox(x: 0, y: 0, width: size.width, height: size.height).contains(crop))
      let side = min(size.width, size.height)
      #expect(crop.width <= side && crop.width >= 90)
    }
  }

  @Test("without tightening it has the shorter side and takes every place the box allows")
  func places() {
    let box = PixelBox(x: 40, y: 10, width: 20, height: 20)
    let crops = (0..<400).map {
      SquareCrop(tighten: 0).choice(keeping: box, within: PixelSize(100, 50), seed: $0)
    }
    #expect(crops.allSatisfy { $0.width == 50 && $0.height == 50 && $0.y == 0 })
    #expect(Set(crops.map(\.x)) == Set(10...40))
  }

  @Test("tightening takes every amount up to 0.6 of the least free border")
  func tightens() {
    let box = PixelBox(x: 40, y: 40, width: 20, height: 20)
    let cuts = (0..<600).map {
      SquareCrop().choice(keeping: box, within: PixelSize(100, 100), seed: $0).x
    }
    #expect(Set(cuts) == Set(0...24))
  }

  @Test("a box longer than the shorter side takes the whole picture")
  func whole() {
    let box = PixelBox(x: 10, y: 5, width: 60, height: 30)
    let crop = SquareCrop().choice(keeping: box, within: PixelSize(100, 50), seed: 1)
    #expect(crop == PixelBox(x: 0, y: 0, width: 100, height: 50))
  }
}

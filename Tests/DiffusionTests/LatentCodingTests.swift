import Foundation
import Tensors
import Testing

@testable import Diffusion

@Suite("tiles and planes")
struct LatentCodingTests {
  @Test(
    "tiles of one size cover the plane and share what they must",
    arguments: [(64, 64, 32, 8), (65, 40, 32, 8), (33, 33, 32, 16), (200, 20, 64, 16), (100, 100, 100, 16)])
  func grid(width: Int, height: Int, tile: Int, overlap: Int) {
    let grid = TileGrid(width: width, height: height, tile: tile, overlap: overlap)
    for (length, size, starts) in [
      (width, grid.tileWidth, Set(grid.places.map(\.x)).sorted()),
      (height, grid.tileHeight, Set(grid.places.map(\.y)).sorted()),
    ] {
      #expect(starts.first == 0)
      #expect(starts.last == length - size)
      for (left, right) in zip(starts, starts.dropFirst()) { #expect(left + size - right >= overlap) }
    }
  }

  @Test("tiles that agree where they meet are put together without a seam")
  func canvas() {
    let grid = TileGrid(width: 40, height: 24, tile: 16, overlap: 4)
    var canvas = TileCanvas(grid, scale: 2)
    func value(_ channel: Int, _ x: Int, _ y: Int) -> Float { Float(channel * 10_000 + y * 100 + x) / 1000 }
    for place in grid.places {
      var values: [Float] = []
      for channel in 0..<3 {
        for y in 0..<2 * grid.tileHeight {
          for x in 0..<2 * grid.tileWidth { values.append(value(channel, 2 * place.x + x, 2 * place.y + y)) }
        }
      }
      canvas.add(
        PixelPlanes(width: 2 * grid.tileWidth, height: 2 * grid.tileHeight, values: values), at: place)
    }
    let picture = canvas.picture
    for channel in 0..<3 {
      for y in 0..<48 {
        for x in 0..<80 {
          #expect(abs(picture.values[(channel * 48 + y) * 80 + x] - value(channel, x, y)) < 1e-4)
        }
      }
    }
  }

  @Test("padding repeats the edge, cropping undoes it, masks are kept where there is no picture")
  func padding() {
    let values = (0..<3 * 15).map(Float.init)
    let planes = PixelPlanes(width: 5, height: 3, values: values)
    let padded = planes.padded(toMultipleOf: 4)
    #expect((padded.width, padded.height) == (8, 4))
    #expect(Array(padded.values[..<8]) == [0, 1, 2, 3, 4, 4, 4, 4])
    #expect(Array(padded.values[24..<32]) == [10, 11, 12, 13, 14, 14, 14, 14])
    #expect(padded.cropped(width: 5, height: 3).values == values)
    let mask = [UInt8](repeating: 255, count: 15).withUnsafeBufferPointer {
      KeepMask(holes: $0, width: 5, height: 3, threshold: 0.5).padded(toMultipleOf: 4)
    }
    #expect(mask.values.reduce(0, +) == 32 - 15)
  }

  @Test("8 and 16 bits survive the way into planes and back")
  func depths() {
    let bytes = (0..<768).map { UInt8($0 % 256) }
    let words = (0..<768).map { UInt16($0 * 85) }
    let eight = bytes.withUnsafeBufferPointer { PixelPlanes(width: 16, height: 16, interleaved: $0) }
    let sixteen = words.withUnsafeBufferPointer { PixelPlanes(width: 16, height: 16, interleaved: $0) }
    #expect(eight.interleaved(as: UInt8.self) == bytes)
    #expect(sixteen.interleaved(as: UInt16.self) == words)
    let between = PixelPlanes(width: 1, height: 1, values: [-1.1, 100.7 / 127.5 - 1, 1.1])
    #expect(between.interleaved(as: UInt8.self) == [0, 101, 255])
    #expect(between.interleaved(as: UInt8.self, rounding: .down) == [0, 100, 255])
    #expect(eight.values.min() == -1)
    #expect(eight.values.max() == 1)
  }
}

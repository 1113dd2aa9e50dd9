import Testing

@testable import Diffusion

@Suite("colours of latents")
struct LatentColoursTests {
  @Test("where latents are a linear mixture of colours, the colours are found again, with channels to spare")
  func mixture() {
    let (width, height) = (9, 7)
    let chart = LatentColours.chart(width: 3 * width, height: 3 * height).averaged(3)
    func latents(of picture: PixelPlanes) -> [Float] {
      let size = picture.width * picture.height
      let rows: [[Float]] = [
        [2, 0.5, -1, 0.3], [-1, 1.5, 0.2, 0], [0.1, 1, 3, -2], [0, 0, 0, 0], [1, 1, 1, 1],
      ]
      return rows.flatMap { row in
        (0..<size).map { place in
          row[3] + (0..<3).reduce(Float(0)) { $0 + row[$1] * picture.values[$1 * size + place] }
        }
      }
    }
    let colours = LatentColours(latents: latents(of: chart), channels: 5, of: chart)
    let other = PixelPlanes(width: 2, height: 1, values: [0.9, -0.8, 0.1, 0.2, -0.7, 0.6])
    let found = colours.picture(latents(of: other), height: 1, width: 2)
    #expect(zip(found.values, other.values).allSatisfy { abs($0 - $1) < 0.01 })
  }

  @Test("the chart goes far in every colour, alone and together")
  func chart() {
    let chart = LatentColours.chart(width: 128, height: 128)
    let size = 128 * 128
    for signs in 0..<8 {
      let reaches = (0..<size).contains { place in
        (0..<3).allSatisfy { (chart.values[$0 * size + place] > 0.3) == (signs >> $0 & 1 == 1) }
      }
      #expect(reaches, "no pixel in octant \(signs)")
    }
  }

  @Test("means of squares of pixels")
  func averaging() {
    let values = (0..<3 * 8).map { Float($0) }
    let means = PixelPlanes(width: 4, height: 2, values: values).averaged(2)
    #expect(means.values == [2.5, 4.5, 10.5, 12.5, 18.5, 20.5])
  }
}

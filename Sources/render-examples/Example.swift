import Foundation

/// One of the pictures the repository carries, with the mask that goes with it.
struct Example: Sendable {
  let name: String
  let size: PictureSize
  let samples: Int
  let scene: @Sendable () -> Scene
  let mask: Mask

  enum Mask: Sendable {
    /// The silhouette of the scene's subject.
    case subject(name: String)
    /// Where to paint something of the given extent, standing at `foot`.
    case region(name: String, extent: SIMD2<Float>, foot: Vector)
  }

  static let all = [
    Example(
      name: "scene-1", size: Table.size, samples: 36, scene: Table.scene,
      mask: .region(name: "mask-1", extent: Teapot.extent, foot: Table.freePlace)),
    Example(
      name: "exemplar-1", size: Teapot.size, samples: 40, scene: Teapot.scene,
      mask: .subject(name: "exemplar-1-mask")),
    Example(
      name: "scene-2", size: Field.size, samples: 18, scene: { Field.scene() },
      mask: .region(name: "mask-2", extent: Pumpkin.extent, foot: Field.freePlace)),
    Example(
      name: "exemplar-2", size: Pumpkin.size, samples: 36, scene: Pumpkin.scene,
      mask: .subject(name: "exemplar-2-mask")),
  ]

  /// Renders, develops and writes the picture and its mask.
  func make(_ options: Options) async throws {
    let scene = scene()
    let seed = name.utf8.reduce(UInt32(1)) { Noise.hash($0 &* 31 &+ UInt32($1)) }
    let size = PictureSize(
      width: Int(Float(size.width) * options.scale), height: Int(Float(size.height) * options.scale))
    let exposure = await Exposure.take(
      of: scene, size: size, samples: options.samples ?? samples, seed: seed)
    let radiance = await Denoiser().developed(exposure)
    try PortableMap.writeColour(
      scene.development.bytes(of: radiance, size: size, seed: seed), size: size,
      to: options.folder.appendingPathComponent(name + ".ppm"))
    switch mask {
    case .subject(let name):
      try PortableMap.writeGrey(
        exposure.pixels.map { UInt8(clamp($0.coverage * 255 + 0.5, 0, 255)) }, size: size,
        to: options.folder.appendingPathComponent(name + ".pgm"))
    case .region(let name, let extent, let foot):
      let outline = Outline(around: extent, at: foot, seenBy: scene.camera, of: size, seed: 5)
      try PortableMap.writeGrey(
        outline.bytes(size: size), size: size, to: options.folder.appendingPathComponent(name + ".pgm"))
    }
  }
}

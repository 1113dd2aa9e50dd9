import Foundation
import HelperTesting
import Imaging
import PipelineKit
import Testing

@testable import Stages

/// A stage with these settings, and defaults for the rest; `paths` are those of its settings that are paths.
func made<S: Stage>(
  _ stage: S.Type, _ settings: [String: JSONValue] = [:], paths: [String: URL] = [:]
) throws -> S {
  var complete: [String: Setting] = [:]
  for parameter in S.Parameters.descriptors {
    complete[parameter.name] = parameter.defaultValue.map(Setting.value)
  }
  complete.merge(settings.mapValues(Setting.value)) { $1 }
  complete.merge(paths.mapValues { .path(BoundPath($0)) }) { $1 }
  let parameters = try S.Parameters(settings: complete)
  if let conflict = parameters.firstConflict { throw conflict }
  return S(parameters: parameters)
}

/// Runs one stage by itself.
func outputs<S: Stage>(
  of stage: S.Type, _ settings: [String: JSONValue] = [:], _ inputs: [String: [any PortValue]] = [:],
  paths: [String: URL] = [:], log: @escaping @Sendable (LogLevel, String) -> Void = { _, _ in }
) async throws -> StageOutputs {
  try await trial(made(stage, settings, paths: paths), log) { try await $0.run(StageInputs(inputs), $1) }
}

/// Lets one stage look at the inputs that it checks early.
func check<S: Stage>(
  _ stage: S.Type, _ settings: [String: JSONValue] = [:], _ inputs: [String: [any PortValue]]
) async throws {
  #expect(Set(inputs.keys).isSubset(of: (S.checkedInputs ?? []).map(\.descriptor.name)))
  try await trial(made(stage, settings)) { try await $0.check(StageInputs(inputs), $1) }
}

private func trial<S: Stage, Result>(
  _ stage: S, _ log: @escaping @Sendable (LogLevel, String) -> Void = { _, _ in },
  _ body: (S, StageContext) async throws -> Result
) async throws -> Result {
  let scratch = FileManager.default.temporaryDirectory.appending(path: "trial-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: scratch) }
  let context = StageContext(
    stage: "trial", monitor: Monitor(), scratch: scratch, services: .withHelper, log: log)
  return try await body(stage, context)
}

/// Pictures and masks to try stages on.
enum Sample {
  /// A picture without two equal neighbours, so that a shift by one pixel shows.
  static func picture(_ width: Int, _ height: Int, bits: Int = 8, alpha: Bool = false, salt: Int = 0) throws
    -> Picture
  {
    let bands = alpha ? 4 : 3
    let top = bits == 8 ? 256 : 65536
    let values = (0..<width * height * bands).map { index -> Int in
      let (x, y, band) = (index / bands % width, index / bands / width, index % bands)
      let value = (x * 37 + y * 91 + band * 53 + salt * 17 + x * y) * (bits == 8 ? 1 : 251) % top
      return band == 3 ? max(value, top / 4) : value
    }
    let image =
      bits == 8
      ? try Image(pixels: values.map { UInt8($0) }, width: width, height: height, bands: bands)
      : try Image(pixels: values.map { UInt16($0) }, width: width, height: height, bands: bands)
    return Picture(image)
  }

  static func plain(_ width: Int, _ height: Int, _ colour: [Double]) throws -> Picture {
    Picture(try Image.filled(width: width, height: height, colour: colour))
  }

  /// A box that is 1, with a column of one half on its left side when soft.
  static func mask(_ width: Int, _ height: Int, _ box: Box, isSoft: Bool = false) throws -> Mask {
    var values = [UInt8](repeating: 0, count: width * height)
    for y in box.y..<(box.y + box.height) {
      for x in box.x..<(box.x + box.width) { values[y * width + x] = isSoft && x == box.x ? 128 : 255 }
    }
    return try Mask(Image(pixels: values, width: width, height: height, bands: 1))
  }
}

extension Image {
  /// The whole mask's pixels.
  var bytes: [UInt8] { get throws { try pixels(as: UInt8.self) } }
}

import Training

/// Bodies in front of a backdrop, lit and seen: everything but the pixels.
struct Scene {
  let size: PixelSize
  let backdrop: Backdrop
  let light: Light
  private(set) var camera: Camera
  /// The target first; nil for what found no room.
  private(set) var bodies: [Body?] = []

  /// A random scene.
  /// - Parameters:
  ///   - models: the target and whatever else there may be.
  ///   - share: of the picture's area that the target's box covers.
  init(_ models: [ObjectModel], share: Float, size: PixelSize, _ chance: inout Chance) {
    self.size = size
    backdrop = Backdrop(&chance)
    light = Light(&chance, isOutdoors: backdrop.isOutdoors)
    // Seen from above, flat things may lie.
    let looksDown = chance.happens(models[0].stance == .plate ? 0.35 : 0.12)
    let pitch =
      looksDown
      ? chance.number(0.8...1.35) : chance.number(backdrop.isOutdoors ? 0.08...0.55 : 0.1...0.75)
    camera = Camera(
      target: Vector(0, 0.3, 0), distance: chance.number(2.6...6), pitch: pitch,
      roll: chance.number(-0.04...0.04))
    let pose = Pose(models[0].stance, liesFlat: looksDown, &chance)
    let target = Body(models[0], pose)
    camera.frame(
      target.positions, share: share, lean: SIMD2(chance.number(0...1), chance.number(0...1)), size: size,
      margin: Float(size.width) / 40)
    bodies = [target]
    for model in models.dropFirst() { place(model, liesFlat: looksDown, &chance) }
  }

  /// A scene that is given in full, with one object.
  init(
    _ model: ObjectModel, _ pose: Pose, light: Light, backdrop: Backdrop, pitch: Float,
    distance: Float,
    share: Float, size: PixelSize
  ) {
    (self.size, self.backdrop, self.light) = (size, backdrop, light)
    camera = Camera(target: Vector(0, 0.3, 0), distance: distance, pitch: pitch, roll: 0)
    let body = Body(model, pose)
    camera.frame(
      body.positions, share: share, lean: SIMD2(0.5, 0.5), size: size, margin: Float(size.width) / 40)
    bodies = [body]
  }

  /// Puts something beside or behind the target, if that does not hide it.
  private mutating func place(_ model: ObjectModel, liesFlat: Bool, _ chance: inout Chance) {
    guard let target = bodies.first ?? nil else { return }
    let taken = camera.bounds(target.positions)
    for _ in 0..<4 {
      var pose = Pose(model.stance, liesFlat: liesFlat, &chance)
      pose.size = chance.number(0.5...1.2)
      let reach = (1 + pose.size) * 0.5
      // Angles from 0 to π lie behind the target.
      let angle = chance.number(-0.35...Float.pi + 0.35)
      let away = reach * chance.number(1.05...2.2)
      pose.place = SIMD2(away * Portable.cosine(angle), -away * Portable.sine(angle))
      if case .wall(_, let distance) = backdrop.distance, pose.place.y < 0.6 - distance { continue }
      if case .sweep(let distance) = backdrop.distance, pose.place.y < 0.6 - distance { continue }
      let body = Body(model, pose)
      let box = camera.bounds(body.positions)
      let isApart =
        box.low.x > taken.high.x || box.high.x < taken.low.x || box.low.y > taken.high.y
        || box.high.y < taken.low.y
      let isClear = bodies.dropFirst().allSatisfy { $0 == nil || length(middle($0!) - middle(body)) > 1.1 }
      if isClear, isApart || pose.place.y < -reach * 0.4 {
        bodies.append(body)
        return
      }
    }
    bodies.append(nil)
  }

  private func middle(_ body: Body) -> Vector {
    body.positions.reduce(Vector.zero, +) / Float(body.positions.count)
  }
}

/// A body with its coats, standing on y = 0 about the y axis, its longest side 1.
struct ObjectModel {
  /// How a body can be put down.
  enum Stance {
    /// On its base, turned about the upright axis.
    case upright
    /// On its base, seen from the front, more or less.
    case facing
    /// Any way round.
    case rolling
    /// On its base, or fallen onto its side.
    case toppling
    /// Standing like a sign, or lying flat.
    case plate
  }

  var mesh = Mesh()
  var coats: [Coat] = []
  var stance = Stance.upright

  init(_ stance: Stance = .upright) { self.stance = stance }

  /// Adds a coat and gives its number.
  mutating func wear(_ coat: Coat) -> Int {
    coats.append(coat)
    return coats.count - 1
  }

  /// Adds a plain coat and gives its number.
  mutating func wear(_ colour: Vector, gloss: Float = 0.3) -> Int { wear(Coat(colour, gloss: gloss)) }

  /// Moved and scaled to its place about the origin.
  func normalized() -> ObjectModel {
    let (low, high) = mesh.bounds
    let centre = (low + high) / 2
    var model = self
    model.mesh.apply(
      .moved(-centre.x, -low.y, -centre.z).then(.scaled(1 / (high - low).max())))
    return model
  }
}

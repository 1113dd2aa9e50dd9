/// What light meets at one point: a matte base under a thin clear coat.
struct Surface: Sendable {
  /// The share of light the base sends back, linear RGB.
  var albedo: Vector
  /// 0 is a mirror, 1 is chalk; of the coat.
  var roughness: Float = 0.5
  /// The share of light the coat reflects head on; 0 for no coat, 0.04 for glaze or varnish.
  var reflectance: Float = 0
}

/// How a body looks: its surface at each point, and a relief too fine to be modelled.
struct Material: Sendable {
  let surface: @Sendable (Vector) -> Surface
  /// Height of the fine relief at a point, in decimetres; tilts the normal only.
  let relief: (@Sendable (Vector) -> Float)?
  /// How fine the relief is, in decimetres.
  let reliefStep: Float

  init(
    relief: (@Sendable (Vector) -> Float)? = nil, reliefStep: Float = 2e-3,
    surface: @escaping @Sendable (Vector) -> Surface
  ) {
    self.surface = surface
    self.relief = relief
    self.reliefStep = reliefStep
  }

  /// The normal as the relief tilts it.
  func shadingNormal(_ normal: Vector, at p: Vector) -> Vector {
    guard let relief else { return normal }
    let h = reliefStep
    let here = relief(p)
    let slope =
      Vector(
        relief(p + Vector(h, 0, 0)) - here, relief(p + Vector(0, h, 0)) - here,
        relief(p + Vector(0, 0, h)) - here) / h
    return normalize(normal - (slope - normal * dot(slope, normal)))
  }
}

/// A solid and its looks.
struct Body: Sendable {
  let shape: any Shape
  let material: Material
  /// Whether it belongs to the thing the picture is of; the cut-out mask shows these.
  let isSubject: Bool

  init(_ shape: any Shape, _ material: Material, isSubject: Bool = false) {
    self.shape = shape
    self.material = material
    self.isSubject = isSubject
  }
}

/// Everything a picture is taken of, and how it is developed.
struct Scene: Sendable {
  let bodies: [Body]
  let lights: [any Light]
  /// What comes from a direction in which nothing stands.
  let sky: @Sendable (Vector) -> Vector
  let haze: Haze?
  let camera: Camera
  let development: Development
  let hierarchy: Hierarchy

  init(
    bodies: [Body], lights: [any Light], sky: @escaping @Sendable (Vector) -> Vector, haze: Haze? = nil,
    camera: Camera, development: Development
  ) {
    self.bodies = bodies
    self.lights = lights
    self.sky = sky
    self.haze = haze
    self.camera = camera
    self.development = development
    hierarchy = Hierarchy(bodies.map(\.shape))
  }
}

/// A model put into a scene.
struct Body {
  /// Coats and triangles; places on the coat are the model's own.
  let model: ObjectModel
  /// Where each vertex is in the scene.
  let positions: [Vector]
  /// Where each vertex faces in the scene.
  let normals: [Vector]

  init(_ model: ObjectModel, _ pose: Pose) {
    let turn = pose.transform
    let low = model.mesh.vertices.reduce(Float.infinity) { min($0, turn.point($1.position).y) }
    let shift = Vector(pose.place.x, pose.lift * pose.size - low, pose.place.y)
    self.model = model
    positions = model.mesh.vertices.map { turn.point($0.position) + shift }
    normals = model.mesh.vertices.map { turn.normal($0.normal) }
  }
}

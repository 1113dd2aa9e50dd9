/// How an object is put into a scene, its base on the ground.
package struct Pose: Sendable, Hashable {
  /// The turn about the upright axis, in radians.
  package var yaw: Float
  /// How far it leans towards the camera, in radians; −π/2 lays a plate on its back.
  package var tilt: Float = 0
  /// The turn about the line of sight, in radians.
  package var roll: Float = 0
  /// The longest side; a scene's target has 1.
  package var size: Float = 1
  /// Where on the ground it stands: x to the right, z towards the camera.
  package var place = SIMD2<Float>.zero
  /// How far above the ground it floats.
  package var lift: Float = 0

  /// Upright on the ground.
  package init(yaw: Float) { self.yaw = yaw }

  /// A way this body can be put down.
  init(_ stance: ObjectModel.Stance, liesFlat: Bool, _ chance: inout Chance) {
    self.init(yaw: chance.number(-Float.pi...Float.pi))
    switch stance {
    case .upright: break
    case .facing:
      yaw = chance.number(-0.9...0.9)
      roll = chance.number(-0.06...0.06)
    case .rolling:
      if chance.happens(0.6) {
        (tilt, roll) = (chance.number(-Float.pi...Float.pi), chance.number(-Float.pi...Float.pi))
      }
    case .toppling:
      // Turned about the line of sight first, and then about the upright axis.
      if chance.happens(0.45) { roll = Float.pi / 2 }
    case .plate:
      roll = chance.number(-0.35...0.35)
      if liesFlat {
        (tilt, roll, yaw) = (-Float.pi / 2, chance.number(-Float.pi...Float.pi), 0)
      } else {
        (yaw, tilt) = (chance.number(-0.75...0.75), chance.number(-0.25...0.05))
      }
    }
    if chance.happens(0.06) { lift = chance.number(0.05...0.3) }
  }

  /// From the body's own space into the scene; what lies lowest is put on the ground afterwards.
  var transform: Transform {
    Transform.scaled(size).then(.turnedZ(roll)).then(.turnedX(-tilt)).then(.turnedY(yaw))
  }
}

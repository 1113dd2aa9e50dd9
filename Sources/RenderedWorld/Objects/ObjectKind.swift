/// The families of objects that are built of solids and plates. Each is a recipe with many free choices.
package enum ObjectKind: String, Sendable, Hashable, CaseIterable {
  /// Balls, blocks and other plain bodies.
  case ball, cube, cylinder, cone, torus, gem, capsule, pyramid
  /// Things that hold something.
  case bottle, cup, vase, bowl, teapot, flowerpot, jar
  /// Things to eat.
  case apple, pear, pumpkin, carrot, iceCream, doughnut, cake, banana
  /// Things that grow.
  case mushroom, cactus, tree, tulip
  /// Animals and figures.
  case snowman, duck, bear, bird, fish, butterfly, robot
  /// Things that people make.
  case house, car, gift, book, lamp, candle, chair, table, rocket, bell, pawn, balloon, top, hat
  /// Flat shapes as thick as a cushion.
  case star, heart, leaf, flower, moon, cloud, bolt, arrow, plus, gear

  func model(_ chance: inout Chance) -> ObjectModel {
    switch self {
    case .ball, .cube, .cylinder, .cone, .torus, .gem, .capsule, .pyramid: Bodies.model(self, &chance)
    case .bottle, .cup, .vase, .bowl, .teapot, .flowerpot, .jar: Vessels.model(self, &chance)
    case .apple, .pear, .pumpkin, .carrot, .iceCream, .doughnut, .cake, .banana: Food.model(self, &chance)
    case .mushroom, .cactus, .tree, .tulip: Plants.model(self, &chance)
    case .snowman, .duck, .bear, .bird, .fish, .butterfly, .robot: Creatures.model(self, &chance)
    case .house, .car, .gift, .book, .chair, .table: Builds.model(self, &chance)
    case .lamp, .candle, .rocket, .bell, .pawn, .balloon, .top, .hat: Turnery.model(self, &chance)
    case .star, .heart, .leaf, .flower, .moon, .cloud, .bolt, .arrow, .plus, .gear:
      Signs.model(self, &chance)
    }
  }
}

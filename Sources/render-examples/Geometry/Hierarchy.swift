/// The bodies of a scene sorted into nested boxes, so that a ray asks only those it comes near.
struct Hierarchy: Sendable {
  private struct Node {
    var bounds: Bounds
    /// The body of a leaf, or −1.
    var body: Int32
    /// Where the second child lies; the first follows its parent.
    var second: Int32
  }

  private var nodes: [Node] = []
  private let shapes: [any Shape]

  init(_ shapes: [any Shape]) {
    self.shapes = shapes
    var order = Array(shapes.indices)
    if !order.isEmpty { build(&order, 0, order.count) }
  }

  /// The body a ray meets first, and how far off.
  func nearest(to ray: Ray) -> (body: Int, distance: Float)? {
    var best: (body: Int, distance: Float)?
    var limit = Float.infinity
    visit(ray, limit: { limit }) { body in
      if let distance = shapes[body].intersection(with: ray, limit: limit), distance < limit {
        limit = distance
        best = (body, distance)
      }
      return false
    }
    return best
  }

  /// Whether anything stands between the ray's origin and `limit`.
  func blocks(_ ray: Ray, limit: Float) -> Bool {
    var blocked = false
    visit(ray, limit: { limit }) { body in
      blocked = shapes[body].intersection(with: ray, limit: limit) != nil
      return blocked
    }
    return blocked
  }

  private func visit(_ ray: Ray, limit: () -> Float, _ leaf: (Int) -> Bool) {
    let reciprocal = 1 / ray.direction
    // Sixty-four levels hold any scene that fits in memory, the split being by halves.
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 64) { stack in
      nodes.withUnsafeBufferPointer { nodes in
        guard !nodes.isEmpty else { return }
        stack[0] = 0
        var depth = 1
        while depth > 0 {
          depth -= 1
          let index = stack[depth]
          let node = nodes[Int(index)]
          let span = node.bounds.span(origin: ray.origin, reciprocal: reciprocal, limit: limit())
          guard span != nil else { continue }
          if node.body >= 0 {
            if leaf(Int(node.body)) { return }
          } else {
            stack[depth] = node.second
            stack[depth + 1] = index + 1
            depth += 2
          }
        }
      }
    }
  }

  private mutating func build(_ order: inout [Int], _ from: Int, _ to: Int) {
    let bounds = order[from..<to].reduce(Bounds.empty) { $0.union(shapes[$1].bounds) }
    let place = nodes.count
    nodes.append(Node(bounds: bounds, body: to - from == 1 ? Int32(order[from]) : -1, second: 0))
    guard to - from > 1 else { return }
    let size = bounds.high - bounds.low
    let axis = size.x >= size.y && size.x >= size.z ? 0 : (size.y >= size.z ? 1 : 2)
    order[from..<to].sort { shapes[$0].bounds.centre[axis] < shapes[$1].bounds.centre[axis] }
    let middle = (from + to) / 2
    build(&order, from, middle)
    nodes[place].second = Int32(nodes.count)
    build(&order, middle, to)
  }
}

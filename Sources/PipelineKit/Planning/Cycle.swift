enum Cycle {
  /// A cycle of the graph as the nodes along it, first and last the same; nil when there is none.
  /// Iterative, since a document may chain ten thousand stages.
  static func first(in graph: [String: [String]]) -> [String]? {
    var finished: Set<String> = []
    for start in graph.keys.sorted() where !finished.contains(start) {
      var path = [start]
      var onPath: Set = [start]
      var cursors = [0]
      while let node = path.last {
        let next = graph[node] ?? []
        guard cursors[cursors.count - 1] < next.count else {
          finished.insert(node)
          onPath.remove(node)
          path.removeLast()
          cursors.removeLast()
          continue
        }
        let neighbour = next[cursors[cursors.count - 1]]
        cursors[cursors.count - 1] += 1
        if onPath.contains(neighbour) {
          return path[path.firstIndex(of: neighbour)!...] + [neighbour]
        }
        if !finished.contains(neighbour) {
          path.append(neighbour)
          onPath.insert(neighbour)
          cursors.append(0)
        }
      }
    }
    return nil
  }
}

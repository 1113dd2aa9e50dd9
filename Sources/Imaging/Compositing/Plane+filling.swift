extension Plane {
  /// Planes with what is not to be trusted replaced by what is, from near and far: pulled up a pyramid, each value by its
  /// weight, and pushed down into the gaps.
  ///
  /// Source: S. Gortler, R. Grzeszczuk, R. Szeliski, M. Cohen, "The Lumigraph", 1996, section 3.3.
  /// - Parameter trust: from 0, nothing, to 1, the value stands; of the planes' size. Where it is 0 everywhere, so is the
  ///   result.
  static func filled(_ planes: [Plane], trust: Plane) -> [Plane] {
    guard trust.values.contains(where: { $0 < 1 }) else { return planes }
    guard trust.values.contains(where: { $0 > 0 }) else {
      let nothing = Plane(width: trust.width, height: trust.height, values: trust.values)
      return planes.map { _ in nothing }
    }
    let shares = trust.reduced()
    let pulled = planes.map { plane in
      plane.combined(with: trust) { $1 > 0 ? $0 * $1 : 0 }.reduced()
        .combined(with: shares) { $1 > 0 ? $0 / $1 : 0 }
    }
    // A coarse value stands for four: one of them to be trusted is enough.
    let coarse = filled(
      pulled, trust: shares.combined(with: shares) { share, _ in min(4 * share, 1) })
    return zip(planes, coarse).map { plane, coarse in
      let pushed = coarse.expanded(width: trust.width, height: trust.height)
      let gaps = pushed.combined(with: trust) { $0 * (1 - $1) }
      return plane.combined(with: trust) { $1 > 0 ? $0 * $1 : 0 }.combined(with: gaps) { $0 + $1 }
    }
  }
}

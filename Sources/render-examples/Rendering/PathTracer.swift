/// What one path brought back.
struct PathSample {
  var radiance: Vector = .zero
  var albedo: Vector = .one
  var normal: Vector = .zero
  var position: Vector = .zero
  var isSubject = false
}

/// Follows light backwards from the eye, aiming at the lights at every bounce
/// and weighing both ways of finding them (Veach's balance heuristic).
struct PathTracer: Sendable {
  let scene: Scene
  let longestPath = 5
  /// Light found after the first bounce is capped here: rare bright paths would show as specks.
  let brightestBounce: Float = 12

  func trace(_ start: Ray, _ sampler: inout Sampler) -> PathSample {
    var result = PathSample()
    var ray = start
    var throughput = Vector.one
    var density: Float?
    for bounce in 0..<longestPath {
      let hit = scene.hierarchy.nearest(to: ray)
      let limit = hit?.distance ?? .infinity
      if bounce == 0, let haze = scene.haze, let hit {
        let clear = haze.transmittance(over: hit.distance)
        result.radiance += haze.glow(ray.direction) * (1 - clear)
        throughput *= clear
      }
      if bounce > 0 {
        result.radiance += capped(throughput * emission(along: ray, limit: limit, density: density), bounce)
      }
      guard let hit else {
        result.radiance += capped(throughput * scene.sky(ray.direction), bounce)
        if bounce == 0 { recordSky(&result, ray) }
        break
      }
      guard let meeting = Meeting(ray, scene.bodies[hit.body], at: hit.distance) else { break }
      if bounce == 0 { meeting.record(in: &result) }
      let normal = meeting.normal
      let scattering = Scattering(meeting.surface, normal: meeting.shading, outgoing: -ray.direction)
      let origin = meeting.point + normal * (surfaceTolerance * 3)
      let direct = light(at: origin, normal, scattering, &sampler)
      result.radiance += capped(throughput * direct, bounce)

      guard let next = scattering.sample(sampler.pair(), choice: sampler.single()), dot(next, normal) > 0
      else { break }
      let scattered = scattering.evaluate(next)
      guard scattered.density > 1e-6 else { break }
      throughput *= scattered.weight / scattered.density
      density = scattered.density
      ray = Ray(origin: origin, direction: next)
      if bounce > 0 {
        let survival = clamp(throughput.max(), 0.05, 0.95)
        if sampler.single() >= survival { break }
        throughput /= survival
      }
    }
    return result
  }

  private func recordSky(_ result: inout PathSample, _ ray: Ray) {
    result.normal = -ray.direction
    result.position = ray.point(at: 1e4)
  }

  private func light(
    at point: Vector, _ normal: Vector, _ scattering: Scattering, _ sampler: inout Sampler
  ) -> Vector {
    var sum = Vector.zero
    for light in scene.lights {
      guard let aim = light.sample(from: point, sampler.pair()), dot(aim.direction, normal) > 0 else {
        continue
      }
      let scattered = scattering.evaluate(aim.direction)
      guard scattered.density > 0 else { continue }
      let ray = Ray(origin: point, direction: aim.direction)
      guard !scene.hierarchy.blocks(ray, limit: aim.distance) else { continue }
      sum += aim.radiance * scattered.weight / (aim.density + scattered.density)
    }
    return sum
  }

  private func emission(along ray: Ray, limit: Float, density: Float?) -> Vector {
    var sum = Vector.zero
    for light in scene.lights {
      guard let found = light.emission(along: ray, limit: limit) else { continue }
      let weight = density.map { $0 / ($0 + found.density) } ?? 1
      sum += found.radiance * weight
    }
    return sum
  }

  private func capped(_ radiance: Vector, _ bounce: Int) -> Vector {
    guard bounce > 0 else { return radiance }
    let peak = radiance.max()
    return peak > brightestBounce ? radiance * (brightestBounce / peak) : radiance
  }
}

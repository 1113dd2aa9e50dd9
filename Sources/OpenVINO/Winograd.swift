import Tensors

/// Winograd's way to convolve with 3×3 kernels (Lavin and Gray 2015, "Fast algorithms for convolutional neural networks"):
/// pictures and kernels are transformed, multiplied pixel by pixel, and the products transformed back. A square of 4×4
/// outputs takes 36 multiplications a channel instead of 144.
///
/// The runtime has no such convolution of its own; `IRWriter` spells it out in the operators that it has.
enum Winograd {
  /// Outputs on a side of the squares that are computed at once.
  static let side = 4
  /// Transformed values on a side of a square.
  static let width = 6

  /// Bᵀ, by which pictures are transformed.
  static let picture: [[Float]] = [
    [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
  ]

  /// G, by which kernels are.
  private static let kernel: [[Float]] = [
    [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
  ]

  /// Aᵀ, by which products are.
  static let product: [[Float]] = [
    [1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1],
  ]

  /// G ⊗ G: what makes the 36 transformed values of a kernel's nine.
  static var kernelPairs: Tensor {
    let rows = kernel.flatMap { down in
      kernel.flatMap { across in down.flatMap { a in across.map { a * $0 } } }
    }
    return Tensor(rows, shape: [width * width, 9])
  }

  /// Whether it pays for a convolution, by measuring (Benchmarks/NOTES.md): transforms cost what many channels win back, and
  /// weights are kept in four times their size, twice, which the layers of many pixels, whose weights are few, can afford.
  /// Of still more pixels the transformed picture takes too much memory.
  static func pays(_ geometry: Operator.Convolution, picture: TensorType, kernel: TensorType) -> Bool {
    let pixels = picture.shape[2] * picture.shape[3]
    let (outputs, inputs) = (kernel.shape[0], kernel.shape[1])
    return geometry == .init(padding: .all(1)) && kernel.shape[2...] == [3, 3]
      && picture.elementType == .f32 && kernel.elementType == .f32
      && (64 * 64...128 * 128).contains(pixels) && min(outputs, inputs) >= 192 && outputs * inputs <= 1 << 19
  }
}

// MARK: - As layers

extension IRWriter {
  /// Writes a convolution that Winograd's way makes faster; false where none is.
  mutating func writeWinograd(operation index: Int, name: String) -> Bool {
    let operation = graph.operations[index]
    guard case .convolution(let geometry) = operation.operator,
      let weight = weight(operation.inputs[1]),
      Winograd.pays(
        geometry, picture: graph.type(of: operation.inputs[0]), kernel: graph.type(of: operation.inputs[1]))
    else { return false }
    let layers = WinogradLayers(result: operation.results[0], name: name)
    let kernels = layers.kernels(weight, graph.type(of: operation.inputs[1]).shape, &self)
    let squares = layers.squares(
      ports[operation.inputs[0]]!, channels: graph.type(of: operation.inputs[0]).shape[1], &self)
    ports[.init(operation: index, result: 0)] = layers.picture(
      layers.products(squares, kernels, &self), &self)
    return true
  }

  /// The constant that an operand is, or that it widens; nil when it is computed.
  private func weight(_ value: Graph.Value) -> Constant? {
    let operation = graph.operations[value.operation]
    switch operation.operator {
    case .constant(let constant): return constant
    case .convert: return weight(operation.inputs[0])
    default: return nil
    }
  }
}

/// The layers of one convolution in Winograd's way.
private struct WinogradLayers {
  /// What comes out: `[batch, channels, height, width]`.
  let result: TensorType
  let name: String

  private var height: Int { result.shape[2] }
  private var width: Int { result.shape[3] }

  init(result: TensorType, name: String) {
    self.result = result
    self.name = "\(name):winograd"
  }

  /// Kernels `[out, in, 3, 3]` → `[36, out, in, 1, 1]`. The runtime computes them while it compiles.
  func kernels(_ weight: Constant, _ shape: [Int], _ writer: inout IRWriter) -> IRWriter.Port {
    var kernels = add(
      IRLayer(.constant(weight), in: &writer.layout), [], &writer, type: weight.type.elementType)
    if weight.type.elementType != .f32 {
      kernels = add(IRLayer(.convert(.f32), in: &writer.layout), [kernels], &writer)
    }
    let flat = reshape(kernels, [shape[0] * shape[1], 9], &writer)
    let pairs = literal(Winograd.kernelPairs, &writer)
    let product = add(
      IRLayer(.matMul(transposesLeft: false, transposesRight: true), in: &writer.layout), [pairs, flat],
      &writer)
    return reshape(product, [Winograd.width * Winograd.width, shape[0], shape[1], 1, 1], &writer)
  }

  /// A picture's squares, transformed down and then across: `[batch, 36 · in, rows of squares, columns of squares]`.
  func squares(_ picture: IRWriter.Port, channels: Int, _ writer: inout IRWriter) -> IRWriter.Port {
    var squares: [IRWriter.Port] = []
    for down in Winograd.picture {
      let rows = stencil(down, isDown: true, picture, channels, &writer)
      for across in Winograd.picture {
        squares.append(stencil(across, isDown: false, rows, channels, &writer))
      }
    }
    return add(IRLayer(.concatenate(axis: 1), in: &writer.layout), squares, &writer)
  }

  /// Squares and kernels multiplied and summed over the channels that go in: 36 of `[batch, out, …]`.
  func products(
    _ squares: IRWriter.Port, _ kernels: IRWriter.Port, _ writer: inout IRWriter
  ) -> [IRWriter.Port] {
    let product = add(.groupConvolution(), [squares, kernels], &writer)
    let count = Winograd.width * Winograd.width
    let first = add(
      IRLayer("Split", ["num_splits": "\(count)"]),
      [product, literal(Tensor(integers: [1], shape: []), &writer)], &writer,
      results: count)
    return (0..<count).map { .init(layer: first.layer, port: first.port + $0) }
  }

  /// Products → the result's pixels.
  func picture(_ products: [IRWriter.Port], _ writer: inout IRWriter) -> IRWriter.Port {
    let columns = Winograd.product.map { down in
      (0..<Winograd.width).map { column in
        sum(down, (0..<Winograd.width).map { products[$0 * Winograd.width + column] }, &writer)
      }
    }
    let pixels = columns.flatMap { columns in Winograd.product.map { sum($0, columns, &writer) } }
    var picture = add(
      IRLayer("DepthToSpace", ["mode": "blocks_first", "block_size": "\(Winograd.side)"]),
      [add(IRLayer(.concatenate(axis: 1), in: &writer.layout), pixels, &writer)], &writer)
    for (axis, length) in [(2, height), (3, width)] where length % Winograd.side != 0 {
      let settings = [[0], [length], [1], [axis]].map {
        literal(Tensor(integers: $0.map(Int64.init), shape: [1]), &writer)
      }
      picture = add(IRLayer("Slice", [:], opset: 8), [picture] + settings, &writer)
    }
    return picture
  }

  /// Every channel's weighted sums over a column, or a row, of the squares.
  private func stencil(
    _ weights: [Float], isDown: Bool, _ picture: IRWriter.Port, _ channels: Int, _ writer: inout IRWriter
  ) -> IRWriter.Port {
    let along = weights.count
    let kernel = literal(
      Tensor(
        Array(repeating: weights, count: channels).flatMap { $0 },
        shape: [channels, 1, 1] + (isDown ? [along, 1] : [1, along])), &writer)
    let length = isDown ? height : width
    let end = (length + Winograd.side - 1) / Winograd.side * Winograd.side + 1 - length
    func pair(_ value: Int, _ other: Int) -> [Int] { isDown ? [value, other] : [other, value] }
    return add(
      .groupConvolution(strides: pair(Winograd.side, 1), before: pair(1, 0), after: pair(end, 0)),
      [picture, kernel], &writer)
  }

  /// A weighted sum; weights of 0 cost nothing, those of 1 and −1 no multiplication.
  private func sum(
    _ weights: [Float], _ values: [IRWriter.Port], _ writer: inout IRWriter
  ) -> IRWriter.Port {
    var total: IRWriter.Port?
    for (weight, value) in zip(weights, values) where weight != 0 {
      let term =
        abs(weight) == 1
        ? value
        : add(
          IRLayer(.binary(.multiply), in: &writer.layout),
          [value, literal(Tensor([abs(weight)], shape: []), &writer)], &writer)
      guard let sum = total else {
        precondition(weight > 0, "every row of Aᵀ begins with a positive number")
        total = term
        continue
      }
      total = add(IRLayer(.binary(weight > 0 ? .add : .subtract), in: &writer.layout), [sum, term], &writer)
    }
    return total!
  }

  private func reshape(
    _ value: IRWriter.Port, _ shape: [Int], _ writer: inout IRWriter
  ) -> IRWriter.Port {
    let target = literal(Tensor(integers: shape.map(Int64.init), shape: [shape.count]), &writer)
    return add(IRLayer("Reshape", ["special_zero": "false"]), [value, target], &writer)
  }

  private func literal(_ tensor: Tensor, _ writer: inout IRWriter) -> IRWriter.Port {
    writer.add(literal: tensor, name: name)
  }

  private func add(
    _ layer: IRLayer, _ inputs: [IRWriter.Port], _ writer: inout IRWriter, type: ElementType = .f32,
    results: Int = 1
  ) -> IRWriter.Port {
    writer.add(layer, inputs, name: name, type: type, results: results)
  }
}

extension IRLayer {
  /// A convolution of every group of channels by itself.
  fileprivate static func groupConvolution(
    strides: [Int] = [1, 1], before: [Int] = [0, 0], after: [Int] = [0, 0]
  ) -> IRLayer {
    IRLayer(
      "GroupConvolution",
      [
        "strides": list(strides), "dilations": "1,1", "auto_pad": "explicit", "pads_begin": list(before),
        "pads_end": list(after),
      ])
  }
}

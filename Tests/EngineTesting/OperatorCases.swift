import Tensors

extension OperatorCase {
  /// Every operator computes what its documentation says.
  package static let all =
    unary + binary + products + quantization + normalizations + reductions + layout + types

  private static let unary = Operator.Unary.allCases.map { function in
    let values: [Float] = function == .squareRoot || function == .logarithm ? [0.25, 2, 9] : [-1.5, 0.25, 2]
    return OperatorCase("\(function) of one element", values, [3], gives: values.map(function.reference)) {
      try $0.map(function)
    }
  }

  private static let binary = Operator.Binary.allCases.map { function in
    let (left, right): ([Float], [Float]) = ([1.5, 0.25, 2, 3], [2, 3])
    let expected = zip(left, right + right).map(function.reference)
    return OperatorCase("\(function) of two elements", left, [2, 2], gives: expected) { x in
      try x.combined(function, x.builder.constant(Constant(Tensor(right, shape: [2]))))
    }
  }

  private static let products: [OperatorCase] = {
    let x: [Float] = [1, 2, 3, 4, 5, 6]
    let root = Float(2).squareRoot()
    let weight = Operator.Unary.sigmoid.reference(1 / root)
    return [
      .init("a literal may stand on the right of + and *", [1, -2], [2], gives: [3.5, -5.5]) {
        try $0 * 3 + 0.5
      },
      .init("quick GELU is x · sigmoid(1.702 x)", [1, -2], [2], gives: [0.845_795_8, -0.064_342_7]) {
        try $0.quickGelu()
      },
      .init("matrices multiply, the right one transposed", x, [1, 2, 3], gives: [14, 32, 32, 77]) {
        try $0.matMul($0, transposesRight: true)
      },
      .init(
        "matrices multiply, the left one transposed", x, [1, 2, 3],
        gives: [17, 22, 27, 22, 29, 36, 27, 36, 45]
      ) { try $0.matMul($0, transposesLeft: true) },
      .init("one matrix multiplies each of several", x, [3, 1, 2], gives: [21, 43, 65]) { x in
        try x.matMul(x.builder.constant(Constant(Tensor([1, 10], shape: [2, 1]))))
      },
      .init(
        "a convolution pads each side by its own width", [1, 2, 3, 4], [1, 1, 2, 2],
        gives: [4321, 402, 43, 4]
      ) { x in
        let kernel = try x.builder.constant(Constant(Tensor([1, 10, 100, 1000], shape: [1, 1, 2, 2])))
        return try x.convolved(
          kernel, .init(stride: 1, padding: .init(top: 0, left: 0, bottom: 1, right: 1)))
      },
      .init(
        "a convolution takes steps, and pads evenly", [1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3],
        gives: [1, 5, 11, 28]
      ) { x in
        let kernel = try x.builder.constant(Constant(Tensor([1, 1, 1, 1], shape: [1, 1, 2, 2])))
        return try x.convolved(kernel, .init(stride: 2, padding: .all(1)))
      },
      .init(
        "attention weighs values by softmax of scaled products", [1, 0, 0, 1], [1, 1, 2, 2],
        gives: [weight, 1 - weight, 1 - weight, weight]
      ) { try $0.attending(keys: $0, values: $0) },
    ]
  }()

  private static let quantization: [OperatorCase] = [
    .init(
      "fake quantisation clamps, and rounds to the nearest of evenly spaced values, ties to even",
      [-3, 0.2, 0.3, 0.25, 0.75, 9], [6], gives: [-1, 0, 0.5, 0, 1, 1]
    ) { try $0.fakeQuantized(levels: 5, in: -1...1) },
    .init("what no gradient goes through keeps its values", [1, -2], [2], gives: [1, -2]) {
      try $0.withoutGradient()
    },
  ]

  private static let normalizations: [OperatorCase] = {
    let s = Float(5).squareRoot()
    return [
      .init(
        "groups of channels are normalised together, then scaled and shifted by channel", [1, 3, 5, 7],
        [1, 2, 1, 2], gives: [-3 / s, -1 / s, 10 + 2 / s, 10 + 6 / s]
      ) { x in
        let scale = try x.builder.constant(Constant(Tensor([1, 2], shape: [2])))
        let bias = try x.builder.constant(Constant(Tensor([0, 10], shape: [2])))
        return try x.groupNormalized(groups: 1, epsilon: 0, scale: scale, bias: bias)
      },
      .init(
        "a layer is normalised over its last dimension", [1, 3, 10, 30], [2, 2], gives: [-2, 2, -2, 2]
      ) { x in
        let scale = try x.builder.constant(Constant(Tensor([2, 1], shape: [2])))
        let bias = try x.builder.constant(Constant(Tensor([0, 1], shape: [2])))
        return try x.layerNormalized(epsilon: 0, scale: scale, bias: bias)
      },
      .init(
        "mean and variance are taken over the axes given", [1, 3, 5, 7], [2, 1, 2],
        gives: [-3 / s, -1 / s, 1 / s, 3 / s]
      ) { try $0.builder.add(.meanVarianceNormalization(axes: [0, 2], epsilon: 0), [$0]) },
    ]
  }()

  private static let reductions: [OperatorCase] = {
    let x: [Float] = [0, 0, 2, 4]
    return [
      .init("the mean is taken over the axes given", x, [2, 2], gives: [1, 2]) {
        try $0.reduced(.mean, axes: [0])
      },
      .init("the sum is taken over the axes given", x, [2, 2], gives: [0, 6]) {
        try $0.reduced(.sum, axes: [1], keepsDimensions: false)
      },
      .init(
        "softmax goes along the axis given", x, [2, 2], gives: [0.5, 0.5, 0.119_202_9, 0.880_797_1]
      ) { try $0.softmax(axis: 1) },
    ]
  }()

  private static let layout: [OperatorCase] = {
    let x: [Float] = [1, 2, 3, 4, 5, 6]
    return [
      .init("dimensions change places", x, [2, 3], gives: [1, 4, 2, 5, 3, 6]) { try $0.transposed([1, 0]) },
      .init("other dimensions leave the elements in their order", x, [2, 3], gives: [1, 3, 5, 2, 4, 6]) {
        try $0.reshaped([3, 2]).transposed([1, 0])
      },
      .init("parts are taken and joined along an axis", x, [2, 3], gives: [3, 1, 6, 4]) { x in
        let parts = try x.split(3, axis: 1)
        return try parts[2].concatenated(parts[0], axis: 1)
      },
      .init("a slice takes every step-th element of its range", x, [6], gives: [2, 4, 6]) {
        try $0.sliced(1..<6, axis: 0, step: 2)
      },
      .init("dimensions of 1 are repeated", [7, 8], [2, 1], gives: [7, 7, 8, 8]) {
        try $0.broadcast([2, 2])
      },
      .init(
        "zeros are added on each side by its own width", [1, 2], [1, 1, 1, 2], gives: [0, 0, 0, 1, 2, 0]
      ) {
        try $0.padded(.init(top: 1, left: 0, bottom: 0, right: 1))
      },
      .init("elements are chosen by their index along an axis", x, [2, 3], gives: [3, 1, 6, 4]) { x in
        try x.gathered(x.builder.constant(Constant(Tensor(integers: [2, 0], shape: [2]))), axis: 1)
      },
      .init(
        "nearest resizing takes the source at ⌊index · in / out⌋, also for factors that are not whole",
        [1, 2, 3, 4], [1, 1, 2, 2], gives: [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4]
      ) { try $0.resizedNearest(height: 3, width: 4) },
    ]
  }()

  private static let types: [OperatorCase] =
    [
      Tensor(.init(.f16, [2]), bytes: [0x00, 0x3E, 0x00, 0xC0]),
      Tensor(.init(.bf16, [2]), bytes: [0xC0, 0x3F, 0x00, 0xC0]),
    ].map { weight in
      .init(
        "weights in \(weight.type.elementType) take part with exactly the numbers they stand for", [1, 1],
        [2],
        gives: [1.5, -2]
      ) { try $0 * $0.builder.constant(Constant(weight)).converted(to: .f32) }
    } + [
      .init(
        "weights in i8 take part with exactly the numbers they stand for", [0.5, 1], [2], gives: [63.5, -127]
      ) {
        let weight = Tensor(.init(.i8, [2]), bytes: [0x7F, 0x81])
        return try $0 * $0.builder.constant(Constant(weight)).converted(to: .f32)
      }
    ]
}

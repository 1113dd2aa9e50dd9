import Tensors

/// Writes a graph as OpenVINO's intermediate representation, version 11.
///
/// Ports carry element types but no shapes: the runtime infers them, and `CompiledModel` compares what it
/// finds with the graph's own.
struct IRWriter {
  let graph: Graph
  var layout: WeightLayout
  /// The port that holds a value of the graph.
  var ports: [Graph.Value: Port] = [:]
  private let spelling: Spelling
  private var layers: [String] = []
  private var edges: [String] = []

  /// What is spelt out in operators that the runtime computes otherwise than the one that it has.
  struct Spelling {
    /// 3×3 convolutions of many channels, in Winograd's way, where it is faster.
    var winograd: Bool
    /// The rounding of quantised inputs, after which the runtime sees no quantisation.
    var rounding: Bool
  }

  /// One output of one layer.
  struct Port {
    var layer: Int
    var port: Int
  }

  /// The text of a graph, whose files `layout` has placed; its literals join them.
  ///
  static func xml(_ graph: Graph, layout: inout WeightLayout, spelling: Spelling) -> String {
    var writer = IRWriter(graph: graph, layout: layout, spelling: spelling)
    for index in graph.operations.indices { writer.write(operation: index) }
    for output in graph.outputs {
      let result = IRLayer("Result", [:])
      writer.emit(result, [writer.ports[output.value]!], [], name: "result:" + output.name)
    }
    layout = writer.layout
    return """
      <?xml version="1.0"?>
      <net name="graph" version="11">
      <layers>
      \(writer.layers.joined(separator: "\n"))
      </layers>
      <edges>
      \(writer.edges.joined(separator: "\n"))
      </edges>
      </net>
      """
  }

  private init(graph: Graph, layout: WeightLayout, spelling: Spelling) {
    self.graph = graph
    self.layout = layout
    self.spelling = spelling
  }

  private mutating func write(operation index: Int) {
    let operation = graph.operations[index]
    // Names are unique by the index; the layer is there for the runtime's messages.
    let name = "\(operation.layer):\(operation.operator.name):\(index)"
    if spelling.winograd, writeWinograd(operation: index, name: name) { return }
    if spelling.rounding, writeRounding(operation: index, name: name) { return }
    var layer = IRLayer(operation.operator, in: &layout)
    layer.isDecompression = widensWeight(operation)
    let settings = layer.settings.enumerated().map { index, literal in
      emit(
        IRLayer(constant: literal.type, offset: layout.place(literal)), [], [literal.type.elementType],
        name: "\(name):setting:\(index)")
    }
    let inputs = layer.operands?.map { operation.inputs[$0] } ?? operation.inputs
    let first = emit(
      layer, inputs.map { ports[$0]! } + settings, operation.results.map(\.elementType), name: name)
    for result in operation.results.indices {
      ports[.init(operation: index, result: result)] = Port(layer: first.layer, port: first.port + result)
    }
  }

  /// Whether an operation turns a weight in a narrow type into single precision.
  private func widensWeight(_ operation: Graph.Operation) -> Bool {
    guard case .convert(.f32) = operation.operator,
      case .constant(let constant) = graph.operations[operation.inputs[0].operation].operator
    else { return false }
    return constant.type.elementType == .f16 || constant.type.elementType == .bf16
  }

  /// Writes one of the layers that an operation is spelt out in; returns its first output.
  mutating func add(
    _ layer: IRLayer, _ inputs: [Port], name: String, type: ElementType = .f32, results: Int = 1
  ) -> Port {
    // The layer's number tells it from the operation's others.
    emit(layer, inputs, Array(repeating: type, count: results), name: "\(name):\(layers.count)")
  }

  /// Writes a constant of an operation that is spelt out.
  mutating func add(literal tensor: Tensor, name: String) -> Port {
    let offset = layout.place(tensor)
    return add(
      IRLayer(constant: tensor.type, offset: offset), [], name: name, type: tensor.type.elementType)
  }

  /// Writes a layer and the edges to it; returns its first output.
  @discardableResult
  mutating func emit(
    _ layer: IRLayer, _ inputs: [Port], _ results: [ElementType], name: String
  ) -> Port {
    let id = layers.count
    var text =
      "<layer id=\"\(id)\" name=\"\(escaped(name))\" type=\"\(layer.type)\" version=\"\(layer.opset)\">"
    if !layer.attributes.isEmpty {
      let data = layer.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
      text += "<data \(data.joined(separator: " "))/>"
    }
    if !inputs.isEmpty {
      text += "<input>" + inputs.indices.map { "<port id=\"\($0)\"/>" }.joined() + "</input>"
    }
    if !results.isEmpty {
      let outputs = results.enumerated().map { index, elementType in
        "<port id=\"\(inputs.count + index)\" precision=\"\(elementType.irPrecision)\"/>"
      }
      text += "<output>" + outputs.joined() + "</output>"
    }
    if layer.isDecompression {
      text += "<rt_info><attribute name=\"decompression\" version=\"0\"/></rt_info>"
    }
    layers.append(text + "</layer>")
    for (index, input) in inputs.enumerated() {
      edges.append(
        """
        <edge from-layer="\(input.layer)" from-port="\(input.port)" to-layer="\(id)" to-port="\(index)"/>
        """)
    }
    return Port(layer: id, port: inputs.count)
  }
}

/// Numbers as the format lists them: `1,4,64,64`.
func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }

private func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
}

extension ElementType {
  /// The name in a layer's attributes.
  var irName: String { self == .bool ? "boolean" : rawValue }

  /// The name on a port.
  fileprivate var irPrecision: String {
    switch self {
    case .f32: "FP32"
    case .f16: "FP16"
    case .bf16: "BF16"
    case .i8: "I8"
    case .i32: "I32"
    case .i64: "I64"
    case .bool: "BOOL"
    }
  }
}

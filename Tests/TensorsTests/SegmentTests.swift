import Tensors
import Testing

@Suite("Segments of a graph")
struct SegmentTests {
  @Test("there are about √n of them, in order, and borders lie where least crosses")
  func narrowPlaces() throws {
    let builder = GraphBuilder()
    var x = try builder.input("x", .f32, [4])
    // Each block widens to 400 numbers and ends with 4.
    for _ in 0..<9 {
      let wide = try x.reshaped([4, 1]).broadcast([4, 100])
      x = try (wide.map(.tanh) * wide).map(.sine).reduced(.sum, axes: [1], keepsDimensions: false)
    }
    let graph = try builder.finish(["y": x])
    let starts = graph.segmentStarts
    // Six operations a block: √54 segments.
    #expect((4...7).contains(starts.count))
    #expect(starts == starts.sorted() && Set(starts).count == starts.count)
    // Before a reshape of four numbers, or after it.
    for start in starts {
      let made = graph.operations[start - 1].results[0].elementCount
      #expect(made == 4, "\(start)")
    }
  }

  @Test("a graph of one operation, or of none, is not divided")
  func small() throws {
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [4])
    #expect(try builder.finish(["y": x.map(.tanh)]).segmentStarts.isEmpty)
    let empty = GraphBuilder()
    #expect(try empty.finish(["y": empty.input("x", .f32, [4])]).segmentStarts.isEmpty)
  }
}

import Training

extension PixelBox {
  init(_ box: Box) { self.init(x: box.x, y: box.y, width: box.width, height: box.height) }
}

extension Box {
  init(_ box: PixelBox) { self.init(x: box.x, y: box.y, width: box.width, height: box.height) }
}

import Imaging
import PipelineKit

/// Says so when two pictures, or a picture and a mask, that belong together differ in size.
func checkSameSize(_ first: Image, _ firstName: String, _ second: Image, _ secondName: String) throws {
  guard (first.width, first.height) == (second.width, second.height) else {
    throw StageFailure(
      "'\(firstName)' is \(first.sizeDescription), '\(secondName)' is \(second.sizeDescription)",
      advice: "bring them to one size, with image.resize or mask.resize")
  }
}

/// What stages that bring a picture to another one's colours say of it.
let greyHelp = """
  Where that is grey, colours become grey by their luminance (Rec. 709: 0.2126 red + 0.7152 green + 0.0722 blue, in
  linear light).
  """

/// The failure of a stage that has nothing to do.
let emptyMask = StageFailure("the mask is empty: nothing in it may be changed", advice: "check its polarity")

// Images in the binary formats of Netpbm: P5 (PGM, grey) and P6 (PPM, red, green, blue), 8 bits.
//
//   P5 width height maximum<one white space>height · width · channels bytes, pixel by pixel
//
// # begins a comment of the header (netpbm.sourceforge.net/doc/pgm.html, ppm.html).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "image_set.h"

namespace reckon {

struct PnmImage {
  ImageShape shape;
  std::vector<std::uint8_t> pixels;  // channels × height × width, of 255
};
// Fails with not_a_model for bytes of another kind, unsupported for text forms and more than 8
// bits, and corrupt where the bytes are not as many as the header says.
Result<PnmImage> read_pnm(std::span<const std::byte> bytes, std::string_view name);

}  // namespace reckon

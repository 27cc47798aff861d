// Any bytes as images to train with: MNIST's format, what gzip has packed, Netpbm. An error with
// words and a place, or as many elements as the sizes say, none of them more than the bytes hold.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "measure/idx_file.h"
#include "measure/pnm_file.h"

namespace {

void check_idx(std::span<const std::byte> bytes) {
  const auto array = reckon::read_idx(bytes, "fuzz");
  if (!array) {
    if (array.error().message.empty() || array.error().where.empty()) std::abort();
    return;
  }
  std::uint64_t n = 1;
  for (const std::uint32_t size : array->sizes) n *= size;
  if (n != array->elements.size() || n > bytes.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  const auto bytes = std::as_bytes(std::span(data, n_bytes));
  check_idx(bytes);
  // Small ones, so that a run is not spent on zeros that unpack a thousandfold.
  constexpr std::size_t most_packed = 4096;
  if (n_bytes <= most_packed)
    if (const auto unpacked = reckon::unpack_gzip(bytes, "fuzz")) check_idx(*unpacked);
  const auto image = reckon::read_pnm(bytes, "fuzz");
  if (image && (image->pixels.size() > n_bytes ||
                static_cast<std::int64_t>(image->pixels.size()) != image->shape.n_pixels()))
    std::abort();
  return 0;
}

// Files in MNIST's format, IDX (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten
// digits", section "File formats"), plain or compressed by gzip:
//
//   0 0 type rank | rank sizes of 4 bytes, the most significant first | elements, row-major
//
// Type 8 is bytes, the only one that images and labels of this kind have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reckon {

struct IdxArray {
  std::vector<std::uint32_t> sizes;
  std::span<const std::byte> elements;  // of the bytes that it was read from
};
// `name` is what errors call the bytes. Fails with not_a_model for bytes of another kind, with
// unsupported for another type, and with corrupt where there are fewer or more elements than the
// sizes say.
Result<IdxArray> read_idx(std::span<const std::byte> bytes, std::string_view name);

// The bytes of a file; what gzip has compressed is unpacked. A file may say what it likes of its
// size: at most 2 GiB are made, and no more than DEFLATE can hold, 1,032 bytes in one.
Result<std::vector<std::byte>> read_packed_file(const std::string& path);
Result<std::vector<std::byte>> unpack_gzip(std::span<const std::byte> bytes, std::string_view name);

}  // namespace reckon

#include "idx_file.h"

#include <zlib.h>

#include <algorithm>

#include "base/byte_source.h"
#include "base/text.h"

namespace reckon {
namespace {

constexpr std::size_t most_bytes = std::size_t{2} << 30;
constexpr std::size_t deflate_ratio = 1032;  // zlib's technical notes, "Maximum compression factor"
constexpr std::size_t header_bytes = 4, size_bytes = 4;
constexpr unsigned type_of_bytes = 8;

unsigned byte_at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes[i]);
}

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && byte_at(bytes, 0) == 0x1f && byte_at(bytes, 1) == 0x8b;
}

// Ends the stream on every way out.
struct Inflating {
  z_stream stream{};
  bool begun = false;
  Inflating() {
    constexpr int gzip_window = 15 + 16;
    begun = inflateInit2(&stream, gzip_window) == Z_OK;
  }
  ~Inflating() {
    if (begun) inflateEnd(&stream);
  }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;
};

}  // namespace

Result<IdxArray> read_idx(std::span<const std::byte> bytes, std::string_view name) {
  const auto wrong = [&](ErrorCode code, std::string what) {
    return fail(code, std::move(what), printable(name));
  };
  if (bytes.size() < header_bytes)
    return wrong(ErrorCode::corrupt, "the file ends within the first four bytes of MNIST's format");
  if (byte_at(bytes, 0) != 0 || byte_at(bytes, 1) != 0)
    return wrong(ErrorCode::not_a_model,
                 "the file is not in MNIST's format, which begins with two zeros");
  if (byte_at(bytes, 2) != type_of_bytes)
    return wrong(ErrorCode::unsupported, "elements of type " + std::to_string(byte_at(bytes, 2)) +
                                             " of MNIST's format are not read; bytes (8) are");
  const std::size_t rank = byte_at(bytes, 3);
  std::span<const std::byte> rest = bytes.subspan(header_bytes);
  if (rank == 0 || rest.size() / size_bytes < rank)
    return wrong(ErrorCode::corrupt, "the file ends within its " + std::to_string(rank) + " sizes");
  IdxArray array;
  for (std::size_t d = 0; d < rank; ++d) {
    std::uint32_t size = 0;
    for (std::size_t b = 0; b < size_bytes; ++b)
      size = size << 8 | byte_at(rest, d * size_bytes + b);
    array.sizes.push_back(size);
  }
  rest = rest.subspan(rank * size_bytes);
  std::uint64_t wanted = 1;
  for (const std::uint32_t size : array.sizes) {
    // Beyond what is there, the product need not be known.
    wanted = size != 0 && wanted > rest.size() / size ? rest.size() + 1 : wanted * size;
    if (wanted == 0) break;
  }
  if (wanted > rest.size())
    return wrong(ErrorCode::corrupt, "the sizes ask for more elements than the " +
                                         std::to_string(rest.size()) + " that are there");
  if (wanted < rest.size())
    return wrong(ErrorCode::corrupt,
                 std::to_string(rest.size() - wanted) + " bytes follow the last element");
  array.elements = rest;
  return array;
}

Result<std::vector<std::byte>> unpack_gzip(std::span<const std::byte> bytes,
                                           std::string_view name) {
  const auto wrong = [&](ErrorCode code, std::string what) {
    return fail(code, std::move(what), printable(name));
  };
  if (bytes.size() > most_bytes) return wrong(ErrorCode::limit, "the file is larger than 2 GiB");
  Inflating inflating;
  if (!inflating.begun) return wrong(ErrorCode::limit, "the memory is exhausted");
  z_stream& stream = inflating.stream;
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  const std::size_t most = std::min(most_bytes, bytes.size() * deflate_ratio + 1024);
  std::vector<std::byte> out;
  constexpr std::size_t first_bytes = std::size_t{1} << 16;
  for (;;) {
    const std::size_t used = out.size();
    if (used == most) return wrong(ErrorCode::limit, "the file unpacks to more than 2 GiB");
    out.resize(std::min(most, std::max(first_bytes, used * 2)));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(out.size() - used);
    const int status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (status == Z_STREAM_END) break;
    if (status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0))
      return wrong(ErrorCode::corrupt, "the file ends before what gzip has packed does");
    if (status != Z_OK) return wrong(ErrorCode::corrupt, "what gzip has packed is damaged");
  }
  if (stream.avail_in > 0)
    return wrong(ErrorCode::corrupt,
                 std::to_string(stream.avail_in) + " bytes follow what gzip has packed");
  return out;
}

Result<std::vector<std::byte>> read_packed_file(const std::string& path) {
  RECKON_ASSIGN(const auto source, open_file(path));
  if (source->size_bytes() > most_bytes)
    return fail(ErrorCode::limit, "the file is larger than 2 GiB", printable(path));
  std::vector<std::byte> bytes(static_cast<std::size_t>(source->size_bytes()));
  RECKON_TRY(source->read(0, bytes));
  return is_gzip(bytes) ? unpack_gzip(bytes, path)
                        : Result<std::vector<std::byte>>(std::move(bytes));
}

}  // namespace reckon

#include "formats/onnx/wire.h"

#include <algorithm>
#include <bit>
#include <span>

namespace reckon {
namespace {

constexpr std::size_t longest_varint = 10;
// After a jump over weights the next fields are few: reading a whole window would cost more than
// everything else.
constexpr std::size_t read_after_jump_bytes = std::size_t{1} << 12;

std::string_view wire_name(Wire wire) {
  constexpr std::array<std::string_view, 6> names = {"varint",      "fixed64",   "bytes",
                                                     "group begin", "group end", "fixed32"};
  return names[static_cast<std::size_t>(wire)];
}

}  // namespace

WireReader::WireReader(ByteSource& source)
    : source_(source),
      size_(source.size_bytes()),
      window_(std::make_unique_for_overwrite<unsigned char[]>(window_bytes)) {}

const unsigned char* WireReader::refill(std::uint64_t at, std::size_t n) {
  // A jump that is shorter than what is read at once saves nothing: nodes whose fields nobody asks
  // for are stepped over by a hundred bytes each.
  const std::uint64_t from = std::min(at, window_at_), to = std::max(at, window_at_ + window_size_);
  const bool reads_on = to - from <= window_size_ + read_bytes_;
  read_bytes_ = reads_on || window_size_ == 0 ? std::min(read_bytes_ * 4, window_bytes)
                                              : read_after_jump_bytes;
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(std::max(n, read_bytes_), size_ - at));
  window_size_ = 0;
  if (auto read = source_.read(at, std::as_writable_bytes(std::span(window_.get(), wanted)));
      !read) {
    if (status_) status_ = std::move(read);
    return nullptr;
  }
  window_at_ = at;
  window_size_ = wanted;
  return window_.get();
}

void WireReader::fail_at(ErrorCode code, std::string message, std::uint64_t offset,
                         std::string_view what) {
  if (!status_) return;
  status_ = fail(code, std::move(message),
                 "byte " + std::to_string(offset) + ", in " + std::string(what));
}

// Every read stays inside its message, so only a message that goes to the file's end can be cut.
void WireReader::cut_off(std::uint64_t at, std::string_view what) {
  fail_at(ErrorCode::corrupt, "a field ends in the middle; the file is damaged or cut off", at,
          what);
}

bool WireReader::long_varint(std::uint64_t& at, std::uint64_t end, std::string_view what,
                             std::uint64_t& value) {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, longest_varint));
  const unsigned char* p = peek(at, n);
  if (p == nullptr) return false;
  value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    value |= static_cast<std::uint64_t>(p[i] & 0x7f) << (7 * i);
    if (p[i] < 0x80) {
      at += i + 1;
      return true;
    }
  }
  if (n < longest_varint)
    cut_off(at, what);
  else
    fail_at(ErrorCode::corrupt, "a number is longer than 10 bytes; the file is damaged", at, what);
  return false;
}

bool WireReader::next(Message& message, Field& field) {
  if (message.at >= message.end || failed()) return false;
  const std::uint64_t begin = message.at;
  // Nearly every field of a model file is bytes whose tag and size take one byte each.
  if (message.end - begin >= 2 && begin >= window_at_ && begin + 2 <= window_at_ + window_size_)
      [[likely]] {
    const unsigned char* p = window_.get() + (begin - window_at_);
    const std::uint64_t left = message.end - begin - 2;
    if ((p[0] & 0x87) == static_cast<unsigned>(Wire::bytes) && p[0] >= 8 && p[1] < 0x80 &&
        p[1] <= left) [[likely]] {
      field = {p[0] / 8u, Wire::bytes, 0, begin + 2, p[1]};
      message.at = begin + 2 + p[1];
      return true;
    }
  }
  std::uint64_t tag = 0;
  if (!varint(message.at, message.end, message.what, tag)) return false;
  field.number = static_cast<std::uint32_t>(tag >> 3);
  if (tag >> 32 != 0 || field.number == 0 || (tag & 7) > 5) {
    fail_at(ErrorCode::corrupt, "no field starts with these bytes; the file is damaged", begin,
            message.what);
    return false;
  }
  field.wire = static_cast<Wire>(tag & 7);
  switch (field.wire) {
    case Wire::varint:
      return varint(message.at, message.end, message.what, field.value);
    case Wire::fixed64:
      return fixed(message, field.value, 8);
    case Wire::fixed32:
      return fixed(message, field.value, 4);
    case Wire::bytes: {
      std::uint64_t size = 0;
      if (!varint(message.at, message.end, message.what, size)) return false;
      const std::uint64_t left = message.end - message.at;
      if (size > left) {
        const bool at_end = message.end == size_;
        fail_at(ErrorCode::corrupt,
                "field " + std::to_string(field.number) + " claims " + std::to_string(size) +
                    " bytes where " + std::to_string(left) + " are left" +
                    (at_end ? "; the file is cut off (an incomplete download?)"
                            : "; the file is damaged"),
                begin, message.what);
        return false;
      }
      field.at = message.at;
      field.size = size;
      message.at += size;
      return true;
    }
    case Wire::group_begin:
      return skip_group(message, field.number, begin);
    case Wire::group_end:
      fail_at(ErrorCode::corrupt, "a group ends that never began; the file is damaged", begin,
              message.what);
      return false;
  }
  return false;
}

// Groups are protobuf's forgotten way to nest. ONNX has none; unknown fields may be skipped.
bool WireReader::skip_group(Message& message, std::uint32_t number, std::uint64_t begin) {
  std::array<std::uint32_t, max_group_depth> open = {number};
  std::size_t depth = 1;
  while (depth > 0) {
    if (message.at >= message.end) {
      cut_off(begin, message.what);
      return false;
    }
    std::uint64_t tag = 0;
    std::uint64_t value = 0;
    if (!varint(message.at, message.end, message.what, tag)) return false;
    switch (static_cast<Wire>(tag & 7)) {
      case Wire::varint:
        if (!varint(message.at, message.end, message.what, value)) return false;
        break;
      case Wire::fixed64:
        if (!fixed(message, value, 8)) return false;
        break;
      case Wire::fixed32:
        if (!fixed(message, value, 4)) return false;
        break;
      case Wire::bytes:
        if (!varint(message.at, message.end, message.what, value)) return false;
        if (value > message.end - message.at) {
          cut_off(message.at, message.what);
          return false;
        }
        message.at += value;
        break;
      case Wire::group_begin:
        if (depth == open.size()) {
          fail_at(ErrorCode::limit, "groups are nested more than 64 deep", begin, message.what);
          return false;
        }
        open[depth++] = static_cast<std::uint32_t>(tag >> 3);
        break;
      case Wire::group_end:
        if (open[--depth] != static_cast<std::uint32_t>(tag >> 3)) {
          fail_at(ErrorCode::corrupt, "a group ends that never began; the file is damaged", begin,
                  message.what);
          return false;
        }
        break;
      default:
        fail_at(ErrorCode::corrupt, "no field starts with these bytes; the file is damaged", begin,
                message.what);
        return false;
    }
  }
  return true;
}

bool WireReader::next_varint(Message& list, std::uint64_t& value) {
  if (list.at >= list.end || failed()) return false;
  return varint(list.at, list.end, list.what, value);
}

bool WireReader::next_fixed(Message& list, std::uint64_t& value, unsigned n_bytes) {
  if (list.at >= list.end || failed()) return false;
  return fixed(list, value, n_bytes);
}

bool WireReader::fixed(Message& message, std::uint64_t& value, unsigned n_bytes) {
  if (message.end - message.at < n_bytes) {
    cut_off(message.at, message.what);
    return false;
  }
  const unsigned char* p = peek(message.at, n_bytes);
  if (p == nullptr) return false;
  value = 0;
  for (unsigned i = 0; i < n_bytes; ++i) value |= static_cast<std::uint64_t>(p[i]) << (8 * i);
  message.at += n_bytes;
  return true;
}

bool WireReader::expect(const Field& field, Wire wire, const Message& message,
                        std::string_view field_name) {
  if (field.wire == wire) [[likely]]
    return true;
  fail_at(ErrorCode::corrupt,
          "field '" + std::string(field_name) + "' is stored as " +
              std::string(wire_name(field.wire)) + ", expected " + std::string(wire_name(wire)) +
              "; the file is damaged or no ONNX model",
          message.at, message.what);
  return false;
}

std::string_view WireReader::text(const Field& field) {
  if (field.size == 0 || failed()) return {};
  if (field.size > window_bytes) {
    fail_at(ErrorCode::limit, "a name of " + std::to_string(field.size) + " bytes", field.at,
            "a string");
    return {};
  }
  const unsigned char* p = peek(field.at, static_cast<std::size_t>(field.size));
  if (p == nullptr) return {};
  return {reinterpret_cast<const char*>(p), static_cast<std::size_t>(field.size)};
}

}  // namespace reckon

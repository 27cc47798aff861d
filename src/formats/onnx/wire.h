// Protobuf's wire format over random access: fields are found one after the other, and what nobody
// asks for is stepped over without being read.
//
//   message = field*          field = tag value
//   tag     = varint(number << 3 | wire type)
//   value   = varint | 8 bytes | varint(n) n bytes | group | 4 bytes        (wire types 0 1 2 3 5)
//
// Source: https://protobuf.dev/programming-guides/encoding/. A position is always an offset into
// the source; only a small window of bytes is held, and it is moved where it is needed.
//
// Failure sticks: after the first error every `next` returns false and `status()` tells the error,
// so a loop over fields asks once, at its end.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/byte_source.h"

namespace reckon {

enum class Wire : std::uint8_t { varint, fixed64, bytes, group_begin, group_end, fixed32 };

// A message that is being read: what is left of it. `what` is what errors call it: "graph.node".
struct Message {
  std::uint64_t at = 0, end = 0;
  std::string_view what;
};

struct Field {
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  std::uint64_t value = 0;         // of varint, fixed32 and fixed64
  std::uint64_t at = 0, size = 0;  // of bytes: where they are; size <= what is left of the message
};

class WireReader {
 public:
  static constexpr std::size_t window_bytes = std::size_t{1} << 16;
  static constexpr int max_group_depth = 64;

  explicit WireReader(ByteSource& source);

  Message whole(std::string_view what) const { return {0, size_, what}; }
  static Message inside(const Field& field, std::string_view what) {
    return {field.at, field.at + field.size, what};
  }

  // The next field of `message`, which is advanced beyond it. False at the end, and on failure.
  bool next(Message& message, Field& field);

  // Elements of a packed list. False at the end, and on failure.
  bool next_varint(Message& list, std::uint64_t& value);
  bool next_fixed(Message& list, std::uint64_t& value, unsigned n_bytes);

  // False, and failure, when the field has another wire type.
  bool expect(const Field& field, Wire wire, const Message& message, std::string_view field_name);

  // The bytes of a field, until the next call. Fails with `limit` beyond window_bytes.
  std::string_view text(const Field& field);

  void fail_at(ErrorCode code, std::string message, std::uint64_t offset, std::string_view what);
  bool failed() const { return !status_.has_value(); }
  const Status& status() const { return status_; }

 private:
  const unsigned char* peek(std::uint64_t at, std::size_t n) {
    if (at >= window_at_ && at + n <= window_at_ + window_size_) [[likely]]
      return window_.get() + (at - window_at_);
    return refill(at, n);
  }
  const unsigned char* refill(std::uint64_t at, std::size_t n);
  // Most numbers of a model file are one byte long and already here.
  bool varint(std::uint64_t& at, std::uint64_t end, std::string_view what, std::uint64_t& value) {
    if (at < end && at >= window_at_ && at < window_at_ + window_size_) [[likely]] {
      const unsigned char byte = window_.get()[at - window_at_];
      if (byte < 0x80) [[likely]] {
        value = byte;
        ++at;
        return true;
      }
    }
    return long_varint(at, end, what, value);
  }
  bool long_varint(std::uint64_t& at, std::uint64_t end, std::string_view what,
                   std::uint64_t& value);
  bool fixed(Message& message, std::uint64_t& value, unsigned n_bytes);
  bool skip_group(Message& message, std::uint32_t number, std::uint64_t begin);
  void cut_off(std::uint64_t at, std::string_view what);

  ByteSource& source_;
  std::uint64_t size_;
  std::unique_ptr<unsigned char[]> window_;
  std::uint64_t window_at_ = 0;
  std::size_t window_size_ = 0;
  std::size_t read_bytes_ = window_bytes;  // small after a jump, growing while reading on
  Status status_;
};

}  // namespace reckon

#include "base/byte_source.h"

#include <cstring>

namespace reckon {

Error out_of_range(const std::string& name, std::uint64_t offset, std::size_t n) {
  return Error{ErrorCode::corrupt,
               "the file ends before byte " + std::to_string(offset + n) + ", which it refers to",
               name};
}

Result<std::unique_ptr<ByteSource>> ByteSource::beside(const std::string& path) {
  return fail(ErrorCode::not_found, "there are no files beside this", path);
}

namespace {

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::span<const std::byte> bytes, std::string name)
      : bytes_(bytes), name_(std::move(name)) {}
  std::uint64_t size_bytes() const override { return bytes_.size(); }
  const std::string& name() const override { return name_; }
  Status read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset)
      return std::unexpected(out_of_range(name_, offset, out.size()));
    if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
    return {};
  }

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
};

class CallbackSource final : public ByteSource {
 public:
  CallbackSource(std::uint64_t size_bytes, ReadAt read_at, std::string name)
      : size_bytes_(size_bytes), read_at_(std::move(read_at)), name_(std::move(name)) {}
  std::uint64_t size_bytes() const override { return size_bytes_; }
  const std::string& name() const override { return name_; }
  Status read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset > size_bytes_ || out.size() > size_bytes_ - offset)
      return std::unexpected(out_of_range(name_, offset, out.size()));
    if (!read_at_(offset, out.data(), out.size()))
      return fail(ErrorCode::io_error, "the host could not deliver these bytes", name_);
    return {};
  }

 private:
  std::uint64_t size_bytes_;
  ReadAt read_at_;
  std::string name_;
};

}  // namespace

std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, std::string name) {
  return std::make_unique<MemorySource>(bytes, std::move(name));
}

std::unique_ptr<ByteSource> callback_source(std::uint64_t size_bytes, ReadAt read_at,
                                            std::string name) {
  return std::make_unique<CallbackSource>(size_bytes, std::move(read_at), std::move(name));
}

}  // namespace reckon

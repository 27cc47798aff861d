#include "base/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace reckon {
namespace {

Error out_of_range(const std::string& name, std::uint64_t offset, std::size_t n) {
  return Error{ErrorCode::corrupt,
               "the file ends before byte " + std::to_string(offset + n) + ", which it refers to",
               name};
}

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, std::uint64_t size_bytes, std::string path)
      : fd_(fd), size_bytes_(size_bytes), path_(std::move(path)) {}
  ~FileSource() override { ::close(fd_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::uint64_t size_bytes() const override { return size_bytes_; }
  const std::string& name() const override { return path_; }

  Status read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset > size_bytes_ || out.size() > size_bytes_ - offset)
      return std::unexpected(out_of_range(path_, offset, out.size()));
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got =
          ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(ErrorCode::io_error, std::strerror(errno), path_);
      if (got == 0) return std::unexpected(out_of_range(path_, offset, out.size()));
      done += static_cast<std::size_t>(got);
    }
    return {};
  }

 private:
  int fd_;
  std::uint64_t size_bytes_;
  std::string path_;
};

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

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const auto code =
        errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io_error;
    return fail(code, code == ErrorCode::not_found ? "no such file" : std::strerror(errno), path);
  }
  struct stat info{};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    const char* what = S_ISDIR(info.st_mode)    ? "this is a directory, not a model file"
                       : S_ISFIFO(info.st_mode) ? "this is a pipe; Reckon seeks, so save it to a "
                                                  "file first"
                                                : "this is not a regular file";
    ::close(fd);
    return fail(ErrorCode::io_error, what, path);
  }
  return std::make_unique<FileSource>(fd, static_cast<std::uint64_t>(info.st_size), path);
}

std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, std::string name) {
  return std::make_unique<MemorySource>(bytes, std::move(name));
}

std::unique_ptr<ByteSource> callback_source(std::uint64_t size_bytes, ReadAt read_at,
                                            std::string name) {
  return std::make_unique<CallbackSource>(size_bytes, std::move(read_at), std::move(name));
}

}  // namespace reckon

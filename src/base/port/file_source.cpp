// Files of a POSIX system.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/byte_source.h"

namespace reckon {
namespace {

// Where a path leads in the end, links followed; ends with '/' for a folder.
std::optional<std::string> real_path(const std::string& path, bool folder) {
  char* const found = ::realpath(path.c_str(), nullptr);
  if (found == nullptr) return std::nullopt;
  std::string real(found);
  std::free(found);
  return folder && real != "/" ? real + "/" : real;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
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

  // A cache of models has links of one folder to files of another: the folder of this file is that
  // of its name, and that of what the name leads to.
  Result<std::unique_ptr<ByteSource>> beside(const std::string& path) override {
    const auto missing =
        fail(ErrorCode::not_found, "no such file in the folder of the model", path);
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string::npos) return missing;
    const auto real = real_path(folder_of(path_) + path, false), self = real_path(path_, false);
    if (!real || !self) return missing;
    for (const std::string& folder : {folder_of(path_), folder_of(*self)})
      if (const auto inside = real_path(folder, true); inside && real->starts_with(*inside))
        return open_file(*real);
    return missing;
  }

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

}  // namespace reckon

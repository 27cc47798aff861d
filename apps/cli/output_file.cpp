#include "output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/text.h"

namespace reckon::cli {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(std::string_view path, int error_number) {
  return fail(ErrorCode::io_error,
              "the file could not be written: " + std::generic_category().message(error_number),
              printable(path));
}

struct Target {
  std::string path;      // behind symbolic links
  bool is_plain = true;  // an ordinary file, or none yet
  mode_t mode = 0;       // of its permissions
};

Result<Target> target_of(std::string_view path) {
  if (path.empty())
    return fail(ErrorCode::bad_argument, "the name of a file is expected, not an empty word");
  Target target{.path = std::string(path)};
  struct stat info{};
  if (stat(target.path.c_str(), &info) != 0) {
    if (errno != ENOENT) return failed(path, errno);
    const mode_t mask = umask(0);
    umask(mask);
    target.mode = 0666 & ~mask;
    return target;
  }
  if (S_ISDIR(info.st_mode)) return failed(path, EISDIR);
  target.is_plain = S_ISREG(info.st_mode);
  target.mode = info.st_mode & 07777;
  std::error_code unknown;
  if (const fs::path behind = fs::canonical(target.path, unknown); !unknown)
    target.path = behind.string();
  return target;
}

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// 0, or what errno said. The bytes are on the disk before a rename may make them the file.
int write_all(int fd, std::string_view text, bool to_disk) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return to_disk && ::fsync(fd) != 0 ? errno : 0;
}

// Who interrupts a write is heard when it is done: it is short, and would leave its file beside.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, one);
    sigprocmask(SIG_BLOCK, &held, &before_);
  }
  ~HeldSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_{};
};

int close_after(int fd, int error_number) {
  return ::close(fd) != 0 && error_number == 0 ? errno : error_number;
}

}  // namespace

Status check_writable(std::string_view path) {
  RECKON_ASSIGN(const Target target, target_of(path));
  const std::string what = target.is_plain ? folder_of(target.path) : target.path;
  return ::access(what.c_str(), W_OK) == 0 ? Status() : failed(path, errno);
}

Status write_file(std::string_view path, std::string_view text) {
  RECKON_ASSIGN(const Target target, target_of(path));
  const HeldSignals until_it_is_written;
  if (!target.is_plain) {
    const int fd = ::open(target.path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return failed(path, errno);
    const int error_number = close_after(fd, write_all(fd, text, /*to_disk=*/false));
    return error_number == 0 ? Status() : failed(path, error_number);
  }
  std::string beside = target.path + ".XXXXXX";
  const int fd = ::mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) return failed(path, errno);
  int error_number = write_all(fd, text, /*to_disk=*/true);
  if (error_number == 0 && ::fchmod(fd, target.mode) != 0) error_number = errno;
  error_number = close_after(fd, error_number);
  if (error_number == 0 && ::rename(beside.c_str(), target.path.c_str()) != 0) error_number = errno;
  if (error_number == 0) return {};
  ::unlink(beside.c_str());
  return failed(path, error_number);
}

}  // namespace reckon::cli

// Random access to bytes that are never read as a whole: a file on disk, memory, or a callback
// into a web page. Readers seek over what they do not need, so a 100 GB model costs what its
// header costs.
//
// A ByteSource is used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace reckon {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size_bytes() const = 0;
  // Fills `out` from `offset`. Fails with io_error, or with corrupt when the range leaves the
  // source; `out` is then unspecified.
  virtual Status read(std::uint64_t offset, std::span<std::byte> out) = 0;
  // The name of this source in errors: a path, "<memory>".
  virtual const std::string& name() const = 0;
  // Another file in the folder of this one or below, by its path from there. Fails with not_found
  // where there is none, where it is elsewhere (`..`, a link that leads out), and where this is no
  // file. See SECURITY.md.
  virtual Result<std::unique_ptr<ByteSource>> beside(const std::string& path);
};

// Fails with not_found (with the path), or io_error for a directory, a pipe, or a file that may
// not be read.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

// The error of a source that is asked for a range beyond its end.
Error out_of_range(const std::string& name, std::uint64_t offset, std::size_t n);

// The bytes must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes,
                                          std::string name = "<memory>");

// `read_at(offset, out, n)` returns false when the host could not deliver.
using ReadAt = std::function<bool(std::uint64_t offset, std::byte* out, std::size_t n)>;
std::unique_ptr<ByteSource> callback_source(std::uint64_t size_bytes, ReadAt read_at,
                                            std::string name = "<callback>");

}  // namespace reckon

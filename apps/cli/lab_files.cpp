#include "lab_files.h"

#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "base/byte_source.h"
#include "base/text.h"

namespace reckon::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_file_bytes = 256 * 1024;

}  // namespace

Result<std::string> read_text(const std::string& path, std::size_t most_bytes) {
  RECKON_ASSIGN(const auto source, open_file(path));
  if (source->size_bytes() > most_bytes)
    return fail(ErrorCode::limit,
                "the file is longer than " + std::to_string(most_bytes) + " bytes", path);
  std::string text(static_cast<std::size_t>(source->size_bytes()), 0);
  RECKON_TRY(source->read(0, std::as_writable_bytes(std::span<char>(text))));
  return text;
}

Result<std::map<std::string, std::string>> read_lab_files(const std::string& folder_or_id) {
  std::map<std::string, std::string> files;
  std::set<std::string_view> ids;
  for (const LabFile& file : built_in_lab_files()) {
    ids.insert(file.lab);
    if (file.lab == folder_or_id) files.emplace(file.name, file.text);
  }
  std::error_code error;
  if (fs::is_directory(folder_or_id, error)) {
    files.clear();
    for (fs::directory_iterator at(folder_or_id, error), end; !error && at != end;
         at.increment(error))
      if (at->path().extension() == ".toml") {
        RECKON_ASSIGN(files[at->path().filename().string()],
                      read_text(at->path().string(), longest_file_bytes));
      }
    if (error) return fail(ErrorCode::io_error, error.message(), printable(folder_or_id));
  } else if (files.empty()) {
    const std::vector<std::string_view> known(ids.begin(), ids.end());
    return fail(ErrorCode::not_found,
                "there is no folder or lab " + quoted(std::string_view(folder_or_id)) +
                    did_you_mean(folder_or_id, known),
                "lab");
  }
  return files;
}

Result<std::unique_ptr<const OpenLab>> open_lab(const std::string& folder_or_id) {
  RECKON_ASSIGN(const auto files, read_lab_files(folder_or_id));
  return OpenLab::open(files);
}

}  // namespace reckon::cli

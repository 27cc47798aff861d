// The files of labs: those built into the program, and those of a folder.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "api/lab.h"

namespace reckon::cli {

struct LabFile {
  std::string_view lab, name, text;
};
std::span<const LabFile> built_in_lab_files();

// The .toml files of a folder, or of a built-in lab by its id, by name.
Result<std::map<std::string, std::string>> read_lab_files(const std::string& folder_or_id);
Result<std::unique_ptr<const OpenLab>> open_lab(const std::string& folder_or_id);

// A file as text, of at most `most_bytes`.
Result<std::string> read_text(const std::string& path, std::size_t most_bytes);

}  // namespace reckon::cli

// The measurements and models that this project did not make: ../shared beside the checkout, or
// where RECKON_SHARED points. A test that needs an absent one is skipped by name.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace reckon {

inline std::filesystem::path shared_folder() {
  if (const char* set = std::getenv("RECKON_SHARED")) return set;
  return std::filesystem::path(RECKON_SOURCE_DIR) / ".." / "shared";
}

// Rows of a CSV file without quoted fields, by column name; empty when the file is absent.
inline std::vector<std::map<std::string, std::string>> read_rows(
    const std::filesystem::path& path) {
  std::ifstream in(path);
  const auto split = [](std::string line) {
    std::vector<std::string> fields;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    return fields;
  };
  std::vector<std::map<std::string, std::string>> rows;
  std::string line;
  if (!std::getline(in, line)) return rows;
  const auto header = split(line);
  while (std::getline(in, line)) {
    const auto fields = split(line);
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i)
      row[header[i]] = i < fields.size() ? fields[i] : "";
  }
  return rows;
}

inline std::vector<std::map<std::string, std::string>> read_oracle(const std::string& name) {
  return read_rows(shared_folder() / "oracles" / name);
}

}  // namespace reckon

// Figures and models that this project did not make: tests/oracles and tests/models, with what
// each is and where it comes from in tests/oracles/README.md. An absent or empty table is a
// failure of the test that reads it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "source_path.h"

namespace reckon {

using OracleRow = std::map<std::string, std::string>;

// "torchvision/resnet18": tests/models/torchvision/resnet18.onnx.
inline std::string test_model(const std::string& name) {
  return source_path("tests/models/" + name + ".onnx");
}

// The ONNX files of tests/models/FOLDER, sorted.
inline std::vector<std::string> test_models(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(source_path("tests/models/" + folder)))
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  EXPECT_FALSE(paths.empty()) << "tests/models/" << folder << " holds no model";
  return paths;
}

// Rows of tests/PATH, a CSV file without quoted fields, by column name.
inline std::vector<OracleRow> read_table(const std::string& path) {
  std::ifstream in(source_path("tests/" + path));
  const auto split = [](std::string line) {
    std::vector<std::string> fields;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    return fields;
  };
  std::vector<OracleRow> rows;
  std::string line;
  std::getline(in, line);
  const auto header = split(line);
  while (std::getline(in, line)) {
    const auto fields = split(line);
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i)
      row[header[i]] = i < fields.size() ? fields[i] : "";
  }
  EXPECT_FALSE(rows.empty()) << "tests/" << path << " is absent or empty";
  return rows;
}

inline std::vector<OracleRow> read_oracle(const std::string& name) {
  return read_table("oracles/" + name);
}

}  // namespace reckon

// Writes the sample models of the reader's tests, good and hostile, as one file each.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "formats/onnx/sample_models_test.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: onnx_seeds FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const auto write = [&](const std::string& name, const std::string& bytes) {
    std::ofstream(folder / (name + ".onnx"), std::ios::binary) << bytes;
  };
  for (const auto& sample : reckon::test::valid_models()) write(sample.name, sample.bytes);
  for (const auto& file : reckon::test::hostile_models()) write("hostile_" + file.name, file.bytes);
}

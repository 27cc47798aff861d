// Where the files of the repository are that tests read.
#pragma once

#include <string>
#include <string_view>

namespace reckon {

// "tests/models/alexnet.onnx" as a path from anywhere.
std::string source_path(std::string_view file);

}  // namespace reckon

// Files of data/training, generated at build time.
#pragma once

#include <string_view>

namespace reckon {

std::string_view shipped_trainings_json();
std::string_view alexnet_reduced_net();

}  // namespace reckon

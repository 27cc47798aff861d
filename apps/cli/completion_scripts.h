// The scripts in completions/, embedded.
#pragma once

#include <string_view>

namespace reckon::cli {

extern const std::string_view bash_completion, zsh_completion, fish_completion;

}  // namespace reckon::cli

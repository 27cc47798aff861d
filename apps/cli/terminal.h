// Where pages go: standard output, perhaps a terminal.
#pragma once

#include <string_view>

namespace reckon::cli {

// COLUMNS, or the terminal's width, or 80; at least 40.
int terminal_width();
// Standard output is a terminal and nothing speaks against colours (NO_COLOR, TERM=dumb), or
// CLICOLOR_FORCE asks for them.
bool terminal_wants_colour();

// False when standard output takes no more.
bool print(std::string_view page);
void print_error(std::string_view line);

}  // namespace reckon::cli

#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace reckon::cli {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != 0;
}

}  // namespace

int terminal_width() {
  constexpr int narrowest = 40, widest = 1000, otherwise = 80;
  if (const char* columns = std::getenv("COLUMNS"))
    if (const auto n = parse_int(columns); n && *n > 0)
      return static_cast<int>(std::clamp<std::int64_t>(*n, narrowest, widest));
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::clamp<int>(size.ws_col, narrowest, widest);
  return otherwise;
}

bool terminal_wants_colour() {
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0")
    return true;
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

bool print(std::string_view page) {
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() &&
         std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

void print_error(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

}  // namespace reckon::cli

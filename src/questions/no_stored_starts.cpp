// A page reads a file while it is opened, and its weights never.
#include "questions/stored_starts.h"

namespace reckon {

std::map<std::string, signal::Start, std::less<>> stored_starts(const std::string&) {
  return {};
}

}  // namespace reckon

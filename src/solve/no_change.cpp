// In place of change.cpp where the engine is in a page.
#include "solve/change.h"

namespace reckon {

std::string_view to_string(Change::Kind) {
  return {};
}

Result<std::vector<Change>> cheapest_change(const Workload&, std::int64_t, const Device*) {
  return fail(ErrorCode::unsupported,
              "the engine of a page looks for no changes; the program does: "
              "reckon fit MODEL --device NAME --advise",
              "`advise`");
}

}  // namespace reckon

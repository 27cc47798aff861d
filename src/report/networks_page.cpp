// The list of the built-in networks.
#include "report/pages.h"

namespace reckon {

Sheet networks_sheet(std::span<const BuiltIn> networks) {
  Sheet sheet;
  sheet.columns = {{"name", "network"}, {"summary", "what it is", false, 0, 20}};
  for (const BuiltIn& network : networks)
    sheet.rows.push_back({Cell::of(network.name), Cell::of(network.summary)});
  return sheet;
}

}  // namespace reckon

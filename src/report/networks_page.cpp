// The list of the built-in networks.
#include <algorithm>

#include "report/cells.h"
#include "report/page.h"
#include "report/pages.h"

namespace reckon {

std::string networks_text(std::span<const BuiltIn> networks, const Style& style) {
  Page page(style);
  int name_cells = 0;
  for (const BuiltIn& network : networks) name_cells = std::max(name_cells, cells_of(network.name));
  for (const BuiltIn& network : networks) {
    const std::string name = pad_right(network.name, name_cells);
    bool first = true;
    for (const std::string& part : wrap(network.summary, style.width - name_cells - 2)) {
      page.append(first ? inked(style, Ink::title, name) : pad_right("", name_cells));
      page.append("  " + part + "\n");
      first = false;
    }
  }
  return page.finish();
}

Sheet networks_sheet(std::span<const BuiltIn> networks) {
  Sheet sheet;
  sheet.columns = {{"name", "network"}, {"summary", "what it is", false, 0, 20}};
  for (const BuiltIn& network : networks)
    sheet.rows.push_back({Cell::of(network.name), Cell::of(network.summary)});
  return sheet;
}

}  // namespace reckon

// reckon networks [show NAME]: the built-in networks.
#include "base/text.h"
#include "command.h"
#include "report/pages.h"

namespace reckon::cli {

Answer run_networks(const Call& call) {
  const auto networks = built_in_networks();
  if (!call.asked.has("action")) {
    if (call.format == Format::json) return json_of({networks_field, {networks}});
    if (call.format == Format::text) return networks_text(networks, call.style);
    return page_of(networks_sheet(networks), call);
  }
  if (!call.asked.has("about"))
    return fail(ErrorCode::bad_argument, "name a network: reckon networks show alexnet",
                "networks show");
  std::vector<std::string_view> names;
  for (const BuiltIn& network : networks) {
    if (network.name == call.asked.text("about")) {
      if (call.format != Format::json) return std::string(network.text);
      return json_of({networks_field, {std::span(&network, 1), /*with_text=*/true}});
    }
    names.push_back(network.name);
  }
  return fail(ErrorCode::not_found,
              "there is no built-in network " + quoted(call.asked.text("about")) +
                  did_you_mean(call.asked.text("about"), names),
              "networks show");
}

}  // namespace reckon::cli

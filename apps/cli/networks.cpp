// reckon networks [show NAME]: the built-in networks.
#include "base/text.h"
#include "command.h"
#include "report/json_parts.h"
#include "report/pages.h"

namespace reckon::cli {

namespace {

std::string json_of(const BuiltIn& network) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_reckon(json);
  json.key("networks");
  json.begin_array();
  json.begin_object();
  json.member("name", network.name);
  json.member("summary", network.summary);
  json.member("text", network.text);
  json.end_object();
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace

Answer run_networks(const Call& call) {
  const auto networks = built_in_networks();
  if (!call.asked.has("action")) {
    if (call.format == Format::json) return networks_json(networks);
    if (call.format == Format::text) return networks_text(networks, call.style);
    return page_of(networks_sheet(networks), call);
  }
  if (!call.asked.has("about"))
    return fail(ErrorCode::bad_argument, "name a network: reckon networks show alexnet",
                "networks show");
  std::vector<std::string_view> names;
  for (const BuiltIn& network : networks) {
    if (network.name == call.asked.text("about"))
      return call.format == Format::json ? json_of(network)
                                         : std::string(network.text);
    names.push_back(network.name);
  }
  return fail(ErrorCode::not_found,
              "there is no built-in network " + quoted(call.asked.text("about")) +
                  did_you_mean(call.asked.text("about"), names),
              "networks show");
}

}  // namespace reckon::cli

// reckon networks [show NAME]: the built-in networks.
#include "base/text.h"
#include "command.h"
#include "report/pages.h"

namespace reckon::cli {

// `model` is "show" or empty, `layer` the name.
void describe_networks(CLI::App& app, Options& options) {
  app.description("The built-in networks; show NAME prints one to copy.");
  app.add_option("ACTION", options.model, "show")->option_text(" ");
  app.add_option("NAME", options.layer, "a network of the list")->option_text(" ");
  add_format_options(app, options);
  app.footer(
      "Examples:\n"
      "  reckon networks\n"
      "  reckon networks show mnist > mine.net\n"
      "  reckon mine.net\n");
}

Answer run_networks(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  const auto networks = built_in_networks();
  if (options.model.empty()) {
    if (asked.format == Format::json) return networks_json(networks);
    if (asked.format == Format::text) return networks_text(networks, asked.style);
    return page_of(networks_sheet(networks), asked);
  }
  if (options.model != "show")
    return fail(ErrorCode::bad_argument,
                "networks can only show, not " + quoted(std::string_view(options.model)),
                "networks");
  if (options.layer.empty())
    return fail(ErrorCode::bad_argument, "name a network: reckon networks show alexnet",
                "networks show");
  std::vector<std::string_view> names;
  for (const BuiltIn& network : networks) {
    if (network.name == options.layer) return std::string(network.text);
    names.push_back(network.name);
  }
  return fail(ErrorCode::not_found,
              "there is no built-in network " + quoted(std::string_view(options.layer)) +
                  did_you_mean(options.layer, names),
              "networks show");
}

}  // namespace reckon::cli

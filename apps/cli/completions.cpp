// reckon completions SHELL: a script that completes subcommands, options, networks and names.
//
// The scripts (completions/) hold only what never changes with a model; they ask `reckon complete`
// for the rest.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "command.h"
#include "completion_scripts.h"
#include "report/pages.h"
#include "report/silicon_pages.h"

namespace reckon::cli {
namespace {

Result<std::string> lines_about_model(std::string_view what, const std::string& spec) {
  std::string out;
  Question question;
  question.receptive_fields = false;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(spec, question));
  if (what == "dims") {
    for (const auto name : settable_names(*inquiry.model)) out.append(printable(name)).append("\n");
    return out;
  }
  for (const reckon::Layer& layer : inquiry.analysis.layers)
    if (layer.visible) out.append(name_of(layer)).append("\n");
  return out;
}

}  // namespace

void describe_completions(CLI::App& app, Options& options) {
  app.description("A completion script for bash, zsh or fish.");
  app.add_option("SHELL", options.model, "bash, zsh or fish")->option_text(" ");
  app.footer(
      "Examples:\n"
      "  source <(reckon completions bash)\n"
      "  reckon completions fish > ~/.config/fish/completions/reckon.fish\n");
}

Answer run_completions(const Options& options) {
  if (options.model == "bash") return std::string(bash_completion);
  if (options.model == "zsh") return std::string(zsh_completion);
  if (options.model == "fish") return std::string(fish_completion);
  constexpr std::array<std::string_view, 3> shells = {"bash", "zsh", "fish"};
  return fail(ErrorCode::bad_argument,
              (options.model.empty()
                   ? std::string("name a shell")
                   : "there is no completion for " + quoted(std::string_view(options.model)) +
                         did_you_mean(options.model, shells)) +
                  " (bash, zsh, fish)",
              "completions");
}

void describe_complete(CLI::App& app, Options& options) {
  app.description("Names for the completion scripts, one a line.");
  app.group("");
  app.add_option("WHAT", options.model, "commands, options, networks, devices, …");
  app.add_option("MODEL", options.layer, "for dims and layers; a subcommand for options");
}

Answer run_complete(const Options& options) {
  std::string out;
  if (options.model == "dims" || options.model == "layers")
    return lines_about_model(options.model, options.layer);
  if (options.model == "networks")
    for (const BuiltIn& network : built_in_networks()) out.append(network.name).append("\n");
  if (options.model == "devices") {
    RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
    for (const Device& device : devices) out.append(device.name).append("\n");
  }
  if (options.model == "optimizers")
    for (const Optimizer& row : optimizers()) out.append(row.name).append("\n");
  if (options.model == "precisions")
    for (const Precision& row : precisions()) out.append(row.name).append("\n");
  if (options.model == "activations")
    for (const Activation& row : activations()) out.append(row.name).append("\n");
  if (options.model == "initialisations")
    for (const Initialisation& row : initialisations()) out.append(row.name).append("\n");
  if (options.model == "constants") {
    RECKON_ASSIGN(const HardwareConstants constants, HardwareConstants::built_in());
    for (const HardwareConstant& row : constants.all())
      if (row.editable) out.append(row.name).append("\n");
  }
  if (options.model == "conventions")
    for (const auto name : convention_names()) out.append(name).append("\n");
  // Of a model alone, `reckon complete options` lists what the tables take.
  const bool known = std::any_of(commands().begin(), commands().end(), [&](const Command& command) {
    return command.name == options.layer;
  });
  const std::string_view of = known ? std::string_view(options.layer) : "layers";
  for (const Command& command : commands()) {
    Options ignored;
    CLI::App app;
    command.describe(app, ignored);
    if (app.get_group().empty()) continue;
    if (options.model == "commands") out.append(command.name).append("\n");
    if (options.model == "options" && command.name == of)
      for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) out.append("--" + name + "\n");
  }
  return out;
}

}  // namespace reckon::cli

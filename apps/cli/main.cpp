// The command line: finds the subcommand, runs it, prints what it answers.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <new>

#include "allocation.h"
#include "base/text.h"
#include "base/version.h"
#include "command.h"
#include "report/cells.h"
#include "report/pages.h"
#include "terminal.h"

namespace reckon::cli {
namespace {

// Options whose value is the next argument.
constexpr std::string_view with_value[] = {
    "--batch",          "--set",       "--convention", "--format",  "--width",
    "--depth",          "--optimizer", "--precision",  "--policy",  "--inplace",
    "--update",         "--freeze",    "--accumulate", "--arena",   "--order",
    "--checkpoint",     "--device",    "--budget",     "--max",     "--activation",
    "--initialisation", "--units",     "--samples",    "--seeds",   "--constant",
    "--port",           "--host",      "--folder",     "--timeout", "--lab",
    "--fused",          "--overlap",   "--out",        "--name",    "--runs",
    "--patience",       "--node",      "--memory",     "--sram",    "--idle-w",
    "--area-mm2",       "--power-w",   "--on",         "--threads", "--warmup",
    "--repeats",        "--values",    "--plot",       "--rate",    "--macs",
    "--outputs",        "--params",    "--batches",    "--folds",   "--library"};

// Which subcommand the call is for.
struct Call {
  const Command* command = nullptr;    // null: none, as in `reckon --help`
  bool implied = false;                // `reckon MODEL` is `reckon report MODEL`
  std::vector<std::string> arguments;  // without the subcommand
};

const Command* find_command(std::string_view name) {
  for (const Command& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

Call read_call(int argc, char** argv) {
  Call call;
  call.arguments.assign(argv + 1, argv + argc);
  auto& arguments = call.arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--") break;
    if (argument.starts_with('-') && argument.size() > 1) {
      if (std::find(std::begin(with_value), std::end(with_value), argument) != std::end(with_value))
        ++i;
      continue;
    }
    call.command = find_command(argument);
    if (call.command != nullptr) {
      arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      call.command = find_command("report");
      call.implied = true;
    }
    return call;
  }
  const auto asks = [&](std::string_view option) {
    return std::find(arguments.begin(), arguments.end(), option) != arguments.end();
  };
  if (!arguments.empty() && !asks("--help") && !asks("-h") && !asks("--version")) {
    call.command = find_command("report");
    call.implied = true;
  }
  return call;
}

// Known before the options are parsed: a mistake among them is reported in the right format.
bool wants_json(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i] == "--format=json" ||
        (arguments[i] == "--format" && i + 1 < arguments.size() && arguments[i + 1] == "json"))
      return true;
  return false;
}

Exit report_failure(const Error& error, bool json, std::optional<Exit> status = std::nullopt) {
  // A place that the sentence names already is not repeated.
  const bool says_where =
      error.where.empty() ||
      error.message.find(reckon::quoted(std::string_view(error.where))) != std::string::npos;
  if (json) {
    print(error_json(error));
  } else {
    print_error("reckon: " + std::string(to_string(error.code)) + ": " + error.message +
                (says_where ? "" : " (" + printable(error.where) + ")"));
  }
  if (status) return *status;
  // What an option says is part of the call, a device's name too.
  if (error.code == ErrorCode::bad_argument || error.where.starts_with("--"))
    return Exit::wrong_call;
  return error.code == ErrorCode::internal ? Exit::bug : Exit::bad_input;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  return names;
}

// What CLI11 could not place.
Status check_rest(const CLI::App& app, const Call& call, const Options& options) {
  const std::vector<std::string> rest = app.remaining();
  const std::string help = "'reckon " + std::string(call.command->name) + " --help' lists them";
  for (const std::string& argument : rest) {
    if (!argument.starts_with('-')) continue;
    const std::vector<std::string> known = option_names(app);
    const std::vector<std::string_view> views(known.begin(), known.end());
    const std::string_view name = std::string_view(argument).substr(0, argument.find('='));
    const std::string guess = did_you_mean(name, views);
    return fail(ErrorCode::bad_argument,
                "there is no option " + quoted(name) + (guess.empty() ? "; " + help : guess));
  }
  if (rest.empty()) return {};
  // `reckon layres alexnet`: the subcommand is the likelier mistake.
  if (call.implied)
    return fail(ErrorCode::bad_argument, "there is no subcommand " +
                                             quoted(std::string_view(options.model)) +
                                             did_you_mean(options.model, command_names()));
  return fail(ErrorCode::bad_argument,
              quoted(std::string_view(rest.front())) + " is one argument too many");
}

// `reckon netwroks` may mean a subcommand as well as a model.
void suggest_command(const Call& call, const Options& options, Error& error) {
  if (!call.implied || error.code != ErrorCode::not_found) return;
  if (error.message.find("did you mean") != std::string::npos) return;
  const auto names = command_names();
  const auto name = nearest(options.model, names);
  if (!name) return;
  error.message.resize(std::min(error.message.find(';'), error.message.size()));
  error.message += ", did you mean the subcommand " + std::string(*name) + "?";
}

Exit run_command(Call& call) {
  const bool json = wants_json(call.arguments);
  Options options;
  options.arguments = call.arguments;
  CLI::App app("", "reckon " + std::string(call.command->name));
  app.allow_extras();
  app.set_help_flag("-h,--help", "this page");
  app.get_formatter()->column_width(26);
  call.command->describe(app, options);
  try {
    std::reverse(call.arguments.begin(), call.arguments.end());  // as CLI11 wants them
    app.parse(call.arguments);
  } catch (const CLI::CallForHelp&) {
    return print(app.help()) ? Exit::answered : Exit::bad_input;
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view what = error.what();
    return report_failure({ErrorCode::bad_argument,
                           std::string(what.substr(0, what.find(':'))) + " needs one value", ""},
                          json);
  } catch (const CLI::ParseError& error) {
    return report_failure({ErrorCode::bad_argument, error.what(), ""}, json);
  }
  if (const Status rest = check_rest(app, call, options); !rest)
    return report_failure(rest.error(), json);
  Answer answer = call.command->run(options);
  if (!answer) {
    suggest_command(call, options, answer.error());
    return report_failure(answer.error(), json, answer.error().status);
  }
  if (!print(answer->page))
    return report_failure({ErrorCode::io_error, "the answer could not be written", ""}, false);
  return answer->status;
}

std::string help_page() {
  std::string page =
      "Reckon tells what a neural network costs, from its file, and explains every\n"
      "number.\n\n"
      "Usage: reckon MODEL [OPTIONS]            the same as: reckon report MODEL\n"
      "       reckon SUBCOMMAND [OPTIONS]\n\n"
      "MODEL is a file (.onnx, .net), a built-in network (alexnet, gpt2?layers=24), or\n"
      "a chain of fully connected layers (784-128-64-10).\n\n"
      "Subcommands:\n";
  for (const Command& command : commands()) {
    Options options;
    CLI::App app;
    command.describe(app, options);
    if (app.get_group().empty()) continue;
    page += "  " + pad_right(command.name, 13) + app.get_description() + "\n";
  }
  return page +
         "\nExamples:\n"
         "  reckon alexnet                          one screen: size, work, what dominates\n"
         "  reckon layers resnet50.onnx --depth 2   a tree of modules\n"
         "  reckon explain alexnet-d2l Conv-1       formula, substitution, value\n"
         "  reckon memory gpt2 --train --batch 4    what a training step needs\n"
         "  reckon fit gpt2 --device t4 --max batch --train\n"
         "  reckon time gpt2 --device t4            layer by layer, and what bounds it\n"
         "  reckon measure resnet18 --train         run it, beside the prediction\n"
         "  reckon alexnet --batch 8 --format json  for programs\n"
         "\n'reckon SUBCOMMAND --help' has the options and more examples.\n"
         "Exit status: 0 answered, 1 the input is bad, 2 the call is wrong, 3 a check\n"
         "failed or nothing fits, 70 a bug of Reckon.\n";
}

Exit run(int argc, char** argv) {
  Call call = read_call(argc, argv);
  if (call.command != nullptr) return run_command(call);
  for (const std::string& argument : call.arguments)
    if (argument == "--version") {
      print(wants_json(call.arguments) ? version_json() : "reckon " + std::string(version) + "\n");
      return Exit::answered;
    }
  if (!call.arguments.empty()) {
    print(help_page());
    return Exit::answered;
  }
  print_error(help_page());
  return Exit::wrong_call;
}

}  // namespace
}  // namespace reckon::cli

int main(int argc, char** argv) {
  using namespace reckon;
  using namespace reckon::cli;
  prefer_huge_pages();
  Exit status = Exit::bug;
  try {
    status = cli::run(argc, argv);
  } catch (const std::bad_alloc&) {
    print_error("reckon: limit: the memory is exhausted");
    status = Exit::bad_input;
  } catch (const std::exception& error) {
    print_error(std::string("reckon: internal: ") + error.what());
  }
  return static_cast<int>(status);
}

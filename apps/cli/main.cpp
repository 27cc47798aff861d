// The command line: finds the subcommand, runs it, prints what it answers.
#include <exception>
#include <new>

#include "allocation.h"
#include "arguments.h"
#include "attention.h"
#include "base/text.h"
#include "base/version.h"
#include "command.h"
#include "help.h"
#include "questions/spelling.h"
#include "report/pages.h"
#include "terminal.h"

namespace reckon::cli {
namespace {

Exit report_failure(Error error, bool json, std::optional<Exit> status = std::nullopt) {
  error = spelled_as_option(std::move(error));
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
  // The value of an option is part of the call, a device's name too.
  if (error.code == ErrorCode::does_not_fit) return Exit::check_failed;
  if (error.code == ErrorCode::bad_argument || error.where.starts_with("--"))
    return Exit::wrong_call;
  return error.code == ErrorCode::internal ? Exit::bug : Exit::bad_input;
}

Exit print_or_fail(std::string_view page, Exit status = Exit::answered) {
  if (auto wrong = impossible_figure_in(page)) return report_failure(*std::move(wrong), false);
  if (print(page)) return status;
  return report_failure({ErrorCode::io_error, "the answer could not be written", ""}, false);
}

// `reckon netwroks` may mean a subcommand as well as a model.
void suggest_command(const Call& call, Error& error) {
  if (!call.implied || error.code != ErrorCode::not_found) return;
  if (error.message.find("did you mean") != std::string::npos) return;
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  const auto name = nearest(call.model(), names);
  if (!name) return;
  error.message.resize(std::min(error.message.find(';'), error.message.size()));
  error.message += ", did you mean the subcommand " + std::string(*name) + "?";
}

Answer watched(const Command& command, Call& call) {
  if (!searches(command.name)) return command.run(call);
  call.asked.set_watch(&watch());
  const Attention attention(command.name);
  return command.run(call);
}

Exit run_command(Call& call) {
  const bool json = wants_json(call.arguments);
  const auto read = read_words(call);
  if (!read) return report_failure(read.error(), json);
  if (!*read) return print_or_fail(help_page(*call.kind));
  for (const Command& command : commands()) {
    if (command.name != call.kind->name) continue;
    Answer answer = watched(command, call);
    if (watch().heard()) {
      print_error(
          "reckon: interrupted: the search was ended early; the answer is the best found until "
          "then");
      if (answer) return print_or_fail(answer->page, Exit::interrupted);
      return report_failure(answer.error(), json, Exit::interrupted);
    }
    if (!answer) {
      suggest_command(call, answer.error());
      return report_failure(answer.error(), json, answer.error().status);
    }
    return print_or_fail(answer->page, answer->status);
  }
  return Exit::bug;
}

Exit run(int argc, char** argv) {
  Call call = find_call({argv + 1, argv + argc});
  if (call.kind != nullptr) return run_command(call);
  for (const std::string& argument : call.arguments)
    if (argument == "--version") {
      return print_or_fail(wants_json(call.arguments) ? *json_of(version_answer)
                                                      : "reckon " + std::string(version) + "\n");
    }
  if (!call.arguments.empty()) {
    return print_or_fail(help_page());
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

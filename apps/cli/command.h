// A subcommand: a question (src/questions) and the function that answers it for a person. One file
// for each; their table is in commands.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "questions/asked.h"
#include "questions/inquiry.h"
#include "questions/question.h"
#include "report/answer_check.h"
#include "report/json_fields.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon::cli {

// The exit status is a promise (docs, README).
enum class Exit : int {
  answered = 0,
  bad_input = 1,
  wrong_call = 2,
  check_failed = 3,
  bug = 70,
  interrupted = 130,  // as shells say of a program that SIGINT ended
};

// Why there is no page. The status follows from the code, unless it is said.
struct Failure : Error {
  Failure(Error error) : Error(std::move(error)) {}  // NOLINT: every Error is one
  Failure(Error error, Exit exit) : Error(std::move(error)), status(exit) {}
  std::optional<Exit> status;
};
// A page for standard output, and the status that the program ends with.
struct Answered {
  std::string page;
  Exit status = Exit::answered;
  Answered(std::string text, Exit exit = Exit::answered)  // NOLINT: every page is one
      : page(std::move(text)), status(exit) {}
};
// A page, or why there is none.
using Answer = std::expected<Answered, Failure>;

enum class Format : std::uint8_t { text, json, csv, markdown };

// A call: the question with everything that was said, and how the page is to look.
struct Call {
  const QuestionKind* kind = nullptr;
  Asked asked{""};
  bool implied = false;                // `reckon MODEL` is `reckon report MODEL`
  std::vector<std::string> arguments;  // as typed, without the subcommand
  Format format = Format::text;
  Style style;

  // As typed; empty where there is none.
  std::string_view model() const { return asked.text("model"); }
};

struct Command {
  std::string_view name;
  Answer (*run)(const Call& call);
};
std::span<const Command> commands();

// Kept until the process ends: taking a graph of a million nodes apart takes longer than leaving.
template <class T>
const T& keep(T value) {
  static const T* kept = nullptr;
  kept = new T(std::move(value));
  return *kept;
}
// Opens and analyses MODEL.
Result<const Inquiry*> open(const Call& call, bool receptive_fields);
Status needs_model(const Call& call);
// A device of the list, or the one in a file ("boards.json", "boards.json#my-board").
Result<Device> device_named(std::string_view text);
// Text, CSV or Markdown of rows.
std::string page_of(const Sheet& sheet, const Call& call);

}  // namespace reckon::cli

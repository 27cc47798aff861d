// A subcommand: what it is called, and a function that answers. One file for each.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "options.h"
#include "report/sheet.h"

namespace reckon::cli {

// The exit status is a promise (docs, README).
enum class Exit : int { answered = 0, bad_input = 1, wrong_call = 2, check_failed = 3, bug = 70 };

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

struct Command {
  std::string_view name;
  void (*describe)(CLI::App& app, Options& options);
  Answer (*run)(const Options& options);
};

void describe_report(CLI::App& app, Options& options);
void describe_layers(CLI::App& app, Options& options);
void describe_explain(CLI::App& app, Options& options);
void describe_memory(CLI::App& app, Options& options);
void describe_fit(CLI::App& app, Options& options);
void describe_time(CLI::App& app, Options& options);
void describe_energy(CLI::App& app, Options& options);
void describe_measure(CLI::App& app, Options& options);
void describe_chip(CLI::App& app, Options& options);
void describe_devices(CLI::App& app, Options& options);
void describe_silicon(CLI::App& app, Options& options);
void describe_gradients(CLI::App& app, Options& options);
void describe_networks(CLI::App& app, Options& options);
void describe_lab(CLI::App& app, Options& options);
void describe_ledger(CLI::App& app, Options& options);
void describe_completions(CLI::App& app, Options& options);
void describe_complete(CLI::App& app, Options& options);
void describe_docs(CLI::App& app, Options& options);

Answer run_report(const Options& options);
Answer run_layers(const Options& options);
Answer run_explain(const Options& options);
Answer run_memory(const Options& options);
Answer run_fit(const Options& options);
Answer run_time(const Options& options);
Answer run_energy(const Options& options);
Answer run_measure(const Options& options);
Answer run_chip(const Options& options);
Answer run_devices(const Options& options);
Answer run_silicon(const Options& options);
Answer run_gradients(const Options& options);
Answer run_networks(const Options& options);
Answer run_lab(const Options& options);
Answer run_lab_author(const Options& options);
Answer run_ledger(const Options& options);
Answer run_completions(const Options& options);
Answer run_complete(const Options& options);
Answer run_docs(const Options& options);

Answer run_devices_calibrate(const Options& options);
Answer run_devices_fit(const Options& options);

std::span<const Command> commands();

// What most subcommands begin with.
struct Asked {
  Format format = Format::text;
  Style style;
  Question question;
};
Result<Asked> read(const Options& options);
// Kept until the process ends: taking a graph of a million nodes apart takes longer than leaving.
Result<const Inquiry*> open(const Options& options, const Question& question);
std::string page_of(const Sheet& sheet, const Asked& asked);

}  // namespace reckon::cli

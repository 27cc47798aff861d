// The options that every subcommand takes, and what they mean.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/chip_inquiry.h"
#include "api/energy_inquiry.h"
#include "api/fit_inquiry.h"
#include "api/inquiry.h"
#include "api/measure_words.h"
#include "api/memory_inquiry.h"
#include "api/time_inquiry.h"
#include "base/result.h"
#include "report/style.h"

namespace reckon::cli {

enum class Format : std::uint8_t { text, json, csv, markdown };

// Of `reckon lab`.
struct LabWords {
  std::string port, host, folder, timeout, question;
  bool open = false, no_open = false;
};

// Of `reckon devices`: calibrate, and fit with the columns of its table.
struct DeviceWords {
  std::string out, name, runs, patience;
  std::string macs, outputs, params, rate, batch, folds;
};

// What `reckon time` shows.
struct TimePage {
  bool layers = false, kinds = false, shapes = false;
  std::string plot;
};

// Of `reckon silicon` and `reckon gradients`.
struct UnitOptions {
  std::vector<std::string> constants;
  bool measure = false;
  std::string activation, initialisation, units, samples, seeds;
};

// As typed: checked by the functions below, so that every mistake gets one sentence.
struct Options {
  std::string model, layer;
  std::string format = "text", batch, convention = "pure", width, depth;
  std::vector<std::string> set, shape;
  bool ascii = false, no_color = false, all = false;
  MemoryWords memory;
  FitWords fit;
  TimeWords time;
  EnergyWords energy;
  ChipWords chip;
  std::string chip_area, chip_power;
  std::string idle_w;  // of `reckon energy`
  MeasureWords measure;
  UnitOptions unit;
  DeviceWords device;
  TimePage time_page;
  LabWords lab;
  std::string accumulate;
  bool timeline = false;
  std::vector<std::string> arguments;  // as typed, without the subcommand
};

void add_format_options(CLI::App& app, Options& options);
// MODEL, --batch, --set and the above.
void add_model_options(CLI::App& app, Options& options);
// Where a page counts as another tool does.
void add_convention_option(CLI::App& app, Options& options);

// --train, --optimizer, --precision, --policy, --inplace, --update, --freeze.
void add_training_options(CLI::App& app, Options& options);

// All fail with bad_argument: the call is wrong.
Result<Format> format_of(const Options& options);
Result<Question> question_of(const Options& options);
Result<Style> style_of(const Options& options);
Result<int> depth_of(const Options& options);
Result<std::int64_t> whole_number(std::string_view text, std::string_view option);
// Where `word` is a file ("boards.json", "boards.json#my-board"): reads it, puts its device into
// `own` and the device's name in the place of the word.
Status read_own_device(std::string& word, std::vector<Device>& own);
// NAME=VALUE, each.
Result<std::vector<std::pair<std::string, double>>> read_constants(
    const std::vector<std::string>& settings);
// nullopt where it is no number.
std::optional<double> parse_real(std::string_view text);
// Replaces the file.
Status write_file(const std::string& path, std::string_view text);
Status needs_model(const Options& options);

}  // namespace reckon::cli

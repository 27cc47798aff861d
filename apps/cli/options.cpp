#include "options.h"

#include <array>
#include <charconv>
#include <fstream>

#include "base/text.h"
#include "terminal.h"

namespace reckon::cli {
namespace {

constexpr std::array<std::string_view, 4> formats = {"text", "json", "csv", "markdown"};

std::unexpected<Error> wrong(std::string message, std::string where) {
  return fail(ErrorCode::bad_argument, std::move(message), std::move(where));
}

std::string choices(std::span<const std::string_view> names) {
  std::string out;
  for (const auto name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

Result<std::size_t> choice(std::string_view text, std::span<const std::string_view> names,
                           std::string_view option) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text) return i;
  const std::string guess = did_you_mean(text, names);
  return wrong("there is no " + std::string(option.substr(2)) + " " + quoted(text) +
                   (guess.empty() ? " (" + choices(names) + ")" : guess),
               std::string(option));
}

}  // namespace

Result<std::int64_t> whole_number(std::string_view text, std::string_view option) {
  const auto value = parse_int(text);
  if (!value) return wrong("a whole number is expected, not " + quoted(text), std::string(option));
  return *value;
}

Status read_own_device(std::string& word, std::vector<Device>& own) {
  const DeviceSpec spec = device_spec(word);
  if (spec.file.empty()) return {};
  RECKON_ASSIGN(const std::unique_ptr<ByteSource> source, open_file(std::string(spec.file)));
  RECKON_ASSIGN(const std::vector<Device> devices, read_devices(*source));
  RECKON_ASSIGN(Device device, one_device(devices, spec.name, spec.file));
  word = device.name;
  own = {std::move(device)};
  return {};
}

std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

Result<std::vector<std::pair<std::string, double>>> read_constants(
    const std::vector<std::string>& settings) {
  std::vector<std::pair<std::string, double>> out;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const auto value = equals == std::string::npos
                           ? std::nullopt
                           : parse_real(std::string_view(setting).substr(equals + 1));
    if (!value)
      return wrong(
          "a constant is set as relu.transistors=100, not " + quoted(std::string_view(setting)),
          "--constant");
    out.emplace_back(setting.substr(0, equals), *value);
  }
  return out;
}

Status write_file(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return fail(ErrorCode::io_error, "the file could not be written", printable(path));
  return {};
}

Status needs_model(const Options& options) {
  if (!options.model.empty()) return {};
  return wrong("name a model: a file, a built-in network such as alexnet, or 784-128-64-10",
               "MODEL");
}

void add_format_options(CLI::App& app, Options& options) {
  app.add_option("--format", options.format, "text, json, csv or markdown")->type_name("FORMAT");
  app.add_option("--width", options.width, "columns of a line (as the terminal has)")
      ->type_name("N");
  app.add_flag("--ascii", options.ascii, "only ASCII characters");
  app.add_flag("--no-color,--no-colour", options.no_color, "no colours (as with NO_COLOR)");
}

void add_model_options(CLI::App& app, Options& options) {
  app.add_option("MODEL", options.model, "a file, a built-in network, or 784-128-64-10")
      ->option_text(" ");
  app.add_option("--batch", options.batch, "inputs in one pass (1)")->type_name("N");
  app.add_option("--set", options.set, "a parameter or free dimension; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  add_format_options(app, options);
}

void add_convention_option(CLI::App& app, Options& options) {
  app.add_option("--shape", options.shape, "an input's shape: input=1x3x224x224; repeatable")
      ->type_name("NAME=DIMS")
      ->allow_extra_args(false);
  app.add_option("--convention", options.convention, "pure, torchsummary, torchinfo, fvcore")
      ->type_name("NAME");
}

void add_training_options(CLI::App& app, Options& options) {
  MemoryWords& words = options.memory;
  app.add_flag("--train", words.train, "a training step, not an inference");
  app.add_option("--optimizer", words.optimizer, "sgd, momentum, adam, adamw, lion, …")
      ->type_name("NAME");
  app.add_option("--precision", words.precision, "fp32, fp16, bf16, amp-fp16, int8, …")
      ->type_name("NAME");
  app.add_option("--policy", words.policy, "pytorch, textbook, arena: how the need is counted")
      ->type_name("NAME");
  app.add_option("--inplace", words.in_place, "activations overwrite their input: on, off")
      ->type_name("WORD");
  app.add_option("--update", words.update, "the optimizer's loop: single, foreach, fused")
      ->type_name("WORD");
  app.add_option("--freeze", words.freeze, "layers that are not trained; repeatable")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
}

Result<Format> format_of(const Options& options) {
  RECKON_ASSIGN(const std::size_t i, choice(options.format, formats, "--format"));
  return static_cast<Format>(i);
}

Result<Question> question_of(const Options& options) {
  Question question;
  if (!options.batch.empty()) {
    RECKON_ASSIGN(question.batch, whole_number(options.batch, "--batch"));
  }
  for (const std::string& one : options.set) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      return wrong("NAME=VALUE is expected, not " + quoted(std::string_view(one)), "--set");
    const std::string name = one.substr(0, equals);
    RECKON_ASSIGN(const std::int64_t value,
                  whole_number(std::string_view(one).substr(equals + 1), "--set " + name));
    if (!question.set.emplace(name, value).second)
      return wrong(quoted(std::string_view(name)) + " is set twice", "--set");
  }
  question.shape = options.shape;
  RECKON_TRY(choice(options.convention, convention_names(), "--convention"));
  question.convention = *parse_convention(options.convention);
  return question;
}

Result<Style> style_of(const Options& options) {
  constexpr std::int64_t narrowest = 40, widest = 1000;
  Style style;
  style.ascii = options.ascii;
  style.colour = !options.no_color && terminal_wants_colour();
  style.width = terminal_width();
  if (options.width.empty()) return style;
  RECKON_ASSIGN(const std::int64_t width, whole_number(options.width, "--width"));
  if (width < narrowest || width > widest)
    return wrong("a width is 40 to 1000 columns, not " + std::to_string(width), "--width");
  style.width = static_cast<int>(width);
  return style;
}

Result<int> depth_of(const Options& options) {
  constexpr std::int64_t deepest = 100;
  RECKON_ASSIGN(const std::int64_t depth, whole_number(options.depth, "--depth"));
  if (depth < 0 || depth > deepest)
    return wrong("a depth is 0 to 100, not " + std::to_string(depth), "--depth");
  return static_cast<int>(depth);
}

}  // namespace reckon::cli

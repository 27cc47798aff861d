// Reckon for C++23: what a neural network costs.
//
//   auto model = reckon::open("alexnet");
//   if (!model) return complain(model.error().message);
//   auto report = model->report({.batch = 8});
//   std::cout << report->totals.macs;
//
// Nothing here throws, prints or exits: what can fail returns a Result. A Model never changes and
// may be asked by any number of threads. The words are those of docs/json.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reckon {
inline namespace api {

struct Error {
  std::string code;     // "not_found", "corrupt", "bad_argument", …
  std::string message;  // one sentence
  std::string where;    // file, line:column, node; may be empty
};

template <class T>
using Result = std::expected<T, Error>;

// An absent number is a figure that nobody knows; it is never zero.
using Count = std::optional<std::int64_t>;
// A dimension that nobody knows is absent.
using Dims = std::vector<Count>;

struct Options {
  std::optional<std::int64_t> batch = {};
  std::map<std::string, std::int64_t> set = {};  // parameters and free dimensions
  std::string convention = "pure";               // torchsummary, torchinfo, fvcore
};

struct Totals {
  std::int64_t params = 0, trainable_params = 0, buffers = 0, param_bytes = 0, buffer_bytes = 0;
  std::int64_t macs = 0, conv_macs = 0, linear_macs = 0, matmul_macs = 0, recurrent_macs = 0;
  std::int64_t flops = 0, int_ops = 0;
  std::int64_t activations = 0, peak_activations = 0;
  std::int64_t activation_bytes = 0, peak_activation_bytes = 0;
  std::int64_t conv_gemm_outputs = 0;
  std::int64_t read_bytes = 0, write_bytes = 0;
  double arithmetic_intensity = 0;  // flops per byte moved
};

struct Coverage {
  std::int64_t nodes = 0, counted = 0, free = 0, unknown = 0;
  std::vector<std::string> unknown_ops;
  bool complete() const { return unknown == 0; }  // otherwise every total is a lower bound
};

struct Layer {
  std::string name, op, module;
  std::int64_t times = 1;
  std::vector<Dims> input_shapes, output_shapes;
  Count params, buffers, macs, flops, int_ops, read_bytes, write_bytes, activations;
  std::vector<std::int64_t> receptive_field;  // by spatial dimension; empty without one
};

struct Report {
  std::string name, source, format;
  std::int64_t batch = 1;
  std::vector<std::string> assumptions;
  Coverage coverage;
  Totals totals;
  std::vector<Layer> layers;
};

// A figure of a layer and where it comes from.
struct Figure {
  std::string name, unit, standing;
  Count value;
  std::string formula;       // "C_in/g · k_h · k_w · C_out · H_out · W_out · N"
  std::string substitution;  // "3 · 11 · 11 · 96 · 54 · 54 · 1"
};

struct NetworkInfo {
  std::string name, summary;
};

class Model {
 public:
  const std::string& name() const;
  Result<Report> report(const Options& options = {}) const;
  // `layer` by name, module path, or "#12" for the twelfth.
  Result<std::vector<Figure>> explain(std::string_view layer, const Options& options = {}) const;
  // The page that `reckon report MODEL` prints, without colours.
  Result<std::string> text(const Options& options = {}, int width = 80) const;
  // The text that `reckon report MODEL --format json` prints.
  Result<std::string> json(const Options& options = {}) const;

 private:
  friend struct Access;
  struct State;
  std::shared_ptr<const State> state_;
};

// A file, a built-in network ("gpt2?layers=24"), or a chain ("784-128-64-10").
Result<Model> open(std::string_view model);
// A network in the network language.
Result<Model> open_text(std::string_view text, std::string name = "<text>");
// The bytes of a file; used during the call only.
Result<Model> open_memory(std::span<const std::byte> bytes, std::string name = "<memory>");

std::vector<NetworkInfo> networks();
std::string_view version_text();

}  // namespace api
}  // namespace reckon

// A network in the network language, parsed but not yet built (docs/network-language.md).
//
// Two stages: parse_network() checks the text once and gives a Program; build_network() walks it
// at one choice of parameters and gives a Graph. A solver that looks for the largest width parses
// once and builds many times.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/model.h"
#include "graph/graph.h"
#include "language/expression.h"

namespace reckon {

namespace net {

struct LayerDef;  // net/layer_table.h

using language::Expr;
using language::ExprKind;
using language::Place;

// `stride=2`, `11x11`, `skip`: one or more expressions joined by x, perhaps with a name.
// Expressions are indices into Program::exprs.
struct Argument {
  std::string_view name;  // empty: positional
  Place place;
  std::vector<std::int32_t> dims;
};

struct Statement;
using Body = std::vector<Statement>;

struct Statement {
  enum class Kind : std::uint8_t {
    input,
    let,
    layer,
    call,
    from,
    output,
    residual,
    parallel,
    repeat,
    condition,
  };
  Kind kind = Kind::layer;
  Place place;
  std::string_view label;           // `label = …`
  std::string_view name;            // of an input, a variable, a block, a repeat's index
  const LayerDef* layer = nullptr;  // layer, and how a parallel joins its branches
  std::int32_t expr = -1;           // value of a let, times of a repeat, condition of an if
  std::int32_t block = -1;          // index into Program::blocks, for a call
  DType dtype = DType::float32;     // of an input
  std::vector<Argument> arguments;
  std::vector<Body> bodies;  // residual: body, shortcut?; if: then, else?; parallel: branches
};

struct BlockArgument {
  std::string_view name;
  Place place;
  std::int32_t otherwise = -1;  // default; -1: must be given
};

struct Block {
  std::string_view name;
  Place place;
  std::vector<BlockArgument> arguments;
  Body body;
};

struct ParameterDef {
  std::string_view name;
  Place place;
  std::int64_t otherwise = 0, min = 0, max = 0;
};

inline constexpr std::size_t max_text_bytes = 256 * 1024;
inline constexpr int max_nesting = 64;  // braces, block calls
inline constexpr int max_layers = 200'000;
inline constexpr int max_values =
    250'000;  // weights and results: an attention layer has up to forty
inline constexpr std::size_t max_word_bytes = 64;
inline constexpr std::size_t max_name_bytes = 48 * 1024 * 1024;  // of all layers together
inline constexpr int max_steps = 2'000'000;  // statements run, so that empty repeats end too

}  // namespace net

// Views point into `text`, so a Program stays where it was made.
struct Program {
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string name;  // what errors call it
  std::string text;
  std::vector<net::Expr> exprs;
  std::vector<net::ParameterDef> parameters;
  std::vector<net::Block> blocks;
  net::Body body;
};

// Fails with syntax or limit at "name:line:column".
Result<std::shared_ptr<const Program>> parse_network(std::string text, std::string name);

// The parameters of the program, with the values of `set` where it names them. Names that are no
// parameter go to `unused`; without it they are an error (not_found), as is a value outside its
// range (bad_argument).
Result<std::vector<Parameter>> network_parameters(const Program& program, const Parameters& set,
                                                  Parameters* unused = nullptr);

// The graph at these parameters. The first dimension of every input is the free dimension "N".
// REQUIRES: `parameters` come from network_parameters().
Result<std::unique_ptr<Graph>> build_network(const Program& program,
                                             const std::vector<Parameter>& parameters);

// A Model at these parameters, which keeps the program: network_parameters() and build_network().
Result<Model> instantiate(std::shared_ptr<const Program> program, const Parameters& set,
                          Parameters* unused = nullptr);

}  // namespace reckon

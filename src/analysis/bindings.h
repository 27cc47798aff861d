// Free dimensions get numbers before anything else happens, so that every later pass computes with
// numbers only. What nobody set is assumed, and said.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/batch.h"
#include "base/result.h"
#include "base/watch.h"
#include "graph/dim_expression.h"
#include "graph/graph.h"

namespace reckon {

struct Bindings {
  std::optional<std::int64_t> batch;                      // --batch
  std::map<std::string, std::int64_t, std::less<>> dims;  // --set NAME=VALUE, by dimension name
  std::map<std::string, std::vector<Dim>, std::less<>> shapes;  // --shape, by input name
  // Of a search for sizes that the rules allow: counts its steps, and may end it. Or null.
  Watch* watch = nullptr;
};

struct BoundDims {
  Bindings asked;
  std::vector<Dim> values;     // by index of Graph::dim_names
  std::vector<bool> given;     // likewise: set by the caller, or the batch
  std::vector<DimRule> rules;  // for those that follow from others
  // The dimensions of `values` that nobody set, in the order in which they were assumed. Neither
  // the batch nor what follows from others.
  std::vector<Dim> guessed;
  Dim batch = 1;  // the batch; 1 where no dimension is one
  Batch place;    // which dimension it is, and why
  // Set when --batch replaces the number that the file fixes.
  std::optional<Dim> replaces_batch;
  // Inputs whose shape is not the declared one; names in them are replaced as in that.
  std::map<ValueId, Shape> inputs;
  std::vector<std::string> assumptions;  // one sentence each

  // A declared shape with every name replaced by its number.
  Shape bind(const Shape& declared) const;
  // The shape of a graph input.
  Shape input(const Graph& graph, ValueId id) const;
};

// Bindings::shapes of "input=1x3x224x224" and the like.
Result<std::map<std::string, std::vector<Dim>, std::less<>>> parse_shapes(
    const std::vector<std::string>& settings);

// Fails with bad_argument for a batch below 1, a dimension below 0, a name that the graph lacks,
// and a batch where no dimension is one.
Result<BoundDims> bind_dims(const Graph& graph, const Bindings& bindings);

// Computes the dimensions that follow from others anew. Fails where one is negative or beyond
// 64 bits.
Status follow_rules(const Graph& graph, BoundDims& bound);

// The sentences about `guessed` as it now stands, put behind the others.
void note_guesses(const Graph& graph, BoundDims& bound);

}  // namespace reckon

// Free dimensions get numbers before anything else happens, so that every later pass computes with
// numbers only. What nobody set is assumed, and said.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace reckon {

struct Bindings {
  std::optional<std::int64_t> batch;                      // --batch
  std::map<std::string, std::int64_t, std::less<>> dims;  // --set NAME=VALUE, by dimension name
};

struct BoundDims {
  std::vector<Dim> values;  // by index of Graph::dim_names
  // The batch: the value of the first dimension of the first input that has one, and its name
  // ("" where the file fixes it). 1 where the graph has no input with dimensions.
  Dim batch = 1;
  std::string batch_name;
  // Set when --batch replaces a first dimension that the file fixes.
  std::optional<Dim> replaces_batch;
  std::vector<std::string> assumptions;  // one sentence each

  // A declared shape with every name replaced by its number.
  Shape bind(const Shape& declared) const;
};

// Fails with bad_argument for a batch or a dimension below 1 and for a name that the graph lacks.
Result<BoundDims> bind_dims(const Graph& graph, const Bindings& bindings);

}  // namespace reckon

// The nodes of a graph that run, in which order, and when their values go. Knows no LibTorch.
//
// Left out: what computes sizes (they are numbers by now), and the nodes with which an exporter
// gives a weight its form. When values go is the matter of program.h.
#pragma once

#include <vector>

#include "analysis/analyze.h"

namespace reckon {

// The part of a stored value at its reader: decides how it is filled (parameters.h).
enum class Fill : std::uint8_t { matrix, shift, scale, mean, variance, index, not_filled };

struct Stored {
  ValueId value = none;
  Fill fill = Fill::matrix;
  bool trained = false;     // takes a gradient in training
  std::int64_t n_rows = 2;  // for index: of the table that it points into
};

struct Plan {
  std::vector<NodeId> steps;
  std::vector<std::vector<ValueId>> dying;  // by step
  std::vector<std::int32_t> readers;        // by ValueId: operands of steps that read its elements
  std::vector<bool> is_output;              // by ValueId
  std::vector<Stored> stored;               // parameters and buffers, in file order
  std::vector<Stored> inputs;               // of the network
};

// The elements of input i are what the operator works on: not a size, an axis, a bound that is
// known, a recurrent layer's weight (which is stored in another form).
bool reads_elements(const OpContext& ctx, int i);

// Cut from a constant of the file that is too large to be read. A recurrent layer's first state
// that is one is taken to be zero, as exporters write it.
bool is_unread_constant(const OpContext& ctx, int i);

// Every element of the value is known without running anything.
bool is_known(const Tensor& tensor);

// Fails with unsupported for control flow and for shapes that depend on data.
Result<Plan> make_plan(const Graph& graph, const Analysis& analysis,
                       const std::vector<std::string>& frozen);

}  // namespace reckon

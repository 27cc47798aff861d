// Which dimension is the batch. It is a dimension's meaning, not its place:
//
//   1. a free dimension called so ("batch", "batch_size", "bs", "N", …), in any input, anywhere;
//   2. otherwise where the first operator that reads an input has its batch: dimension 0 of what
//      reaches a convolution, 1 of what reaches a recurrent layer whose steps come first, the
//      columns of what a stored matrix is multiplied with; none where that operator is given one
//      sample (a vector, an image that the graph itself makes a batch of one of);
//   3. otherwise dimension 0 of the first input of two or more dimensions, unless its name says
//      that it is something else (a sequence, a height).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/input_uses.h"
#include "graph/graph.h"

namespace reckon {

// A dimension of an input.
struct DimPlace {
  ValueId input = none;
  int axis = 0;
};

struct Batch {
  // A free dimension (<= -2), the number that the file fixes (>= 0), or unknown_dim: there is none.
  Dim dim = unknown_dim;
  // Where it stands, the first place first. Empty where it stands in an expression alone.
  std::vector<DimPlace> places;
  // Free dimensions without a name of the author's that stand where other inputs have their batch.
  std::vector<Dim> same;
  // Why there is none, or why it is where it is: a clause that follows "…, because ". Empty where
  // it goes without saying: called so, or dimension 0 of the first input.
  std::string why;
};

Batch find_batch(const Graph& graph, const std::vector<InputUse>& uses);

// The meaning of a dimension's name, in the words that exporters use.
enum class DimMeaning : std::uint8_t { unknown, batch, sequence, past, image };
DimMeaning meaning_of(std::string_view name);

// Made up by a tool and not chosen by anybody: "x[0]", "unk__12", "dynamic_axes_1".
bool is_anonymous(std::string_view name);

}  // namespace reckon

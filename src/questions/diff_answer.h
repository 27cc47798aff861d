// The answer of `reckon diff`: two networks, or one in two settings, layer by layer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "questions/inquiry.h"

namespace reckon {

struct DiffAnswer {
  // Layers that are the same one, or one that the other network has not: it is absent there, and
  // has an index of 0.
  struct Pair {
    const Layer *layer = nullptr, *other = nullptr;
    std::int64_t index = 0, other_index = 0;
    std::string_view change;  // same, changed, added, removed
  };

  Inquiry of, other;
  std::vector<Pair> pairs;
  std::int64_t same = 0, changed = 0, added = 0, removed = 0;
  bool exact = true;  // Alignment::exact
};

// The visible layers of `of`, and what became of them in `other`. A layer is the same where its
// operator, the shapes of its outputs and every figure are.
DiffAnswer diff_answer(Inquiry of, Inquiry other);

// From the question: `other` null is the same model, with other_batch, other_set, other_shape.
Result<DiffAnswer> inquire_diff(const ModelRef& of, const ModelRef& other, const Asked& asked);

}  // namespace reckon

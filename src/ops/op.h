// One place per operator: a row of plain data and function pointers.
//
// To add an operator, write its row in the file of its family (or a new family, listed in
// table.cpp) and its golden line in tests/golden/ops/FAMILY.txt. The build fails while either is
// missing.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/figure.h"
#include "base/result.h"

namespace reckon {

class OpContext;     // what a rule may read: attributes, inputs, outputs (ops/context.h)
class ShapeContext;  // an OpContext whose outputs can be set

// What one execution of an operator costs, in named factors. Bytes are not here: they follow from
// the tensors (and from the traits below) and are computed for every operator alike.
struct Cost {
  Figure macs;     // multiply-accumulates: convolution, linear, matrix product, recurrent cells
  Figure flops;    // every other floating-point operation; 2·macs is added by the analysis
  Figure int_ops;  // integer operations other than addressing; an integer MAC counts in `macs`
  void clear() {
    macs.clear();
    flops.clear();
    int_ops.clear();
  }
};

// What the backward pass keeps from the forward pass. Bit i is input or output i.
struct Saved {
  std::uint32_t inputs = 0;
  std::uint32_t outputs = 0;
  Figure extra_bytes;  // dropout mask, max-pool indices, normalisation statistics
};

// Sets dtype and shape of every output. An input of unknown shape makes the outputs unknown as far
// as it must (return early); inputs that contradict each other are an error (ctx.mismatch).
using ShapeFn = Status (*)(ShapeContext&);
// Fills `cost`. Called only when the shapes of all outputs are known, or known but for some
// dimensions: an unknown dimension makes the term unknown by itself.
using CostFn = void (*)(const OpContext&, Cost&);
using SavedFn = void (*)(const OpContext&, Saved&);
// Computes the elements of the outputs from small constant inputs, where it can. Called after
// `shape`, and only when at least one input has known elements or the operator has no inputs.
using FoldFn = void (*)(ShapeContext&);

enum class Trait : std::uint16_t {
  nothing = 0,
  view = 1,                    // output 0 is input 0 under another shape: no bytes, no memory
  strided_view = 2,            // output 0 (every output, for Split) is input 0 under other strides
  in_place = 4,                // output 0 may overwrite input 0 when nobody else reads it
  selects = 8,                 // reads of input 0 only as much as it writes (Gather, Slice, …)
  identity_in_inference = 16,  // Dropout: a view unless training
  control = 32,                // If, Loop, Scan: shapes and cost come from the bodies
  metadata = 64,               // reads a shape, not the elements (Shape, Size): no bytes
};
constexpr Trait operator|(Trait a, Trait b) {
  return static_cast<Trait>(static_cast<std::uint16_t>(a) | static_cast<std::uint16_t>(b));
}
constexpr bool has(Trait set, Trait one) {
  return (static_cast<std::uint16_t>(set) & static_cast<std::uint16_t>(one)) != 0;
}

struct OpDef {
  std::string_view name;  // as ONNX spells it
  // Operands and results with the names of their dimensions, in order:
  //   "x[N,C_in,*S] w[C_out,C_in/g,*K] b[C_out]? -> y[N,C_out,*O]"
  // '?' optional, '...' variadic, '*X' any number of dimensions; *S *K *O are spatial and print as
  // H W, k_h k_w, H_out W_out. The documentation, `explain` and the arity check all read this.
  std::string_view signature;
  ShapeFn shape = nullptr;
  CostFn cost = nullptr;    // null: does no arithmetic, "free" in the coverage
  SavedFn saved = nullptr;  // null: the backward pass keeps nothing
  FoldFn fold = nullptr;
  Trait traits = Trait::nothing;
  std::string_view domain = "";  // "" is ai.onnx
};

// What `signature` says of the number of inputs.
struct Arity {
  int min_inputs = 0;
  int max_inputs = 0;  // INT32_MAX when variadic
};
Arity arity(std::string_view signature);

}  // namespace reckon

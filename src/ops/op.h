// One place per operator: a row of plain data and function pointers.
//
// To add an operator, write its row in the file of its family (or a new family, listed in
// table.cpp) and its golden line in tests/golden/ops/FAMILY.txt. The build fails while either is
// missing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/figure.h"
#include "base/result.h"
#include "graph/shape.h"
#include "ops/signature.h"

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

// What kind of thing an operator does.
enum class OpKind : std::uint8_t {
  unknown,  // the row does not say; no row may
  convolution,
  linear,   // a product with weights
  product,  // a matrix product; with weights where an operand is stored
  attention,
  recurrent,
  pooling,
  normalisation,
  activation,
  dropout,
  softmax,
  arithmetic,  // element by element, of one operand or of several
  comparison,  // likewise, with a truth value as result or as an operand
  reduction,   // along axes to one element, or to a running one
  layout,      // the same elements in another order, shape, number or type
  selection,   // some of the elements, chosen by place or by value
  resampling,  // of a grid, at places between its elements
  constant,    // made of nothing but settings, shapes and random numbers
  quantisation,
  control,
  sequence,  // of tensors; optionals
  text,
  signal,
  loss,
  optimizer,
};

// Which elements of the operands an element of output 0 sees.
enum class Space : std::uint8_t {
  unknown,            // the row does not say; no row may
  not_modelled,       // it depends on data, or no rule is written: unknown behind it
  pointwise,          // those of its own place (after broadcasting)
  nothing,            // none: shapes, constants
  window,             // a window, by the attributes that ops/window.h reads
  transposed_window,  // likewise, transposed
  resampled,          // those around its place in a grid of another size
  padded,             // that of its place, moved by `pads`
  mixes,              // all along `axes`, its own place along the others
  rearranges,         // unknown ones along `axes`, its own place along the others
  product,            // the row of the first operand and the column of the second
  permutes,           // Transpose
  reshapes,           // the one with its number in row-major order
  whole,              // all of them
};
// The axes of the first operand that `mixes` or `rearranges` is about, as bits; nullopt where they
// are not known.
using AxesFn = std::optional<std::uint32_t> (*)(const OpContext&);

// How an element is computed.
enum class Functions : std::uint8_t {
  unknown,  // the row does not say; no row that counts operations may
  simple,   // by a few instructions
  special,  // by a series or a division within a function: exp, tanh, erf, log, sin, x/(1+|x|)
};

struct Nature {
  OpKind kind = OpKind::unknown;
  Space space = Space::unknown;
  Functions functions = Functions::unknown;
  AxesFn axes = nullptr;  // of Space::mixes and Space::rearranges
};

// How many numbers the stored operand `i` holds, where that is not how many elements it has
// (several numbers in a byte, blocks that are padded).
using ValuesFn = Dim (*)(const OpContext&, int i);

enum class Trait : std::uint16_t {
  nothing = 0,
  view = 1,                    // output 0 is input 0 under another shape: no bytes, no memory
  strided_view = 2,            // output 0 (every output, for Split) is input 0 under other strides
  in_place = 4,                // output 0 may overwrite input 0 when nobody else reads it
  selects = 8,                 // reads of input 0 only as much as it writes (Gather, Slice, …)
  identity_in_inference = 16,  // Dropout: a view unless training
  control = 32,                // If, Loop, Scan: shapes and cost come from the bodies
  metadata = 64,               // reads a shape, not the elements (Shape, Size): no bytes
  carries = 128,               // outputs hold the elements of the operands without a role, in other
                               // order, number or type: a stored tensor stays what it is
  unit_gradient = 256,         // the gradients of the operands are the result's, but for signs and
                               // layout
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
  //   "x[N,C_in,*S] w:weight[C_out,C_in/g,*K] b:weight[C_out]? -> y[N,C_out,*O]"
  // ':' the role of an operand (OperandRole), '?' optional, '...' variadic, '*X' any number of
  // dimensions; *S *K *O are spatial and print as H W, k_h k_w, H_out W_out. The documentation,
  // `explain` and the arity check all read this.
  std::string_view signature;
  Nature nature;
  ValuesFn values = nullptr;  // null: as many as elements
  ShapeFn shape = nullptr;
  CostFn cost = nullptr;    // null: does no arithmetic, "free" in the coverage
  SavedFn saved = nullptr;  // null: the backward pass keeps nothing
  FoldFn fold = nullptr;
  Trait traits = Trait::nothing;
  std::string_view domain = "";      // "" is ai.onnx
  OperandTable operands{signature};  // read from there; no row writes it

  OperandRole role_of(int i) const {
    return i < OperandTable::n_kept ? operands.roles[static_cast<std::size_t>(i)]
                                    : role_of_operand(signature, i);
  }
  // ONNX's own convolutions and linear layer: x, its weight, and a bias that may be left out.
  bool takes_bias() const {
    return domain.empty() && operands.min_inputs == 2 && operands.max_inputs == 3 &&
           operands.roles[1] == OperandRole::weight && operands.roles[2] == OperandRole::weight &&
           (nature.kind == OpKind::convolution || nature.kind == OpKind::linear);
  }
};

}  // namespace reckon

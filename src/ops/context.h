// What the rules of an operator may see. A context is a cheap view: a node, and the tensors that
// the shape pass has found so far.
#pragma once

#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/pool.h"
#include "base/result.h"
#include "graph/graph.h"
#include "ops/op.h"

namespace reckon {

// What analysis knows of a value.
struct Tensor {
  DType dtype = DType::unknown;
  Shape shape;
  const Constant* value = nullptr;  // its elements, when small and known (or partly known)

  bool operator==(const Tensor&) const = default;
};

// The tensors of a graph, by ValueId. References stay valid, and keep what they refer to, whatever
// is set later.
class TensorList {
 public:
  static const Tensor unknown;  // of unknown type and shape

  std::size_t size() const { return of_.size(); }
  const Tensor& operator[](std::size_t i) const { return *of_[i]; }
  void resize(std::size_t size) { of_.resize(size, &unknown); }
  void push_back(const Tensor& tensor) { of_.push_back(kept(tensor)); }
  void set(std::size_t i, const Tensor& tensor) { of_[i] = kept(tensor); }
  // Returns what its elements were.
  const Constant* set_value(std::size_t i, const Constant* value) {
    const Tensor& before = *of_[i];
    of_[i] = kept({before.dtype, before.shape, value});
    return before.value;
  }

  // What tensors there are, in no order; some of them are no value's any longer. To change one is
  // to change every value that looks like it.
  std::deque<Tensor>& looks() { return pool_.values(); }
  const std::deque<Tensor>& looks() const { return pool_.values(); }

 private:
  const Tensor* kept(const Tensor& tensor);

  std::vector<const Tensor*> of_;
  Pool<Tensor> pool_;
};

class OpContext {
 public:
  OpContext(const Graph& graph, const Node& node, const TensorList& tensors)
      : graph_(graph), node_(node), tensors_(tensors) {}

  const Node& node() const { return node_; }
  const Graph& graph() const { return graph_; }
  int opset() const { return node_.opset; }

  // Inputs and outputs by position; an absent one reads as a Tensor of unknown dtype and shape.
  int n_inputs() const { return static_cast<int>(node_.inputs.count); }
  int n_outputs() const { return static_cast<int>(node_.outputs.count); }
  bool has_input(int i) const { return i < n_inputs() && input_id(i) != none; }
  bool has_output(int i) const { return i < n_outputs() && output_id(i) != none; }
  ValueId input_id(int i) const { return graph_.inputs_of(node_)[static_cast<std::size_t>(i)]; }
  ValueId output_id(int i) const { return graph_.outputs_of(node_)[static_cast<std::size_t>(i)]; }
  const Tensor& in(int i) const;
  const Tensor& out(int i) const;
  bool input_is_initializer(int i) const;

  // Attributes; the default when absent. An attribute of another type reads as absent.
  std::int64_t int_attr(std::string_view name, std::int64_t otherwise) const;
  double float_attr(std::string_view name, double otherwise) const;
  std::string_view string_attr(std::string_view name, std::string_view otherwise) const;
  std::span<const std::int64_t> ints_attr(std::string_view name) const;  // empty when absent
  std::span<const double> floats_attr(std::string_view name) const;      // empty when absent
  const Constant* tensor_attr(std::string_view name) const;              // null when absent
  bool has_attr(std::string_view name) const { return graph_.find_attr(node_, name) != nullptr; }

  // Elements of a small constant input. `const_ints` is nullopt when the input is absent, has no
  // known elements, is not of an integer type, or has an element that is unknown; read
  // in(i).value->ints for partly known ones. `const_floats` likewise; NaN is an unknown element.
  std::optional<std::span<const std::int64_t>> const_ints(int i) const;
  std::optional<std::int64_t> const_int(int i) const;  // first element of a one-element tensor
  std::optional<double> const_float(int i) const;      // likewise, of any numeric type
  std::optional<std::span<const double>> const_floats(int i) const;

  // The list that older opsets hold in attribute `name` and newer ones in input `i` (axes of
  // Squeeze, pads of Pad, …). known == false: given as an input whose elements are not known.
  struct IntList {
    bool present = false, known = true;
    std::vector<std::int64_t> values;
  };
  IntList ints_from(std::string_view name, int i) const;

  // A shape_mismatch (or unsupported) error placed at this node:
  //   "Conv 'features.0': input has 4 channels, the weight expects 3"
  std::unexpected<Error> mismatch(std::string message) const;

 protected:
  const Graph& graph_;
  const Node& node_;
  const TensorList& tensors_;
};

class ShapeContext : public OpContext {
 public:
  // `folded` owns the constants that folding makes; it must be stable (a deque).
  ShapeContext(const Graph& graph, const Node& node, TensorList& tensors,
               std::deque<Constant>& folded)
      : OpContext(graph, node, tensors), outputs_(tensors), folded_(folded) {}

  // No-ops for outputs that the node does not have.
  void set_out(int i, DType dtype, const Shape& shape);
  void set_value(int i, Constant constant);

 private:
  TensorList& outputs_;
  std::deque<Constant>& folded_;
};

// --- Shape arithmetic that many rules share -------------------------------------------------

// Negative axes count from the end. nullopt when out of range.
std::optional<int> normalize_axis(std::int64_t axis, int rank);

// NumPy broadcasting of two shapes; unknown dimensions stay unknown unless the other side settles
// them. nullopt when they contradict each other or the rank is beyond Shape::max_rank.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

// Product that stays unknown (-1) when any part is; saturates to INT64_MAX on overflow.
Dim product(std::span<const Dim> dims);

}  // namespace reckon

// A layer as its emitter sees it: the value that flows in, the arguments that were written, and a
// graph to add nodes to. All names that it gives begin with the layer's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/net/graph_builder.h"
#include "formats/net/layer_table.h"
#include "formats/net/program.h"

namespace reckon::net {

// An argument after evaluation.
struct ArgValue {
  std::string_view name;  // empty: positional
  Place place;
  std::vector<std::int64_t> ints;  // dims, integer, flag, any
  double real = 0;                 // real
  std::string_view word;           // word, any
};

// A named value, and the weight of the layer that made it, for tied weights.
struct Label {
  ValueId value = none;
  ValueId weight = none;
  Place place;
};

class Names {  // who knows the labels: the builder of the network
 public:
  virtual Result<Label> find_label(std::string_view name, Place place) const = 0;

 protected:
  ~Names() = default;
};

class Layer {
 public:
  Layer(GraphBuilder& graph, const Names& names, const LayerDef& def, std::string name, Place place,
        std::vector<ArgValue> args, ValueId input)
      : graph_(graph),
        names_(names),
        def_(def),
        name_(std::move(name)),
        place_(place),
        args_(std::move(args)),
        input_(input) {}

  const LayerDef& def() const { return def_; }
  // The value that flows in.
  ValueId input() const { return input_; }
  const Shape& shape() const { return graph_.shape(input_); }
  const Shape& shape(ValueId value) const { return graph_.shape(value); }
  DType dtype(ValueId value) const { return graph_.dtype(value); }
  int spatial_rank() const { return shape().rank() - 2; }
  Dim channels() const { return shape()[1]; }
  Dim width() const { return shape()[shape().rank() - 1]; }

  // Arguments. Positional ones by position; the default when absent.
  std::size_t n_positional() const;
  const ArgValue* positional(std::size_t i) const;
  const ArgValue* option(std::string_view name) const;
  std::int64_t int_option(std::string_view name, std::int64_t otherwise) const;
  bool flag(std::string_view name, bool otherwise) const;
  double real_option(std::string_view name, double otherwise) const;
  std::string_view word_option(std::string_view name, std::string_view otherwise) const;
  // One number for every spatial dimension; a single one is repeated. Fails when the count is
  // neither 1 nor `rank`, or a value is below `min`.
  Result<std::vector<std::int64_t>> per_dimension(const ArgValue* arg, int rank, std::int64_t min,
                                                  std::int64_t otherwise,
                                                  std::string_view what) const;
  // A whole number of at least `min`.
  Result<std::int64_t> count(const ArgValue* arg, std::int64_t min, std::int64_t otherwise,
                             std::string_view what) const;
  Result<Label> label(std::string_view name, Place place) const {
    return names_.find_label(name, place);
  }

  // "conv: …" at the place of the layer.
  std::unexpected<Error> error(std::string message,
                               ErrorCode code = ErrorCode::shape_mismatch) const;
  std::unexpected<Error> error_at(const ArgValue& arg, std::string message,
                                  ErrorCode code = ErrorCode::bad_argument) const;
  // Fails unless the input has between `min` and `max` dimensions, the batch among them.
  Status need_rank(int min, int max, std::string_view expected) const;

  // Emission. `suffix` "" is the layer itself; "/Reshape" a helper within it.
  Result<ValueId> node(std::string_view op, std::string_view suffix,
                       std::initializer_list<ValueId> inputs, std::vector<Attr> attrs = {});
  Result<std::vector<ValueId>> nodes(std::string_view op, std::string_view suffix,
                                     std::span<const ValueId> inputs,
                                     std::span<const std::string> outputs,
                                     std::vector<Attr> attrs = {});
  Result<ValueId> weight(std::string_view suffix, std::initializer_list<Dim> dims);
  Result<ValueId> weight(std::string_view suffix, const Shape& dims);
  ValueId ints(std::string_view suffix, std::vector<std::int64_t> elements);
  ValueId int_scalar(std::string_view suffix, std::int64_t element);
  ValueId floats(std::string_view suffix, std::vector<double> elements);
  ValueId float_scalar(std::string_view suffix, double element);
  // y = x·Wᵀ + b on the last dimension: Gemm with weight [out,in].
  Result<ValueId> linear(std::string_view suffix, ValueId x, Dim out, bool bias,
                         ValueId tied = none);
  // Keeps the batch: the target is the shape without it.
  Result<ValueId> reshape(std::string_view suffix, ValueId x, std::vector<std::int64_t> dims);
  Result<ValueId> transpose(std::string_view suffix, ValueId x, std::vector<std::int64_t> order);

  const std::string& name() const { return name_; }
  // The first weight that the layer made; none when it has none.
  ValueId first_weight() const { return first_weight_; }

 private:
  std::string named(std::string_view suffix) const { return name_ + std::string(suffix); }

  GraphBuilder& graph_;
  const Names& names_;
  const LayerDef& def_;
  std::string name_;
  Place place_;
  std::vector<ArgValue> args_;
  ValueId input_;
  ValueId first_weight_ = none;
};

// How `parallel` and `residual` join what flows out of their branches.
Result<ValueId> join_concat(Layer& layer, std::span<const ValueId> values, std::int64_t axis);
Result<ValueId> join_elementwise(Layer& layer, std::string_view op,
                                 std::span<const ValueId> values);

}  // namespace reckon::net

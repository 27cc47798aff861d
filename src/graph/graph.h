// A network as data: values (tensors) and nodes (operators) that join them. No rule about any
// operator lives here. Readers build a Graph once; every analysis only reads it.
//
// Everything is stored in flat arrays and referred to by index, and every name is a view into one
// arena, so that a graph of a million nodes is built and walked in linear time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/pool.h"
#include "graph/dtype.h"
#include "graph/shape.h"

namespace reckon {

struct OpDef;  // ops/op.h: the row of an operator. Only pointed to from here.
struct Graph;

using ValueId = std::int32_t;
using NodeId = std::int32_t;
inline constexpr std::int32_t none = -1;  // an absent optional input, a value without producer

// Keeps the bytes of names, and the shapes that a file declares. Views and pointers stay valid for
// as long as the arena lives.
class NameArena {
 public:
  std::string_view keep(std::string_view name);
  const Shape* keep(const Shape& shape) { return shapes_.keep(shape, shape.hash()); }

 private:
  std::deque<std::string> blocks_;
  Pool<Shape> shapes_;
};

// The elements of a small tensor: what flows through shape arithmetic. Readers keep constants of
// at most `max_elements`; larger ones are weights and are never read.
struct Constant {
  static constexpr std::int64_t max_elements = 4096;
  // Marks an element of `ints` that nobody knows yet (the size of a data-dependent dimension).
  static constexpr std::int64_t unknown_element = INT64_MIN;

  DType dtype = DType::unknown;
  Shape shape;                     // static
  std::vector<std::int64_t> ints;  // elements of integer and boolean types, row-major
  std::vector<double> floats;      // elements of floating types, row-major
};

enum class ValueKind : std::uint8_t {
  intermediate,  // made by a node
  input,         // fed by the caller
  initializer,   // stored in the file: a weight, a running statistic or a constant
  captured,      // in the body of If, Loop or Scan: a value of the surrounding graph
};

// The role of a stored tensor as the writer of its file states it.
enum class Stated : std::uint8_t {
  nothing,
  parameter,
  buffer,
  constant,  // a tensor that stood in the program's text
};

struct Value {
  std::string_view name;
  const Shape* says = &Shape::unknown;  // or in the arena of names (Graph::declare)
  DType dtype = DType::unknown;
  ValueKind kind = ValueKind::intermediate;
  Stated stated = Stated::nothing;
  NodeId producer = none;
  std::int32_t constant = none;  // index into Graph::constants, when its elements are known
  ValueId outer = none;          // for captured values: the id in the surrounding graph

  // What the file says; may hold named dimensions, may be of unknown rank.
  const Shape& declared() const { return *says; }
};

struct BodyRef {
  std::int32_t index;  // into Graph::bodies
};
struct ConstantRef {
  std::int32_t index;  // into Graph::constants
};

struct Attr {
  std::string_view name;
  std::variant<std::monostate, std::int64_t, double, std::string_view, std::vector<std::int64_t>,
               std::vector<double>, std::vector<std::string_view>, ConstantRef, BodyRef>
      value;
};

// A range of Graph::edges or Graph::attrs.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

struct Node {
  std::string_view op_type;   // as ONNX spells it: "Conv"
  std::string_view domain;    // "" is ONNX's own
  std::string_view name;      // unique where the reader could make it so; may be empty
  std::string_view module;    // scope without the node itself: "features/0"; may be empty
  const OpDef* op = nullptr;  // null when nobody has a rule for this operator
  Range inputs, outputs, attrs;
  std::int32_t opset = 0;  // version of the node's domain
  std::uint32_t line = 0;  // line in a network-language source; 0 elsewhere
};

struct Graph {
  Graph() : names(std::make_shared<NameArena>()) {}
  // The body of a control-flow node shares its parent's arena.
  explicit Graph(std::shared_ptr<NameArena> arena) : names(std::move(arena)) {}

  std::string_view name;
  std::vector<Node> nodes;  // after sort(): producers before consumers
  std::vector<Value> values;
  std::vector<ValueId> inputs;  // without initializers
  std::vector<ValueId> outputs;
  std::vector<ValueId> edges;  // node inputs and outputs, by Range; `none` where absent
  std::vector<Attr> attrs;
  std::deque<Constant> constants;
  std::vector<std::unique_ptr<Graph>> bodies;
  std::vector<std::string_view> dim_names;  // of free dimensions, in order of appearance
  std::shared_ptr<NameArena> names;

  std::span<const ValueId> inputs_of(const Node& n) const {
    return {edges.data() + n.inputs.begin, n.inputs.count};
  }
  std::span<const ValueId> outputs_of(const Node& n) const {
    return {edges.data() + n.outputs.begin, n.outputs.count};
  }
  std::span<const Attr> attrs_of(const Node& n) const {
    return {attrs.data() + n.attrs.begin, n.attrs.count};
  }
  // Null when the node has no such attribute.
  const Attr* find_attr(const Node& n, std::string_view attr_name) const;

  // The named dimension `dim_name`, new or known already.
  Dim named_dim(std::string_view dim_name);
  // REQUIRES: dim <= -2.
  std::string_view dim_name(Dim dim) const { return dim_names[static_cast<std::size_t>(-2 - dim)]; }

  // Building. Names are kept in the arena by the callee.
  ValueId add_value(std::string_view value_name, ValueKind kind, DType dtype,
                    const Shape& declared);
  void declare(Value& value, const Shape& shape) {
    value.says = shape.has_rank() ? names->keep(shape) : &Shape::unknown;
  }
  std::int32_t add_constant(Constant constant);
  // Sets `producer` of each output. The returned reference is valid until the next add_node.
  Node& add_node(std::string_view op_type, std::string_view node_name,
                 std::span<const ValueId> node_inputs, std::span<const ValueId> node_outputs,
                 std::vector<Attr> node_attrs = {});
};

}  // namespace reckon

#include "ops/context.h"

#include "base/text.h"
#include "graph/attributes.h"

namespace reckon {
namespace {

template <class T>
const T* get(const Graph& graph, const Node& node, std::string_view name) {
  const Attr* attr = graph.find_attr(node, name);
  return attr == nullptr ? nullptr : std::get_if<T>(&attr->value);
}

}  // namespace

const Tensor TensorList::unknown = {};

const Tensor* TensorList::kept(const Tensor& tensor) {
  const std::size_t hash = tensor.shape.hash() * 31 + static_cast<std::size_t>(tensor.dtype);
  return pool_.keep(tensor, hash + reinterpret_cast<std::size_t>(tensor.value));  // NOLINT
}

const Tensor& OpContext::in(int i) const {
  return has_input(i) ? tensors_[static_cast<std::size_t>(input_id(i))] : TensorList::unknown;
}

const Tensor& OpContext::out(int i) const {
  return has_output(i) ? tensors_[static_cast<std::size_t>(output_id(i))] : TensorList::unknown;
}

bool OpContext::input_is_initializer(int i) const {
  return has_input(i) &&
         graph_.values[static_cast<std::size_t>(input_id(i))].kind == ValueKind::initializer;
}

std::int64_t OpContext::int_attr(std::string_view name, std::int64_t otherwise) const {
  return reckon::int_attr(graph_, node_, name, otherwise);
}

double OpContext::float_attr(std::string_view name, double otherwise) const {
  const auto* v = get<double>(graph_, node_, name);
  return v == nullptr ? otherwise : *v;
}

std::string_view OpContext::string_attr(std::string_view name, std::string_view otherwise) const {
  const auto* v = get<std::string_view>(graph_, node_, name);
  return v == nullptr ? otherwise : *v;
}

std::span<const std::int64_t> OpContext::ints_attr(std::string_view name) const {
  const auto* v = get<std::vector<std::int64_t>>(graph_, node_, name);
  return v == nullptr ? std::span<const std::int64_t>() : std::span(*v);
}

std::span<const double> OpContext::floats_attr(std::string_view name) const {
  const auto* v = get<std::vector<double>>(graph_, node_, name);
  return v == nullptr ? std::span<const double>() : std::span(*v);
}

const Constant* OpContext::tensor_attr(std::string_view name) const {
  const auto* v = get<ConstantRef>(graph_, node_, name);
  return v == nullptr ? nullptr : &graph_.constants[static_cast<std::size_t>(v->index)];
}

std::optional<std::span<const std::int64_t>> OpContext::const_ints(int i) const {
  const Constant* c = in(i).value;
  if (c == nullptr || !is_integer(c->dtype)) return std::nullopt;
  for (const std::int64_t element : c->ints)
    if (element == Constant::unknown_element) return std::nullopt;
  return std::span(c->ints);
}

std::optional<std::int64_t> OpContext::const_int(int i) const {
  const auto ints = const_ints(i);
  if (!ints || ints->size() != 1) return std::nullopt;
  return (*ints)[0];
}

std::optional<double> OpContext::const_float(int i) const {
  if (const auto v = const_int(i)) return static_cast<double>(*v);
  const auto floats = const_floats(i);
  if (!floats || floats->size() != 1) return std::nullopt;
  return (*floats)[0];
}

std::optional<std::span<const double>> OpContext::const_floats(int i) const {
  const Constant* c = in(i).value;
  if (c == nullptr || !is_float(c->dtype)) return std::nullopt;
  for (const double element : c->floats)
    if (element != element) return std::nullopt;  // NaN stands for an unknown number
  return std::span(c->floats);
}

OpContext::IntList OpContext::ints_from(std::string_view name, int i) const {
  IntList list;
  if (const auto attr = ints_attr(name); has_attr(name)) {
    list.present = true;
    list.values.assign(attr.begin(), attr.end());
  } else if (has_input(i)) {
    list.present = true;
    if (const auto ints = const_ints(i))
      list.values.assign(ints->begin(), ints->end());
    else
      list.known = false;
  }
  return list;
}

void ShapeContext::set_out(int i, DType dtype, const Shape& shape) {
  if (!has_output(i)) return;
  const auto at = static_cast<std::size_t>(output_id(i));
  outputs_.set(at, {dtype, shape, outputs_[at].value});
}

void ShapeContext::set_value(int i, Constant constant) {
  if (!has_output(i)) return;
  folded_.push_back(std::move(constant));
  outputs_.set_value(static_cast<std::size_t>(output_id(i)), &folded_.back());
}

std::unexpected<Error> OpContext::mismatch(std::string message) const {
  std::string who(node_.op_type);
  if (!node_.name.empty()) who += " " + quoted(node_.name);
  std::string place = node_.line > 0 ? "line " + std::to_string(node_.line) : who;
  return fail(ErrorCode::shape_mismatch, who + ": " + std::move(message), std::move(place));
}

std::optional<int> normalize_axis(std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return std::nullopt;
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  if (!a.has_rank() || !b.has_rank()) return Shape();
  const int rank = std::max(a.rank(), b.rank());
  Shape out = Shape::of_rank(rank);
  for (int i = 0; i < rank; ++i) {
    const int ia = i - (rank - a.rank()), ib = i - (rank - b.rank());
    const Dim da = ia < 0 ? 1 : a[ia], db = ib < 0 ? 1 : b[ib];
    if (da == db)
      out[i] = da;
    else if (da == 1)
      out[i] = db;
    else if (db == 1)
      out[i] = da;
    else if (da < 0 || db < 0)
      out[i] = std::max(da, db);  // the known side, which is not 1, must be what both are
    else
      return std::nullopt;
  }
  return out;
}

Dim product(std::span<const Dim> dims) {
  Checked n = 1;
  for (const Dim d : dims) {
    if (d < 0) return unknown_dim;
    n *= d;
  }
  return n.value_or(INT64_MAX);
}

}  // namespace reckon

#include "formats/net/layer.h"

#include "base/text.h"

namespace reckon::net {

std::size_t Layer::n_positional() const {
  std::size_t n = 0;
  for (const ArgValue& arg : args_)
    if (arg.name.empty()) ++n;
  return n;
}

const ArgValue* Layer::positional(std::size_t i) const {
  for (const ArgValue& arg : args_)
    if (arg.name.empty() && i-- == 0) return &arg;
  return nullptr;
}

const ArgValue* Layer::option(std::string_view name) const {
  for (const ArgValue& arg : args_)
    if (arg.name == name) return &arg;
  return nullptr;
}

std::int64_t Layer::int_option(std::string_view name, std::int64_t otherwise) const {
  const ArgValue* arg = option(name);
  return arg == nullptr || arg->ints.empty() ? otherwise : arg->ints.front();
}

bool Layer::flag(std::string_view name, bool otherwise) const {
  return int_option(name, otherwise ? 1 : 0) != 0;
}

double Layer::real_option(std::string_view name, double otherwise) const {
  const ArgValue* arg = option(name);
  return arg == nullptr ? otherwise : arg->real;
}

std::string_view Layer::word_option(std::string_view name, std::string_view otherwise) const {
  const ArgValue* arg = option(name);
  return arg == nullptr || arg->word.empty() ? otherwise : arg->word;
}

Result<std::vector<std::int64_t>> Layer::per_dimension(const ArgValue* arg, int rank,
                                                       std::int64_t min, std::int64_t otherwise,
                                                       std::string_view what) const {
  const auto n = static_cast<std::size_t>(rank);
  if (arg == nullptr) return std::vector<std::int64_t>(n, otherwise);
  if (arg->ints.empty())
    return error_at(*arg,
                    "the " + std::string(what) + " must be a number, not " + quoted(arg->word));
  for (const std::int64_t value : arg->ints)
    if (value < min)
      return error_at(*arg, "the " + std::string(what) + " must be at least " +
                                std::to_string(min) + ", not " + std::to_string(value));
  if (arg->ints.size() == 1) return std::vector<std::int64_t>(n, arg->ints.front());
  if (arg->ints.size() == n) return arg->ints;
  return error_at(*arg, "the " + std::string(what) + " has " + std::to_string(arg->ints.size()) +
                            " dimensions, the input " + with_batch(shape()) + " has " +
                            std::to_string(rank) + " spatial ones");
}

Result<std::int64_t> Layer::count(const ArgValue* arg, std::int64_t min, std::int64_t otherwise,
                                  std::string_view what) const {
  if (arg == nullptr || arg->ints.empty()) return otherwise;
  if (arg->ints.front() >= min) return arg->ints.front();
  return error_at(*arg, "the " + std::string(what) + " must be at least " + std::to_string(min) +
                            ", not " + std::to_string(arg->ints.front()));
}

std::unexpected<Error> Layer::error(std::string message, ErrorCode code) const {
  return fail(code, std::string(def_.name()) + ": " + std::move(message), place_.text());
}

std::unexpected<Error> Layer::error_at(const ArgValue& arg, std::string message,
                                       ErrorCode code) const {
  return fail(code, std::string(def_.name()) + ": " + std::move(message), arg.place.text());
}

Status Layer::need_rank(int min, int max, std::string_view expected) const {
  const int rank = shape().rank();
  if (rank >= min && rank <= max) return {};
  return error("the input is " + with_batch(shape()) + ", expected " + std::string(expected));
}

Result<ValueId> Layer::node(std::string_view op, std::string_view suffix,
                            std::initializer_list<ValueId> inputs, std::vector<Attr> attrs) {
  return graph_.node(op, named(suffix), inputs, std::move(attrs));
}

Result<std::vector<ValueId>> Layer::nodes(std::string_view op, std::string_view suffix,
                                          std::span<const ValueId> inputs,
                                          std::span<const std::string> outputs,
                                          std::vector<Attr> attrs) {
  return graph_.node(op, named(suffix), inputs, outputs, std::move(attrs));
}

Result<ValueId> Layer::weight(std::string_view suffix, std::initializer_list<Dim> dims) {
  return weight(suffix, Shape(dims));
}

Result<ValueId> Layer::weight(std::string_view suffix, const Shape& dims) {
  RECKON_ASSIGN(const ValueId made, graph_.weight(name_ + "." + std::string(suffix), dims));
  if (first_weight_ == none) first_weight_ = made;
  return made;
}

ValueId Layer::ints(std::string_view suffix, std::vector<std::int64_t> elements) {
  const Shape dims{static_cast<Dim>(elements.size())};
  return graph_.constant(
      named(suffix),
      {.dtype = DType::int64, .shape = dims, .ints = std::move(elements), .floats = {}});
}

ValueId Layer::int_scalar(std::string_view suffix, std::int64_t element) {
  return graph_.constant(named(suffix), {.dtype = DType::int64,
                                         .shape = Shape(std::span<const Dim>()),
                                         .ints = {element},
                                         .floats = {}});
}

ValueId Layer::floats(std::string_view suffix, std::vector<double> elements) {
  const Shape dims{static_cast<Dim>(elements.size())};
  return graph_.constant(
      named(suffix),
      {.dtype = DType::float32, .shape = dims, .ints = {}, .floats = std::move(elements)});
}

ValueId Layer::float_scalar(std::string_view suffix, double element) {
  return graph_.constant(named(suffix), {.dtype = DType::float32,
                                         .shape = Shape(std::span<const Dim>()),
                                         .ints = {},
                                         .floats = {element}});
}

Result<ValueId> Layer::linear(std::string_view suffix, ValueId x, Dim out, bool bias,
                              ValueId tied) {
  const Shape& from = shape(x);
  const Dim in = from[from.rank() - 1];
  std::string scope(suffix.empty() ? "" : suffix.substr(1));  // "/q" names the weight "q.weight"
  if (!scope.empty()) scope += ".";
  ValueId w = tied;
  if (w == none) {
    RECKON_ASSIGN(w, weight(scope + "weight", {out, in}));
  }
  const std::vector<Attr> attrs{{.name = "transB", .value = std::int64_t{1}}};
  if (!bias) return node("Gemm", suffix, {x, w}, attrs);
  RECKON_ASSIGN(const ValueId b, weight(scope + "bias", {out}));
  return node("Gemm", suffix, {x, w, b}, attrs);
}

// Zero keeps the dimension of the input, so the batch stays free.
Result<ValueId> Layer::reshape(std::string_view suffix, ValueId x, std::vector<std::int64_t> dims) {
  dims.insert(dims.begin(), 0);
  const std::string target = (suffix.empty() ? std::string("/Reshape") : std::string(suffix));
  const ValueId wanted = ints(target + "/shape", std::move(dims));
  return node("Reshape", suffix, {x, wanted});
}

Result<ValueId> Layer::transpose(std::string_view suffix, ValueId x,
                                 std::vector<std::int64_t> order) {
  return node("Transpose", suffix, {x}, {{.name = "perm", .value = std::move(order)}});
}

}  // namespace reckon::net

#include "analysis/bindings.h"

#include <algorithm>
#include <charconv>

#include "analysis/shape_pass.h"
#include "base/text.h"
#include "ops/op.h"

namespace reckon {
namespace {

constexpr Dim unset = -1;
constexpr Dim largest = INT32_MAX;
// Tokens of a sequence, and of what came before it: lengths that are quoted often.
constexpr Dim usual_steps = 128;
constexpr Dim usual_image = 224;  // of ImageNet

std::size_t index_of(Dim dim) {
  return static_cast<std::size_t>(-2 - dim);
}

bool follows(const std::vector<DimRule>& rules, Dim dim) {
  return std::any_of(rules.begin(), rules.end(),
                     [&](const DimRule& rule) { return rule.dim == dim; });
}

Status check_size(Dim size, const std::string& where) {
  if (size >= 0 && size <= largest) return {};
  return fail(ErrorCode::bad_argument,
              "a dimension is a number from 0 to 2147483647, not " + std::to_string(size), where);
}

Status set_dims(const Graph& graph, const Bindings& bindings, BoundDims& bound) {
  for (const auto& [name, size] : bindings.dims) {
    const auto at = std::find(graph.dim_names.begin(), graph.dim_names.end(), name);
    if (at == graph.dim_names.end()) {
      std::string known;
      for (const auto dim : graph.dim_names) known += (known.empty() ? "" : ", ") + printable(dim);
      return fail(ErrorCode::bad_argument,
                  "this model has no dimension or parameter " + quoted(name) +
                      did_you_mean(name, graph.dim_names) +
                      (known.empty() ? " (it has no free dimensions)" : " (it has: " + known + ")"),
                  "`set`");
    }
    RECKON_TRY(check_size(size, "`set` " + printable(name)));
    bound.values[static_cast<std::size_t>(at - graph.dim_names.begin())] = size;
  }
  return {};
}

// The shape that the caller gives an input: its free dimensions are set, what the file fixes is
// replaced.
Status set_shape(const Graph& graph, ValueId id, const std::vector<Dim>& dims, BoundDims& bound) {
  const Value& input = graph.values[static_cast<std::size_t>(id)];
  const std::string where = "`shape` " + printable(input.name);
  const bool ranked = input.declared().has_rank();
  if (static_cast<int>(dims.size()) > Shape::max_rank ||
      (ranked && input.declared().rank() != static_cast<int>(dims.size())))
    return fail(ErrorCode::bad_argument,
                "the input has " +
                    (ranked ? std::to_string(input.declared().rank())
                            : "at most " + std::to_string(Shape::max_rank)) +
                    " dimensions, not " + std::to_string(dims.size()),
                where);
  Shape shape(dims);
  bool other = !ranked;
  for (int d = 0; d < shape.rank(); ++d) {
    RECKON_TRY(check_size(shape[d], where));
    const Dim declared = ranked ? input.declared()[d] : unknown_dim;
    if (declared <= -2) {
      Dim& value = bound.values[index_of(declared)];
      if (value != unset && value != shape[d])
        return fail(ErrorCode::bad_argument,
                    "the dimension " + quoted(graph.dim_name(declared)) + " is set to " +
                        std::to_string(value) + " and to " + std::to_string(shape[d]),
                    where);
      value = shape[d];
    } else if (declared != shape[d]) {
      other = true;
    }
  }
  if (!other) return {};
  bound.inputs[id] = shape;
  if (ranked)
    bound.assumptions.push_back("input " + quoted(input.name) + " is " + to_string(shape) +
                                " as asked; the file fixes " + to_string(input.declared()));
  return {};
}

Status set_shapes(const Graph& graph, const Bindings& bindings, BoundDims& bound) {
  std::vector<std::string_view> names;
  for (const ValueId id : graph.inputs)
    names.push_back(graph.values[static_cast<std::size_t>(id)].name);
  for (const auto& [name, dims] : bindings.shapes) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) {
      std::string known;
      for (const auto one : names) known += (known.empty() ? "" : ", ") + printable(one);
      return fail(ErrorCode::bad_argument,
                  "this model has no input " + quoted(name) + did_you_mean(name, names) +
                      " (it has: " + known + ")",
                  "`shape`");
    }
    const ValueId id = graph.inputs[static_cast<std::size_t>(at - names.begin())];
    RECKON_TRY(set_shape(graph, id, dims, bound));
  }
  return {};
}

std::unexpected<Error> two_batches(Dim one, Dim other) {
  return fail(ErrorCode::bad_argument,
              "the batch is set to " + std::to_string(one) + " and, by a shape, to " +
                  std::to_string(other),
              "`batch`");
}

// The batch where the file fixes it: another is put into every input that has it.
Status set_fixed_batch(const Graph& graph, const Bindings& bindings, BoundDims& bound) {
  const Batch& place = bound.place;
  const auto given = bound.inputs.find(place.places[0].input);
  if (given != bound.inputs.end()) {
    bound.batch = given->second[place.places[0].axis];
    if (bindings.batch && *bindings.batch != bound.batch)
      return two_batches(*bindings.batch, bound.batch);
  } else {
    bound.batch = bindings.batch.value_or(place.dim);
  }
  if (bound.batch == place.dim) return {};
  bound.replaces_batch = place.dim;
  for (const DimPlace& at : place.places) {
    const auto known = bound.inputs.find(at.input);
    Shape shape = known != bound.inputs.end()
                      ? known->second
                      : graph.values[static_cast<std::size_t>(at.input)].declared();
    if (shape[at.axis] == place.dim) shape[at.axis] = bound.batch;
    bound.inputs[at.input] = shape;
  }
  bound.assumptions.push_back("batch " + std::to_string(bound.batch) + " replaces the " +
                              std::to_string(place.dim) + " that the file fixes for its inputs");
  return {};
}

// Inputs of which the file knows no shape: the first one that the caller gives a shape has the
// batch in front.
Status set_unknown_inputs(const Graph& graph, const Bindings& bindings, BoundDims& bound) {
  for (const ValueId id : graph.inputs) {
    const Value& input = graph.values[static_cast<std::size_t>(id)];
    if (input.declared().has_rank() || input.dtype == DType::unknown) continue;
    const auto given = bound.inputs.find(id);
    if (given == bound.inputs.end()) {
      bound.assumptions.push_back("the file gives input " + quoted(input.name) +
                                  " no shape (`shape` " + printable(input.name) + "=…)");
    } else if (bound.place.dim == unknown_dim && given->second.rank() > 1) {
      if (bindings.batch && *bindings.batch != given->second[0])
        return two_batches(*bindings.batch, given->second[0]);
      bound.place.dim = bound.batch = given->second[0];
      bound.place.places = {{id, 0}};
      bound.place.why = "dimension 0 of input " + quoted(input.name) + " is the batch";
    }
  }
  return {};
}

Status set_batch(const Graph& graph, const Bindings& bindings, BoundDims& bound) {
  if (bindings.batch && (*bindings.batch < 1 || *bindings.batch > largest))
    return fail(ErrorCode::bad_argument,
                "a batch is a number from 1 to 2147483647, not " + std::to_string(*bindings.batch),
                "`batch`");
  RECKON_TRY(set_unknown_inputs(graph, bindings, bound));
  const Batch& place = bound.place;
  if (place.dim == unknown_dim && bindings.batch && *bindings.batch != 1)
    return fail(ErrorCode::bad_argument, "this model has no batch dimension, because " + place.why,
                "`batch`");
  if (place.dim <= -2) {
    Dim& value = bound.values[index_of(place.dim)];
    if (bindings.batch) value = *bindings.batch;
    if (value == unset) value = 1;
    bound.batch = value;
  } else if (place.dim >= 0) {
    RECKON_TRY(set_fixed_batch(graph, bindings, bound));
  }
  for (const Dim same : place.same)
    if (bound.values[index_of(same)] == unset) bound.values[index_of(same)] = bound.batch;
  return {};
}

// What a dimension usually is, where the caller says nothing: what a stored operand leaves, what
// its name says, what the operators make of it. A guess but for the first, and reported.
Dim usual_size(const Graph& graph, const std::vector<InputUse>& uses, Dim dim) {
  AxisUse use;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Shape& shape = graph.values[static_cast<std::size_t>(graph.inputs[i])].declared();
    for (std::size_t d = 0; d < uses[i].axes.size(); ++d)
      if (shape[static_cast<int>(d)] == dim && use.use == DimUse::unknown) use = uses[i].axes[d];
  }
  if (use.size >= 0) return use.size;
  switch (meaning_of(graph.dim_name(dim))) {
    case DimMeaning::past:
    case DimMeaning::sequence:
      return usual_steps;
    case DimMeaning::image:
      return usual_image;
    case DimMeaning::batch:
      return 1;
    case DimMeaning::unknown:
      break;
  }
  if (use.use == DimUse::image) return usual_image;
  if (use.use == DimUse::steps || use.use == DimUse::space) return usual_steps;
  return 1;
}

// "total_sequence_length" where "sequence_length" and "past_sequence_length" are dimensions too.
std::optional<Dim> total_of_past(const Graph& graph, std::string_view name,
                                 const BoundDims& bound) {
  constexpr std::string_view total = "total_";
  if (!name.starts_with(total)) return std::nullopt;
  const std::string_view part = name.substr(total.size());
  const auto find = [&](std::string_view other) {
    const auto at = std::find(graph.dim_names.begin(), graph.dim_names.end(), other);
    return at == graph.dim_names.end()
               ? unset
               : bound.values[static_cast<std::size_t>(at - graph.dim_names.begin())];
  };
  const Dim now = find(part), past = find("past_" + std::string(part));
  if (now < 0 || past < 0) return std::nullopt;
  return now + past;
}

}  // namespace

Shape BoundDims::bind(const Shape& declared) const {
  Shape shape = declared;
  for (int i = 0; i < shape.rank(); ++i)
    if (shape[i] <= -2) shape[i] = values[index_of(shape[i])];
  return shape;
}

Shape BoundDims::input(const Graph& graph, ValueId id) const {
  const auto known = inputs.find(id);
  if (known != inputs.end()) return bind(known->second);
  return bind(graph.values[static_cast<std::size_t>(id)].declared());
}

Status follow_rules(const Graph& graph, BoundDims& bound) {
  for (const DimRule& rule : bound.rules) {
    if (bound.given[index_of(rule.dim)]) continue;
    const auto found = value_of(rule, bound.values);
    if (!found)
      return fail(
          ErrorCode::bad_argument,
          "the dimension " + quoted(graph.dim_name(rule.dim)) + " is negative, or beyond 64 bits",
          "`set`");
    bound.values[index_of(rule.dim)] = *found;
  }
  return {};
}

void note_guesses(const Graph& graph, BoundDims& bound) {
  for (const Dim dim : bound.guessed) {
    const std::string_view name = graph.dim_name(dim);
    const Dim value = bound.values[index_of(dim)];
    bound.assumptions.push_back(
        "free dimension " + quoted(name) +
        (value < 0 ? " is not known" : " taken as " + std::to_string(value)) + " (`set` " +
        printable(name) + "=…)");
  }
}

Result<std::map<std::string, std::vector<Dim>, std::less<>>> parse_shapes(
    const std::vector<std::string>& settings) {
  std::map<std::string, std::vector<Dim>, std::less<>> shapes;
  for (const std::string& setting : settings) {
    const auto wrong = [&](std::string message) {
      return fail(ErrorCode::bad_argument, std::move(message), "`shape`");
    };
    const std::size_t equals = setting.rfind('=');
    if (equals == std::string::npos || equals == 0)
      return wrong("a shape is written input=1x3x224x224, not " + quoted(setting));
    std::vector<Dim> dims;
    std::string_view rest = std::string_view(setting).substr(equals + 1);
    while (!rest.empty() && dims.size() <= Shape::max_rank) {
      const std::size_t end = std::min(rest.find_first_of("x,"), rest.size());
      Dim dim = 0;
      const auto [stop, error] = std::from_chars(rest.data(), rest.data() + end, dim);
      if (error != std::errc() || stop != rest.data() + end || end + 1 == rest.size())
        return wrong("a shape is written input=1x3x224x224, not " + quoted(setting));
      dims.push_back(dim);
      rest = rest.substr(std::min(end + 1, rest.size()));
    }
    if (!shapes.emplace(setting.substr(0, equals), std::move(dims)).second)
      return wrong("the shape of " + quoted(std::string_view(setting).substr(0, equals)) +
                   " is set twice");
  }
  return shapes;
}

namespace {

Result<BoundDims> bind_at(const Graph& graph, const Bindings& bindings,
                          const std::vector<InputUse>& uses, Batch place) {
  BoundDims bound;
  bound.asked = bindings;
  bound.rules = dim_rules(graph);
  bound.values.assign(graph.dim_names.size(), unset);
  bound.place = std::move(place);
  RECKON_TRY(set_dims(graph, bindings, bound));
  RECKON_TRY(set_shapes(graph, bindings, bound));
  RECKON_TRY(set_batch(graph, bindings, bound));
  if (!bound.place.why.empty() && !graph.inputs.empty())
    bound.assumptions.push_back(bound.place.dim == unknown_dim
                                    ? "no dimension is the batch: " + bound.place.why
                                    : bound.place.why);
  for (const Dim value : bound.values) bound.given.push_back(value != unset);
  for (std::size_t i = 0; i < bound.values.size(); ++i) {
    const Dim dim = -2 - static_cast<Dim>(i);
    if (bound.values[i] != unset || follows(bound.rules, dim)) continue;
    bound.values[i] = usual_size(graph, uses, dim);
    bound.guessed.push_back(dim);
  }
  for (const Dim dim : bound.guessed)
    if (const auto total = total_of_past(graph, graph.dim_name(dim), bound))
      bound.values[index_of(dim)] = *total;
  RECKON_TRY(follow_rules(graph, bound));
  return bound;
}

}  // namespace

Result<BoundDims> bind_dims(const Graph& graph, const Bindings& bindings) {
  const std::vector<InputUse> uses = input_uses(graph);
  return bind_at(graph, bindings, uses, find_batch(graph, uses));
}

std::vector<BoundDims> with_batch_elsewhere(const Graph& graph, const BoundDims& bound,
                                            const std::string& why_not) {
  std::vector<BoundDims> others;
  if (bound.place.places.empty()) return others;
  const std::vector<InputUse> uses = input_uses(graph);
  const DimPlace taken = bound.place.places[0];
  const auto input = std::ranges::find(graph.inputs, taken.input) - graph.inputs.begin();
  const auto& [axes, told_by] = uses[static_cast<std::size_t>(input)];
  // A product keeps every dimension in front of its own apart; others say which is the batch.
  const OpDef* const tells =
      told_by == none ? nullptr : graph.nodes[static_cast<std::size_t>(told_by)].op;
  if (tells != nullptr && tells->nature.space != Space::product) return others;
  for (std::size_t d = 0; d < axes.size(); ++d) {
    const int axis = static_cast<int>(d);
    const Value& value = graph.values[static_cast<std::size_t>(taken.input)];
    const Dim dim = value.declared()[axis];
    const bool open = axes[d].use == DimUse::unknown || axes[d].use == DimUse::steps;
    if (axis == taken.axis || !open || dim < 1) continue;
    Batch place;
    place.dim = dim;
    place.places = {{taken.input, axis}};
    for (const ValueId id : graph.inputs) {
      const Shape& shape = graph.values[static_cast<std::size_t>(id)].declared();
      if (id != taken.input && shape.rank() > axis + 1 && shape[axis] == dim)
        place.places.push_back({id, axis});
    }
    place.why = "dimension " + std::to_string(axis) + " of input " + quoted(value.name) +
                " is the batch; it is not dimension " + std::to_string(taken.axis) + ", where " +
                why_not;
    auto other = bind_at(graph, bound.asked, uses, std::move(place));
    if (other && other->replaces_batch) others.push_back(*std::move(other));
  }
  return others;
}

}  // namespace reckon

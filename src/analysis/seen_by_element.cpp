#include "analysis/seen_by_element.h"

#include <algorithm>
#include <array>

#include "analysis/receptive_step.h"
#include "base/text.h"
#include "ops/op.h"

namespace reckon {
namespace {

constexpr int max_rank = ReceptiveField::max_rank;

// Elements along one dimension: marked ones, or all of a dimension that is no axis here.
struct Marked {
  bool all = false;
  std::vector<bool> at;
};
using Places = std::array<Marked, max_rank>;

std::unexpected<Error> no_place(std::string why) {
  return fail(ErrorCode::unsupported, std::move(why), "element");
}

// The element of n that a place outside of them stands for; −1 where it is padding.
Dim inside(Dim x, Dim n, bool clamps, std::string_view pad_mode) {
  if (x >= 0 && x < n) return x;
  if (n < 1) return -1;
  if (clamps || pad_mode == "edge") return std::clamp<Dim>(x, 0, n - 1);
  if (pad_mode == "wrap") return (x % n + n) % n;
  if (pad_mode != "reflect") return -1;
  if (n == 1) return 0;
  const Dim period = 2 * (n - 1), from = (x % period + period) % period;
  return std::min(from, period - from);
}

class Back {
 public:
  explicit Back(const Analysis& analysis)
      : analysis_(analysis), graph_(*analysis.shapes->graph), of_values_(graph_.values.size()) {}

  // What the chosen places of output 0 of `node` see of the input; nullopt where it takes too long.
  std::optional<Places> run(NodeId node, const ReceptiveField& field, Places places) {
    const auto outputs = graph_.outputs_of(graph_.nodes[static_cast<std::size_t>(node)]);
    marked(outputs[0]) = std::move(places);
    rank_ = field.rank;
    for (NodeId at = node; at >= 0; --at)
      if (!through(at)) return std::nullopt;
    return marked(analysis_.receptive_fields.input).value_or(Places());
  }

 private:
  std::optional<Places>& marked(ValueId id) { return of_values_[static_cast<std::size_t>(id)]; }

  // Null where it does not depend on the input; `whole` of the input itself.
  const ReceptiveField* field_of(ValueId id) const {
    const ReceptiveFields& fields = analysis_.receptive_fields;
    const NodeId producer = graph_.values[static_cast<std::size_t>(id)].producer;
    if (producer != none) return fields.find(producer);
    return id == fields.input ? &fields.distinct[2] : nullptr;
  }

  bool through(NodeId at) {
    const Node& node = graph_.nodes[static_cast<std::size_t>(at)];
    std::optional<Places> out;
    for (const ValueId id : graph_.outputs_of(node)) {
      if (id == none || !marked(id)) continue;
      if (!unite(out, *marked(id))) return false;
      marked(id).reset();
    }
    if (!out) return true;
    const OpContext ctx(graph_, node, analysis_.shapes->tensors);
    for (int i = 0; i < ctx.n_inputs(); ++i) {
      const ReceptiveField* const field = ctx.has_input(i) ? field_of(ctx.input_id(i)) : nullptr;
      if (field == nullptr) continue;
      Places below;
      for (int d = 0; d < rank_; ++d)
        if (!step(ctx, i, *field, d, (*out)[static_cast<std::size_t>(d)],
                  below[static_cast<std::size_t>(d)]))
          return false;
      // Padding along one dimension is padding.
      if (is_something(below) && !unite(marked(ctx.input_id(i)), below)) return false;
    }
    return true;
  }

  bool is_something(const Places& places) const {
    return std::all_of(places.begin(), places.begin() + rank_, [](const Marked& marked) {
      return marked.all || std::ranges::find(marked.at, true) != marked.at.end();
    });
  }

  // From what is marked of the output to what is marked of operand i, along dimension d.
  bool step(const OpContext& ctx, int i, const ReceptiveField& field, int d, const Marked& from,
            Marked& to) {
    const SeenAlong& along = field.along[static_cast<std::size_t>(d)];
    const Shape& shape = ctx.in(i).shape;
    if (along.all || (from.all && along.merged)) {
      to.all = true;
      return true;
    }
    const Dim n = along.axis == SeenAlong::gone ? 1
                  : along.axis < shape.rank()   ? shape[shape.rank() - 1 - along.axis]
                                                : unknown_dim;
    if (n < 0 || !spend(n)) return false;
    if (from.all) {
      to.at.assign(static_cast<std::size_t>(n), true);
      return true;
    }
    const Space space = ctx.node().op->nature.space;
    if (space == Space::window || space == Space::transposed_window || space == Space::resampled ||
        space == Space::padded)
      return through_taps(ctx, d, from, n, to);
    to = from;
    return static_cast<Dim>(to.at.size()) == n;
  }

  bool through_taps(const OpContext& ctx, int d, const Marked& from, Dim n, Marked& to) {
    const auto looks = looks_along(ctx, rank_, d);
    if (!looks) return false;
    const Space space = ctx.node().op->nature.space;
    const std::string_view mode =
        space == Space::padded ? ctx.string_attr("mode", "constant") : "constant";
    const auto period = static_cast<Dim>(looks->taps.size());
    to.at.assign(static_cast<std::size_t>(n), false);
    for (Dim x = 0; x < static_cast<Dim>(from.at.size()); ++x) {
      if (!from.at[static_cast<std::size_t>(x)]) continue;
      const Taps& taps = looks->taps[static_cast<std::size_t>(x % period)];
      if (!spend(taps.n)) return false;
      for (Dim t = 0; t < taps.n; ++t) {
        const Checked place =
            Checked(x / period) * looks->shift + taps.first + Checked(taps.spacing) * Checked(t);
        if (!place.ok()) return false;
        const Dim y = inside(place.value(), n, space == Space::resampled, mode);
        if (y >= 0) to.at[static_cast<std::size_t>(y)] = true;
      }
    }
    return true;
  }

  bool unite(std::optional<Places>& to, const Places& from) const {
    if (!to) {
      to = from;
      return true;
    }
    for (std::size_t d = 0; d < static_cast<std::size_t>(rank_); ++d) {
      Marked& marked = (*to)[d];
      marked.all = marked.all || from[d].all;
      if (marked.all) continue;
      if (marked.at.size() != from[d].at.size()) return false;
      for (std::size_t x = 0; x < marked.at.size(); ++x)
        if (from[d].at[x]) marked.at[x] = true;
    }
    return true;
  }

  bool spend(Dim n) {
    constexpr Dim most = Dim{1} << 27;
    spent_ += std::min(n, most);
    return spent_ <= most;
  }

  const Analysis& analysis_;
  const Graph& graph_;
  std::vector<std::optional<Places>> of_values_;
  int rank_ = 0;
  Dim spent_ = 0;
};

std::optional<Ends> ends_of(const Marked& marked, Dim n) {
  if (marked.all) return Ends{0, n - 1};
  const auto first = std::ranges::find(marked.at, true);
  if (first == marked.at.end()) return std::nullopt;
  const auto last = std::find(marked.at.rbegin(), marked.at.rend(), true);
  return Ends{first - marked.at.begin(), marked.at.rend() - last - 1};
}

// [ low + q·J , high + q·J ] of phase r, element q·P + r.
std::optional<Ends> without_borders(const SeenAlong& along, Dim element) {
  const Dim n = along.n_phases();
  const Ends& ends = along.phase(element % n);
  const Checked shift = Checked(element / n) * along.step;
  const Checked low = shift + ends.low, high = shift + ends.high;
  if (ends.is_empty() || !low.ok() || !high.ok()) return std::nullopt;
  return Ends{low.value(), high.value()};
}

Result<const ReceptiveField*> field_with_place(const Analysis& analysis, const Layer& layer,
                                               const std::string& name) {
  const ReceptiveFields& fields = analysis.receptive_fields;
  if (fields.distinct.empty())
    return no_place("no input of the network has spatial dimensions (N, C, then places)");
  if (layer.graph != analysis.shapes->graph)
    return no_place("what " + name + " sees is unknown: it is inside a loop or a branch");
  const ReceptiveField* const field = fields.find(layer.node);
  if (field != nullptr) return field;
  const bool is_nothing = fields.of_node[static_cast<std::size_t>(layer.node)] == 1;
  return no_place(is_nothing ? name + " does not depend on the input"
                             : "what " + name +
                                   " sees is unknown: it, or a layer before it, looks where its "
                                   "data says, or where no rule tells");
}

}  // namespace

Result<std::vector<SeenBy>> seen_by_element(const Analysis& analysis, const Layer& layer,
                                            std::span<const Dim> element) {
  const Node& node = layer.op_node();
  const std::string name = printable(node.name.empty() ? node.op_type : node.name);
  RECKON_ASSIGN(const ReceptiveField* const field, field_with_place(analysis, layer, name));
  const ValueId output = layer.graph->outputs_of(node)[0];
  if (output == none) return no_place(name + " has no first output");
  const Shape& shape = analysis.tensor(output).shape;
  std::vector<SeenBy> found(static_cast<std::size_t>(field->rank));
  Places places;
  std::size_t n_chosen = 0;
  for (std::size_t d = 0; d < found.size(); ++d) {
    const SeenAlong& along = field->along[d];
    SeenBy& by = found[d];
    by.input = along.input;
    places[d].all = along.all;
    if (along.all) continue;
    if (along.merged)
      return no_place("an element of " + name +
                      " has no place of its own: a reshape has joined the spatial dimensions of "
                      "its output with others");
    by.axis = along.axis == SeenAlong::gone ? -1 : shape.rank() - 1 - along.axis;
    by.size = by.axis < 0 ? 1 : shape[by.axis];
    constexpr Dim most = Dim{1} << 26;
    if (by.size < 1 || by.size > most) return no_place("the output of " + name + " has no element");
    by.element = by.size / 2;
    if (by.axis >= 0 && n_chosen++ < element.size()) by.element = element[n_chosen - 1];
    if (by.element < 0 || by.element >= by.size)
      return fail(ErrorCode::bad_argument,
                  "axis " + std::to_string(by.axis) + " of " + name + " has elements 0 to " +
                      std::to_string(by.size - 1) + ", not " + std::to_string(by.element),
                  "element");
    places[d].at.assign(static_cast<std::size_t>(by.size), false);
    places[d].at[static_cast<std::size_t>(by.element)] = true;
    by.without_borders = without_borders(along, by.element);
  }
  if (!element.empty() && element.size() != n_chosen)
    return fail(ErrorCode::bad_argument,
                "an element of " + name + " has " + std::to_string(n_chosen) +
                    (n_chosen == 1 ? " place" : " places") + ", not " +
                    std::to_string(element.size()),
                "element");
  const auto seen = Back(analysis).run(layer.node, *field, std::move(places));
  if (!seen) return no_place("what one element of " + name + " sees takes too long to follow back");
  for (std::size_t d = 0; d < found.size(); ++d)
    found[d].seen = ends_of((*seen)[d], found[d].input);
  return found;
}

}  // namespace reckon

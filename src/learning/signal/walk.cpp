#include "learning/signal/walk.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "learning/signal/rule.h"
#include "ops/op.h"

namespace reckon::signal {

Walk::Walk(const Graph& graph, const Analysis& analysis, const Initialisation* rule,
           const Starts& stored)
    : graph_(graph),
      analysis_(analysis),
      rule_(rule),
      stored_(stored),
      what_(graph.values.size(), What::constant),
      roots_(graph.values.size()),
      first_reader_(graph.values.size(), none),
      signals_(graph.values.size()),
      gradients_(graph.values.size()),
      tilted_(graph.values.size()),
      profiles_(graph.values.size()),
      parameters_(graph.values.size()),
      blocked_(graph.values.size(), false),
      known_node_(graph.nodes.size(), false) {
  for (std::size_t i = 0; i < graph.values.size(); ++i)
    if (analysis.roles.of[i] == Role::parameter &&
        is_float(analysis.tensor(static_cast<ValueId>(i)).dtype)) {
      what_[i] = What::weight;
      roots_[i] = {static_cast<ValueId>(i)};
    }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const ValueId input : graph.inputs_of(graph.nodes[i]))
      if (input != none && first_reader_[at(input)] == none)
        first_reader_[at(input)] = static_cast<NodeId>(i);
  begin_inputs();
}

void Walk::begin_inputs() {
  for (const ValueId id : graph_.inputs) {
    const Tensor& t = tensor(id);
    if (!is_float(t.dtype)) {
      what_[at(id)] = What::aside;
      continue;
    }
    if (!t.shape.is_static() || t.shape.rank() == 0) {
      what_[at(id)] = What::unknown;
      continue;
    }
    Signal x;
    const int rank = t.shape.rank();
    for (int d = 0; d < rank; ++d) {
      // N×C×H×W of images, N×T×C of sequences, N×C of vectors.
      const bool channel = rank <= 3 ? d == rank - 1 : d == 1;
      x.axes.push_back({{d == 0 && rank > 1 ? Along::samples
                         : channel          ? Along::channels
                                            : Along::positions,
                         t.shape[d]}});
    }
    x.grid = grid_of(x.axes);
    x.parts.push_back({size_along(x.axes, Along::channels), 0, Kernel(1, 1, 0, 0)});
    what_[at(id)] = What::signal;
    signals_[at(id)] = std::move(x);
  }
}

void Walk::set(const OpContext& ctx, int i, Signal signal) {
  if (!ctx.has_output(i)) return;
  what_[at(ctx.output_id(i))] = What::signal;
  signals_[at(ctx.output_id(i))] = std::move(signal);
}

std::optional<Start> Walk::elements(ValueId id) const {
  const Constant* const c = tensor(id).value;
  if (c == nullptr || c->floats.empty()) return std::nullopt;
  Start start;
  for (const double x : c->floats) {
    if (!std::isfinite(x)) return std::nullopt;
    start.mean += x / static_cast<double>(c->floats.size());
    start.square += x * x / static_cast<double>(c->floats.size());
  }
  return start;
}

std::optional<Start> Walk::known_start(ValueId id) const {
  // Behind another name, the tensor itself.
  for (int steps = 0; steps < 4 && id != none; ++steps) {
    if (const auto at_hand = elements(id)) return at_hand;
    const Value& value = graph_.values[at(id)];
    if (const auto found = stored_.find(value.name); found != stored_.end()) return found->second;
    if (value.producer == none) break;
    const Node& node = graph_.nodes[at(value.producer)];
    if (node.op_type != "Identity") break;
    id = graph_.inputs_of(node)[0];
  }
  return std::nullopt;
}

Start Walk::weight(ValueId view, double fan_in, double fan_out, Start otherwise) {
  ParameterState& state = parameters_[at(root(view))];
  if (state.start) return *state.start;
  const auto known = known_start(root(view));
  state.start = rule_ != nullptr && fan_in > 0 ? Start{0, rule_->variance(fan_in, fan_out)}
                                               : known.value_or(otherwise);
  // Of a tensor that is joined of several, each has its own.
  for (const ValueId other : roots_[at(view)])
    if (!parameters_[at(other)].start) parameters_[at(other)].start = state.start;
  return *state.start;
}

void Walk::add_energy(ValueId view, double energy) {
  if (view == none) return;
  double all = 0;
  const auto size = [&](ValueId id) {
    return static_cast<double>(std::max<Dim>(1, product(tensor(id).shape.dims())));
  };
  for (const ValueId id : roots_[at(view)]) all += size(id);
  for (const ValueId id : roots_[at(view)])
    parameters_[at(id)].energy += std::max(0.0, energy) * size(id) / all;
}

void Walk::push(ValueId id, const std::vector<Kernel>& by_part,
                const std::vector<Kernel>* tilted_by_part,
                const std::vector<Profile>* profiles_by_part) {
  std::vector<Kernel>& sum = gradients_[at(id)];
  std::vector<Kernel>& tilted = tilted_[at(id)];
  const std::size_t n = by_part.size();
  sum.resize(n, Kernel(by_part.front().n_groups()));
  tilted.resize(n, Kernel(by_part.front().n_groups()));
  std::vector<Profile>& profiles = profiles_[at(id)];
  profiles.resize(n);
  const Grid& grid = signal(id).grid;
  for (std::size_t i = 0; i < n; ++i) {
    profiles[i] = joined(profiles[i], std::max(0.0, mean_own(grid, sum[i])),
                         profiles_by_part == nullptr ? Profile() : (*profiles_by_part)[i],
                         std::max(0.0, mean_own(grid, by_part[i])));
    sum[i] += by_part[i];
    if (tilted_by_part != nullptr) {
      tilted[i] += (*tilted_by_part)[i];
      continue;
    }
    const Part& part = signal(id).parts[i];
    Kernel about_mean = part.kernel;
    about_mean.add_constant(-part.mean * part.mean);
    tilted[i].add_product(by_part[i], about_mean);
  }
}

Kernel Walk::tilt_beyond(ValueId id, std::size_t i) const {
  const Part& part = signal(id).parts[i];
  Kernel beyond = tilted(id)[i];
  Kernel about_mean = part.kernel;
  about_mean.add_constant(-part.mean * part.mean);
  beyond.add_product((*gradient(id))[i], about_mean, -1);
  beyond *= part.tilt_share * part.tilt_share;
  return beyond;
}

void Walk::push_whole(ValueId id, const Kernel& one_group) {
  if (what(id) != What::signal) return;
  const Signal& x = signal(id);
  push(id, std::vector<Kernel>(x.parts.size(), spread(one_group, x.grid.positions.size())));
}

// Operators that only lay a weight out anew: it stays the same weight.
bool Walk::stays_weight(const OpContext& ctx) {
  std::vector<ValueId> made_of;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    if (ctx.has_input(i) && what(ctx, i) == What::weight)
      for (const ValueId id : roots_[at(ctx.input_id(i))])
        if (std::ranges::find(made_of, id) == made_of.end()) made_of.push_back(id);
  if (made_of.empty()) return false;
  const OpDef* const op = ctx.node().op;
  const bool stays =
      op != nullptr && (has(op->traits, Trait::carries) || has(op->traits, Trait::selects));
  for (int o = 0; o < ctx.n_outputs(); ++o) {
    if (!ctx.has_output(o)) continue;
    const std::size_t out = at(ctx.output_id(o));
    if (!roots_[out].empty()) continue;  // a parameter of its own (analysis/roles.h)
    what_[out] = stays ? What::weight : What::unknown;
    if (stays) roots_[out] = made_of;
  }
  if (!stays)
    for (const ValueId id : made_of) parameters_[at(id)].unknown = true;
  return true;
}

void Walk::step(NodeId id) {
  const Node& node = graph_.nodes[at(id)];
  const OpContext ctx(graph_, node, analysis_.shapes->tensors);
  const bool metadata = node.op != nullptr && has(node.op->traits, Trait::metadata);
  bool known = ctx.n_outputs() > 0;
  for (int o = 0; o < ctx.n_outputs(); ++o)
    known = known && ctx.has_output(o) && ctx.out(o).value != nullptr &&
            what(ctx.output_id(o)) == What::constant;
  // A small weight's numbers are at hand, and stay a weight's.
  for (int i = 0; i < ctx.n_inputs(); ++i) known = known && what(ctx, i) != What::weight;
  if (metadata || known) {
    known_node_[at(id)] = true;  // shapes and settings
    return;
  }
  bool any_signal = false, any_unknown = false, any_aside = false, any_weight = false;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    const What w = what(ctx, i);
    any_signal = any_signal || w == What::signal;
    any_unknown = any_unknown || w == What::unknown;
    any_aside = any_aside || w == What::aside;
    any_weight = any_weight || w == What::weight;
    if (w == What::weight) {
      for (const ValueId of : roots_[at(ctx.input_id(i))])
        if (ParameterState& state = parameters_[at(of)];
            state.reader == none &&
            !has(node.op ? node.op->traits : Trait::nothing, Trait::carries))
          state.reader = id;
    }
  }
  const auto all_out = [&](What w) {
    for (const ValueId out : graph_.outputs_of(node))
      if (out != none && what_[at(out)] == What::constant) what_[at(out)] = w;
  };
  const auto name_unknown = [&] {
    const std::string name(node.op_type);
    const auto place = std::ranges::lower_bound(unknown_ops_, name);
    if (place == unknown_ops_.end() || *place != name) unknown_ops_.insert(place, name);
  };
  const bool looks_up = any_weight && any_aside;
  if (!any_signal && !any_unknown && !looks_up) {
    if (any_aside) {
      all_out(What::aside);
    } else if (any_weight) {
      stays_weight(ctx);
      if (ctx.has_output(0) && what(ctx.output_id(0)) == What::unknown) name_unknown();
    }
    known_node_[at(id)] = true;
    return;
  }
  // Truths and whole numbers carry no gradient.
  bool no_floats = true;
  for (int o = 0; o < ctx.n_outputs(); ++o)
    no_floats = no_floats && (!ctx.has_output(o) || !is_float(ctx.out(o).dtype));
  if (no_floats) {
    known_node_[at(id)] = true;
    return all_out(What::aside);
  }
  if (any_unknown) return all_out(What::unknown);
  const Rule* const rule = find_rule(node.op_type);
  known_node_[at(id)] = rule != nullptr && rule->forward(*this, ctx);
  if (known_node_[at(id)]) return all_out(What::aside);  // what the rule left out
  all_out(What::unknown);
  name_unknown();
}

void Walk::forward() {
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) step(static_cast<NodeId>(i));
}

void Walk::backward(ValueId from, const Kernel& gradient) {
  push_whole(from, gradient);
  // Who leads to the loss.
  std::vector<bool> leads(graph_.values.size(), false);
  leads[at(from)] = true;
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
    const Node& node = graph_.nodes[i];
    bool any = false, stopped = false;
    for (const ValueId out : graph_.outputs_of(node)) {
      if (out == none) continue;
      any = any || leads[at(out)];
      stopped = stopped || (leads[at(out)] && blocked_[at(out)]);
    }
    if (!any) continue;
    stopped = stopped || !known_node_[i];
    for (const ValueId input : graph_.inputs_of(node)) {
      if (input == none) continue;
      leads[at(input)] = true;
      if (!stopped) continue;
      blocked_[at(input)] = true;
      for (const ValueId id : roots_[at(input)]) parameters_[at(id)].unknown = true;
    }
    if (stopped) continue;
    const OpContext ctx(graph_, node, analysis_.shapes->tensors);
    bool arrived = false, is_signal = false;
    for (const ValueId out : graph_.outputs_of(node)) {
      if (out == none) continue;
      arrived = arrived || !gradients_[at(out)].empty();
      is_signal = is_signal || what(out) == What::signal;
    }
    if (!arrived || !is_signal) continue;
    if (const Rule* const rule = find_rule(node.op_type)) rule->backward(*this, ctx);
    // Nobody but the producer asks for more than a value's gradient.
    for (const ValueId out : graph_.outputs_of(node)) {
      if (out == none) continue;
      tilted_[at(out)] = {};
      profiles_[at(out)] = {};
    }
  }
}

}  // namespace reckon::signal

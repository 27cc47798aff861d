// Policies, and the step-by-step simulation that judges them. The optimum is in
// chain_solve.cpp; neither file knows the formulas of the other.
#include "memory/recompute/chain.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"

namespace reckon {
namespace {

constexpr std::int32_t max_chain = 1'000'000;

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

std::int32_t length(const Chain& chain) {
  return static_cast<std::int32_t>(chain.stages.size());
}

// The first `depth` parts of a path; empty where it has fewer.
std::string_view module_prefix(std::string_view module, int depth) {
  std::size_t end = 0;
  for (int k = 0; k < depth; ++k) {
    if (k > 0 && end == module.size()) return {};
    end = module.find('.', k > 0 ? end + 1 : 0);
    if (end == std::string_view::npos) end = module.size();
  }
  return module.substr(0, end);
}

// One step of training. A value is alive while somebody holds it.
class Step {
 public:
  explicit Step(const Chain& chain) : chain_(chain), holders_(chain.stages.size(), 0) {
    cost_.peak_bytes = alive_ = chain.resident_bytes;
  }

  RecomputeCost run(const RecomputePlan& plan) {
    const std::int32_t n = length(chain_);
    std::size_t next = 0;
    for (std::int32_t i = 0; i < n; ++i) {
      const bool recomputed = next < plan.segments.size() && plan.segments[next].first <= i;
      if (recomputed && plan.segments[next].first == i) hold(i - 1);
      forward(i, !recomputed);
      if (recomputed && plan.segments[next].last == i) ++next;
    }
    loss();
    next = plan.segments.size();
    for (std::int32_t i = n; i-- > 0;) {
      if (next > 0 && plan.segments[next - 1].last == i) {
        const Segment segment = plan.segments[--next];
        rerun(segment);
        i = segment.first;
      } else {
        backward(i, holders_);
      }
    }
    at_stage(n);
    spike(chain_.update_bytes);
    return cost_;
  }

 private:
  using Holders = std::vector<std::int32_t>;
  const Stage& stage(std::int32_t i) const { return chain_.stages[at(i)]; }

  void at_stage(std::int32_t i) { now_ = i; }
  void spike(std::int64_t bytes) {
    if (alive_ + bytes <= cost_.peak_bytes) return;
    cost_.peak_bytes = alive_ + bytes;
    cost_.in_backward = in_backward_;
    cost_.peak_stage = now_;
  }
  void hold(std::int32_t value) { hold(value, holders_, 0); }
  void hold(std::int32_t value, Holders& holders, std::int32_t offset) {
    if (value < offset) return;  // the network's input, or the checkpoint of a segment
    if (holders[at(value - offset)]++ == 0) alive_ += stage(value).output_bytes;
    spike(0);
  }
  void release(std::int32_t value, Holders& holders, std::int32_t offset = 0) {
    if (value < offset) return;
    if (--holders[at(value - offset)] == 0) alive_ -= stage(value).output_bytes;
  }

  void forward(std::int32_t i, bool autograd) {
    at_stage(i);
    const Stage& s = stage(i);
    spike(autograd ? s.forward_peak_bytes : s.plain_peak_bytes);
    if (autograd) keep(i, holders_, 0);
    hold(i);  // by the program, which lets go of the value before
    release(i - 1, holders_);
  }
  void keep(std::int32_t i, Holders& holders, std::int32_t offset) {
    const Stage& s = stage(i);
    alive_ += s.saved_bytes;
    if (s.saves_input) hold(i - 1, holders, offset);
    if (s.saves_output) hold(i, holders, offset);
  }

  void loss() {
    const std::int32_t n = length(chain_);
    at_stage(n);
    spike(chain_.loss_peak_bytes);
    in_backward_ = true;
    if (!chain_.holds_result) release(n - 1, holders_);
    if (n > 0) alive_ += stage(n - 1).gradient_bytes;
  }

  // Takes the gradient of value i, leaves that of value i−1.
  void backward(std::int32_t i, Holders& holders, std::int32_t offset = 0) {
    at_stage(i);
    const Stage& s = stage(i);
    spike(s.backward_peak_bytes - s.saved_bytes - s.gradient_bytes);
    alive_ -= s.saved_bytes + s.gradient_bytes;
    if (s.saves_output) release(i, holders, offset);
    if (s.saves_input) release(i - 1, holders, offset);
    alive_ += s.param_gradient_bytes + (i > 0 ? stage(i - 1).gradient_bytes : 0);
    spike(0);
  }

  // The values of the second run are storages of their own.
  void rerun(Segment segment) {
    const std::int32_t offset = segment.first;
    Holders holders(at(segment.last - segment.first + 1), 0);
    for (std::int32_t i = segment.first; i <= segment.last; ++i) {
      at_stage(i);
      spike(stage(i).forward_peak_bytes);
      keep(i, holders, offset);
      hold(i, holders, offset);
      release(i - 1, holders, offset);
      cost_.extra_time += stage(i).forward_time;
    }
    release(segment.last, holders, offset);
    for (std::int32_t i = segment.last; i >= segment.first; --i) backward(i, holders, offset);
    release(segment.first - 1, holders_);
  }

  const Chain& chain_;
  Holders holders_;
  std::int64_t alive_ = 0;
  std::int32_t now_ = 0;
  bool in_backward_ = false;
  RecomputeCost cost_;
};

}  // namespace

double Chain::step_time() const {
  double sum = 0;
  for (const Stage& s : stages) sum += s.forward_time + s.backward_time;
  return sum;
}

Status check_chain(const Chain& chain) {
  if (chain.stages.size() > at(max_chain))
    return fail(ErrorCode::limit, "a chain of more than 1000000 stages", "recompute");
  Checked all = chain.resident_bytes;
  all += chain.loss_peak_bytes;
  all += chain.update_bytes;
  bool valid = chain.resident_bytes >= 0 && chain.loss_peak_bytes >= 0 && chain.update_bytes >= 0;
  std::int64_t gradient_before = 0;
  for (const Stage& s : chain.stages) {
    for (const std::int64_t bytes :
         {s.output_bytes, s.gradient_bytes, s.saved_bytes, s.param_gradient_bytes,
          s.forward_peak_bytes, s.plain_peak_bytes, s.backward_peak_bytes}) {
      valid = valid && bytes >= 0;
      all += bytes;
    }
    // Negated so that a time that is no number fails too.
    valid = valid && std::isfinite(s.forward_time) && s.forward_time >= 0 &&
            std::isfinite(s.backward_time) && s.backward_time >= 0;
    if (!all.ok() || !valid) break;
    valid = s.forward_peak_bytes >= s.saved_bytes + s.output_bytes &&
            s.plain_peak_bytes >= s.output_bytes &&
            s.backward_peak_bytes >= s.saved_bytes + s.gradient_bytes;
    const bool held = chain.holds_result && &s == &chain.stages.back();
    valid = valid && s.backward_peak_bytes + (s.saves_output && !held ? s.output_bytes : 0) >=
                         s.param_gradient_bytes + gradient_before;
    gradient_before = s.gradient_bytes;
  }
  if (!all.ok() || all.value() > INT64_MAX / 2)
    return fail(ErrorCode::overflow, "memory_bytes is beyond 62 bits", "recompute");
  if (!valid)
    return fail(ErrorCode::bad_argument, "a stage whose peak is below what it keeps", "recompute");
  return {};
}

Result<RecomputeCost> simulate(const Chain& chain, const RecomputePlan& plan) {
  RECKON_TRY(check_chain(chain));
  std::int32_t done = -1;
  for (const Segment& segment : plan.segments) {
    if (segment.first <= done || segment.last < segment.first || segment.last >= length(chain))
      return fail(ErrorCode::bad_argument, "segments of a plan overlap or leave the chain",
                  "recompute");
    done = segment.last;
  }
  return Step(chain).run(plan);
}

RecomputePlan plan_none() {
  return {};
}

RecomputePlan plan_every(const Chain& chain, std::int32_t k) {
  RecomputePlan plan;
  const std::int32_t n = length(chain);
  for (std::int32_t first = 0; first + k < n; first += k)
    plan.segments.push_back({first, first + k - 1});
  return plan;
}

RecomputePlan plan_sqrt(const Chain& chain) {
  RecomputePlan plan;
  const std::int64_t n = length(chain);
  std::int64_t parts = 0;
  while (parts * parts < n) ++parts;
  for (std::int64_t k = 0; k + 1 < parts; ++k)
    plan.segments.push_back({static_cast<std::int32_t>(k * n / parts),
                             static_cast<std::int32_t>((k + 1) * n / parts - 1)});
  return plan;
}

RecomputePlan plan_by_module(const Chain& chain, int depth) {
  RecomputePlan plan;
  std::string_view open;
  for (std::int32_t i = 0; i < length(chain); ++i) {
    const std::string_view module = module_prefix(chain.stages[at(i)].module, depth);
    if (!module.empty() && module == open)
      plan.segments.back().last = i;
    else if (!module.empty())
      plan.segments.push_back({i, i});
    open = module;
  }
  return plan;
}

std::vector<std::string_view> checkpoint_names(const Chain& chain, const RecomputePlan& plan) {
  std::vector<std::string_view> names;
  for (const Segment& segment : plan.segments)
    if (segment.first > 0) names.push_back(chain.stages[at(segment.first - 1)].output_name);
  return names;
}

std::vector<NodeId> recomputed_nodes(const Chain& chain, const RecomputePlan& plan) {
  std::vector<NodeId> nodes;
  for (const Segment& segment : plan.segments) {
    const NodeId first = chain.stages[at(segment.first)].first_node;
    const NodeId last = chain.stages[at(segment.last)].last_node;
    for (NodeId node = first; first != none && node <= last; ++node) nodes.push_back(node);
  }
  return nodes;
}

}  // namespace reckon

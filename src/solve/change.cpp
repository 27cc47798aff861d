#include "solve/change.h"

#include <algorithm>

#include "memory/recompute/chain_make.h"
#include "memory/step_graph.h"
#include "solve/fit.h"

namespace reckon {
namespace {

std::string number(std::int64_t value) {
  return std::to_string(value);
}

class Changes {
 public:
  Changes(const Workload& subject, std::int64_t budget, const Footprint& before,
          const Device* device)
      : subject_(subject),
        device_(device),
        setup_(subject.options.setup),
        budget_(budget),
        before_(before.bytes),
        beyond_alive_(before.alive_bytes ? before.bytes - *before.alive_bytes +
                                               subject.options.gpu.context_most_bytes
                                         : 0) {}

  Result<std::vector<Change>> run() {
    combined_ = subject_;
    if (setup_.training) RECKON_TRY(recompute());
    RECKON_TRY(smaller_batch());
    if (setup_.training) eight_bit();
    for (const std::string_view name : narrower()) precision(name);
    if (setup_.training)
      for (const std::string_view name : {"adafactor", "lion", "momentum", "sgd"}) optimizer(name);
    const bool any =
        std::any_of(list_.begin(), list_.end(), [](const Change& c) { return c.fits; });
    if (!any && combination_.size() > 1) add_combination();
    return std::move(list_);
  }

 private:
  void add(Change change) {
    if (change.bytes_after >= before_) return;
    change.bytes_before = before_;
    change.fits = change.bytes_after <= budget_;
    change.sentence = change.to + " instead of " + change.from + " takes " +
                      number(change.bytes_after) + " B instead of " + number(before_) + " B" +
                      (change.fits ? ", which fits" : ", which is not enough");
    list_.push_back(std::move(change));
  }

  // A variant of the subject; one that cannot be counted is not offered.
  void offer(Change::Kind kind, std::string from, std::string to, const Workload& variant) {
    const auto footprint = FootprintAt(variant).as_given();
    if (footprint)
      add({.kind = kind,
           .from = std::move(from),
           .to = std::move(to),
           .bytes_after = footprint->bytes});
  }

  // The plan with least extra time that fits, or the one with least memory. Only the simulated step
  // knows when something is let go.
  Status recompute() {
    if (subject_.policy != MemoryPolicy::pytorch) return {};
    const auto dtype = step_dtype(*setup_.precision);
    if (!dtype) return {};
    LayersBehind layers(*subject_.model->graph);
    const auto step =
        step_graph(layers, nullptr, {subject_.bindings, false, *dtype}, subject_.options);
    if (!step) return {};
    const Graph& graph = step->graph(layers);
    const auto timeline = make_timeline(graph, *step->analysis, subject_.options);
    if (!timeline) return {};
    const auto chain = make_chain(graph, *step->analysis, subject_.options, *timeline);
    if (!chain) return {};  // no chain, no plan
    const auto curve = recompute_curve(*chain);
    if (!curve || curve->points.empty()) return {};
    // What a GPU takes beyond the tensors is that of the step without recomputation.
    const CurvePoint* best = &curve->points.front();
    for (const CurvePoint& point : curve->points)
      if (point.memory_bytes <= budget_ - beyond_alive_) best = &point;
    add({.kind = Change::Kind::recomputation,
         .from = "keeping all activations",
         .to = "recomputing " + number(static_cast<std::int64_t>(best->plan.segments.size())) +
               " segments",
         .bytes_after = best->memory_bytes + beyond_alive_,
         .extra_time = best->relative});
    return {};
  }

  Status smaller_batch() {
    RECKON_ASSIGN(const BoundDims bound, bind_dims(*subject_.model->graph, subject_.bindings));
    const std::int64_t batch = bound.batch;
    if (batch < 2) return {};
    FitQuestion question{.subject = subject_,
                         .variable = "batch",
                         .budget_bytes = budget_,
                         .from = 1,
                         .to = batch - 1};
    // While gradients are added up they are there from the beginning of a step.
    question.subject.options.set_to_none = false;
    const auto answer = largest_that_fits(question);
    const std::int64_t part = answer ? answer->max : 1;
    const std::int64_t steps = (batch + part - 1) / part;
    Workload& variant = question.subject;
    variant.bindings.batch = (batch + steps - 1) / steps;
    const std::string size = "batch " + number(*variant.bindings.batch);
    if (setup_.training)
      offer(Change::Kind::accumulation, "batch " + number(batch),
            size + ", gradients of " + number(steps) + " steps added up,", variant);
    else
      offer(Change::Kind::batch, "batch " + number(batch), size, variant);
    combine(setup_.training ? "batch 1 with accumulation" : "batch 1", [](Workload& s) {
      s.bindings.batch = 1;
      s.options.set_to_none = false;
    });
    return {};
  }

  void with_optimizer(Change::Kind kind, std::string_view name) {
    const auto row = find_optimizer(name);
    if (!row || (*row)->name == setup_.optimizer->name) return;
    Workload variant = subject_;
    variant.options.setup.optimizer = *row;
    offer(kind, std::string(setup_.optimizer->name), std::string(name), variant);
  }

  void eight_bit() {
    const std::string_view name = setup_.optimizer->name;
    if (name != "adam" && name != "adamw") return;
    with_optimizer(Change::Kind::eight_bit, "adam8bit");
    combine("adam8bit",
            [](Workload& s) { s.options.setup.optimizer = *find_optimizer("adam8bit"); });
  }
  void optimizer(std::string_view name) { with_optimizer(Change::Kind::optimizer, name); }

  // Formats with fewer bits than now, by how little they change.
  std::vector<std::string_view> narrower() const {
    if (setup_.training) return {"amp-bf16", "amp-fp16", "bf16", "fp16"};
    return {"bf16", "fp16", "int8", "int4"};
  }
  void precision(std::string_view name) {
    const auto row = find_precision(name);
    const bool wider = !setup_.precision->as_in_file() && row &&
                       (*row)->weight_bits > setup_.precision->weight_bits;
    if (!row || wider || name == setup_.precision->name) return;
    const auto apply = [&](Workload& s) {
      s.options.setup.precision = *row;
      if (s.policy == MemoryPolicy::pytorch)
        s.policy = default_memory_policy(nullptr, s.options.setup);
    };
    Workload variant = subject_;
    apply(variant);
    if (device_ != nullptr && !check_rate(*device_, variant.options.setup)) return;
    offer(Change::Kind::precision, std::string(setup_.precision->name), std::string(name), variant);
    combine(std::string(name), apply);
  }

  // One change after the other, until it fits. A step that saves nothing is left out.
  template <class Apply>
  void combine(std::string what, const Apply& apply) {
    if (combined_bytes_ <= budget_ && !combination_.empty()) return;
    Workload next = combined_;
    apply(next);
    const auto footprint = FootprintAt(next).as_given();
    if (!footprint || footprint->bytes >= combined_bytes_) return;
    combined_ = std::move(next);
    combined_bytes_ = footprint->bytes;
    combination_.push_back(std::move(what));
  }
  void add_combination() {
    std::string all;
    for (const std::string& one : combination_) all += (all.empty() ? "" : " and ") + one;
    add({.kind = Change::Kind::combination,
         .from = "the present setup",
         .to = all,
         .bytes_after = combined_bytes_});
  }

  const Workload& subject_;
  const Device* const device_;  // null where none is named: then all formats are offered
  const TrainingSetup& setup_;
  const std::int64_t budget_, before_;
  const std::int64_t beyond_alive_;  // of a GPU
  std::vector<Change> list_;
  Workload combined_;
  std::int64_t combined_bytes_ = before_;
  std::vector<std::string> combination_;
};

}  // namespace

std::string_view to_string(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::recomputation:
      return "recomputation";
    case Change::Kind::accumulation:
      return "accumulation";
    case Change::Kind::batch:
      return "batch";
    case Change::Kind::eight_bit:
      return "eight_bit";
    case Change::Kind::precision:
      return "precision";
    case Change::Kind::optimizer:
      return "optimizer";
    case Change::Kind::combination:
      return "combination";
  }
  return "combination";
}

Result<std::vector<Change>> cheapest_change(const Workload& subject, std::int64_t budget_bytes,
                                            const Device* device) {
  RECKON_ASSIGN(const Footprint footprint, FootprintAt(subject).as_given());
  if (footprint.bytes <= budget_bytes) return std::vector<Change>{};
  return Changes(subject, budget_bytes, footprint, device).run();
}

}  // namespace reckon

#include "measure.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <algorithm>

#include "base/text.h"
#include "clocks.h"
#include "counting_allocator.h"
#include "host.h"
#include "interpreter.h"
#include "optimizer_run.h"
#include "parameters.h"
#include "run_failure.h"

namespace reckon {
namespace {

class Runner {
 public:
  Runner(const Graph& graph, const Analysis& analysis, const Plan& plan,
         const MeasureOptions& options)
      : graph_(graph), plan_(plan), options_(options) {
    const std::int64_t before = allocation_counts().alive_bytes;
    const at::Device device(options.cuda ? at::kCUDA : at::kCPU);
    run_.emplace(graph, analysis, plan,
                 Interpreter::Setup{options.training, options.in_place, device});
    if (options.training) {
      if (run_->trained().empty()) throw Refused("nothing of this network is trained");
      optimizer_.emplace(*options.optimizer, run_->trained());
    }
    resident_bytes_ = allocation_counts().alive_bytes - before;
    layers_.resize(plan.steps.size());
    for (auto* seconds : {&forward_s_, &backward_s_}) seconds->resize(plan.steps.size());
  }

  Measured measure() {
    Measured m;
    m.repeats = options_.repeats > 0 ? options_.repeats : least_repeats;
    int layer_passes = std::min(m.repeats, most_layer_passes);
    int done = 0;
    const auto told = [&] {
      if (options_.progress)
        options_.progress(++done, options_.warmup + m.repeats + layer_passes + 1);
    };
    double warm_s = 0;
    for (int i = 0; i < std::max(options_.warmup, 1); ++i) {
      if (i == 0) make_targets();
      Pass warm;
      pass(&warm);
      warm_s = warm.all_s.wall;
      told();
    }
    if (options_.repeats == 0 && warm_s > 0) {
      m.repeats = static_cast<int>(
          std::clamp<double>(time_to_take_s / warm_s, least_repeats, most_repeats));
      layer_passes = std::min(m.repeats, most_layer_passes);
    }
    std::vector<Pass> passes(static_cast<std::size_t>(m.repeats));
    for (std::size_t i = 0; i < passes.size(); ++i) {
      pass(&passes[i]);
      told();
      if (!stopped(options_.watch)) continue;
      m.notes.push_back("interrupted after " + std::to_string(i + 1) + " of " +
                        std::to_string(m.repeats) + " passes");
      passes.resize(i + 1);
      m.repeats = static_cast<int>(i + 1);
      layer_passes = 1;
    }
    if (!options_.cuda) {
      m.bytes = count_bytes();
      m.bytes->resident_bytes = resident_bytes_;
    }
    told();
    for (int i = 0; i < layer_passes; ++i) {
      time_layers();
      told();
    }
    const auto all_of = [&](Seconds Pass::* which, bool processor) {
      std::vector<Seconds> both;
      for (const Pass& one : passes) both.push_back(one.*which);
      return timings_of(by_clock(both, processor));
    };
    // Only of one thread is processor time the time that it takes on a quiet machine.
    const double wall_s = all_of(&Pass::all_s, false).median_s;
    const double own_s = all_of(&Pass::all_s, true).median_s;
    const bool busy = !options_.cuda && at::get_num_threads() == 1 && own_s < quiet * wall_s;
    m.clock = busy ? "processor" : "wall";
    if (busy)
      m.notes.push_back(
          "others used the processor: times are its own for this run, not the wall's");
    const auto part = [&](Seconds Pass::* which) { return all_of(which, busy); };
    m.step = part(&Pass::all_s);
    m.forward = part(&Pass::forward_s);
    m.loss = part(&Pass::loss_s);
    m.backward = part(&Pass::backward_s);
    m.update = part(&Pass::update_s);
    for (std::size_t s = 0; s < layers_.size(); ++s) {
      MeasuredLayer& layer = m.layers.emplace_back(layers_[s]);
      layer.node = plan_.steps[s];
      layer.forward = timings_of(by_clock(forward_s_[s], busy));
      if (!backward_s_[s].empty())
        layer.backward_s = timings_of(by_clock(backward_s_[s], busy)).median_s;
    }
    if (options_.output_values > 0) m.outputs = output_values();
    return m;
  }

  // Where the last failure happened; empty before the first step.
  std::string_view place() const { return place_; }

 private:
  static constexpr int most_layer_passes = 20;
  static constexpr int least_repeats = 10, most_repeats = 1000;
  static constexpr double time_to_take_s = 1;
  static constexpr double quiet = 0.9;  // at least this share of the wall's time is the run's own

  struct Pass {
    Seconds forward_s, loss_s, backward_s, update_s, all_s;
  };

  void wait() const {
    if (options_.cuda) at::detail::getCUDAHooks().deviceSynchronize(0);
  }
  Moment now() const {
    wait();
    return moment();
  }

  // The first output that takes a gradient, as rows of classes.
  at::Tensor classes() const {
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      const at::Tensor y = run_->output(i);
      if (!y.defined() || !y.requires_grad()) continue;
      return y.dim() == 2 ? y : y.reshape({-1, y.dim() == 0 ? 1 : y.size(-1)});
    }
    throw Refused("no output depends on what is trained");
  }

  // Needs the output's shape, so a first pass without gradients goes before.
  void make_targets() {
    if (!options_.training) return;
    forward();
    const at::Tensor y = classes();
    targets_ = at::empty({y.size(0)}, at::kLong);
    fill(targets_, "target", Fill::index, y.size(1));
    targets_ = targets_.to(y.device());
    run_->forget();
  }

  static void before_step(void* self, std::size_t s) {
    auto* const me = static_cast<Runner*>(self);
    me->place_ = me->graph_.nodes[static_cast<std::size_t>(me->plan_.steps[s])].name;
  }

  void forward() {
    if (options_.training) {
      run_->forward(before_step, nullptr, this);
    } else {
      const c10::InferenceMode inference;
      run_->forward(before_step, nullptr, this);
    }
    place_ = {};
  }

  void pass(Pass* timed) {
    Pass ignored;
    Pass& times = timed != nullptr ? *timed : ignored;
    const auto begin = now();
    forward();
    const auto made = now();
    times.forward_s = between(begin, made);
    auto end = made;
    if (options_.training) {
      at::Tensor loss = at::cross_entropy_loss(classes(), targets_);
      const auto lost = now();
      loss.backward();
      const auto back = now();
      optimizer_->step(run_->trained());
      end = now();
      times.loss_s = between(made, lost);
      times.backward_s = between(lost, back);
      times.update_s = between(back, end);
      OptimizerRun::forget_gradients(run_->trained());
    }
    times.all_s = between(begin, end);
    run_->forget();
  }

  // One pass whose allocations are looked at step by step.
  MeasuredBytes count_bytes() {
    MeasuredBytes bytes;
    const AllocationCounts start = allocation_counts();
    base_bytes_ = start.alive_bytes;
    highest_bytes_ = 0;
    const auto before = [](void* self, std::size_t s) {
      before_step(self, s);
      restart_peak();
    };
    const auto after = [](void* self, std::size_t s) {
      auto* const me = static_cast<Runner*>(self);
      const AllocationCounts counts = allocation_counts();
      me->layers_[s].alive_bytes = counts.alive_bytes - me->base_bytes_;
      me->layers_[s].peak_bytes = counts.peak_bytes - me->base_bytes_;
      me->highest_bytes_ = std::max(me->highest_bytes_, me->layers_[s].peak_bytes);
    };
    const auto highest = [&] { return allocation_counts().peak_bytes - base_bytes_; };
    if (!options_.training) {
      const c10::InferenceMode inference;
      run_->forward(before, after, this);
    } else {
      run_->forward(before, after, this);
    }
    bytes.saved_bytes = allocation_counts().alive_bytes - base_bytes_;
    if (options_.training) {
      restart_peak();
      at::Tensor loss = at::cross_entropy_loss(classes(), targets_);
      bytes.saved_bytes = allocation_counts().alive_bytes - base_bytes_;
      highest_bytes_ = std::max(highest_bytes_, highest());
      bytes.forward_peak_bytes = highest_bytes_;
      restart_peak();
      loss.backward();
      bytes.step_peak_bytes = std::max(highest_bytes_, highest());
      restart_peak();
      optimizer_->step(run_->trained());
      bytes.update_peak_bytes = highest();
      OptimizerRun::forget_gradients(run_->trained());
    } else {
      bytes.forward_peak_bytes = bytes.step_peak_bytes = highest_bytes_;
    }
    bytes.allocations = allocation_counts().allocations - start.allocations;
    run_->forget();
    return bytes;
  }

  // Each layer's own time. Backward: a hook tells when the gradient of a layer's result is there,
  // which is when the layer's backward pass begins; it ends where the next one begins.
  void time_layers() {
    came_by_.clear();
    const auto before = [](void* self, std::size_t s) {
      before_step(self, s);
      static_cast<Runner*>(self)->step_began_ = static_cast<Runner*>(self)->now();
    };
    const auto after = [](void* self, std::size_t s) {
      auto* const me = static_cast<Runner*>(self);
      me->forward_s_[s].push_back(between(me->step_began_, me->now()));
      if (me->options_.training) me->hook(s);
    };
    if (!options_.training) {
      const c10::InferenceMode inference;
      run_->forward(before, after, this);
      run_->forget();
      return;
    }
    run_->forward(before, after, this);
    at::cross_entropy_loss(classes(), targets_).backward();
    const auto end = now();
    std::vector<Seconds> spent(layers_.size());
    std::vector<bool> any(layers_.size(), false);
    for (std::size_t i = 0; i < came_by_.size(); ++i) {
      const Moment next = i + 1 < came_by_.size() ? came_by_[i + 1].when : end;
      const Seconds its = between(came_by_[i].when, next);
      spent[came_by_[i].step].wall += its.wall;
      spent[came_by_[i].step].processor += its.processor;
      any[came_by_[i].step] = true;
    }
    for (std::size_t s = 0; s < spent.size(); ++s)
      if (any[s]) backward_s_[s].push_back(spent[s]);
    OptimizerRun::forget_gradients(run_->trained());
    run_->forget();
  }

  void hook(std::size_t s) {
    const Node& node = graph_.nodes[static_cast<std::size_t>(plan_.steps[s])];
    for (const ValueId out : graph_.outputs_of(node)) {
      const at::Tensor y = out == none ? at::Tensor() : run_->tensor(out);
      if (!y.defined() || !y.requires_grad()) continue;
      y.register_hook([this, s](const at::Tensor&) { came_by_.push_back({s, now()}); });
    }
  }

  // Evenly spaced over each output of one inference.
  std::vector<MeasuredOutput> output_values() {
    std::vector<MeasuredOutput> found;
    // A constant made on the way is used by the training steps as well.
    const c10::InferenceMode inference(!options_.training);
    const at::NoGradGuard no_grad;
    run_->forward(before_step, nullptr, this);
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      const at::Tensor y = run_->output(i);
      if (!y.defined()) continue;
      MeasuredOutput& out = found.emplace_back();
      out.name = std::string(graph_.values[static_cast<std::size_t>(graph_.outputs[i])].name);
      out.shape = y.sizes().vec();
      const at::Tensor flat = y.cpu().to(at::kDouble).reshape({-1});
      const std::int64_t n = std::min<std::int64_t>(options_.output_values, flat.numel());
      for (std::int64_t k = 0; k < n; ++k) {
        out.indices.push_back(k * flat.numel() / n);
        out.values.push_back(flat[out.indices.back()].item<double>());
      }
    }
    run_->forget();
    return found;
  }

  struct CameBy {
    std::size_t step;
    Moment when;
  };

  const Graph& graph_;
  const Plan& plan_;
  const MeasureOptions& options_;
  std::optional<Interpreter> run_;
  std::optional<OptimizerRun> optimizer_;
  at::Tensor targets_;
  std::int64_t resident_bytes_ = 0, base_bytes_ = 0, highest_bytes_ = 0;
  std::vector<MeasuredLayer> layers_;                         // bytes, by step
  std::vector<std::vector<Seconds>> forward_s_, backward_s_;  // by step
  std::vector<CameBy> came_by_;
  Moment step_began_;
  std::string_view place_;
};

Status check_machine(const MeasureOptions& options) {
  if (options.cuda && !at::hasCUDA())
    return fail(ErrorCode::unsupported,
                "this LibTorch has no CUDA device (Debian's is built without; one with CUDA is "
                "named by -DRECKON_TORCH=FOLDER when Reckon is built)",
                "--device");
  return options.cuda ? Status() : check_memory(options.expected_bytes);
}

}  // namespace

Status check_memory(std::int64_t expected_bytes) {
  const auto free = free_memory_bytes();
  if (!free || expected_bytes <= *free) return {};
  return fail(ErrorCode::limit,
              "the run would take " + std::to_string(expected_bytes) + " bytes, this machine has " +
                  std::to_string(*free) + " free; take a smaller batch or network",
              "memory");
}

// LibTorch's own choice is half of the processors, whether or not two of them share a core.
int measure_threads(int wanted) {
  const int n = wanted > 0 ? wanted : usable_cores();
  at::set_num_threads(n);
  set_blas_threads(n);
  return at::get_num_threads();
}

// Without scaled_dot_product_attention the interpreter computes attention by its products.
TorchPolicy measured_torch(bool cuda) {
  return {.version = TORCH_VERSION_MAJOR >= 2 ? TorchVersion::v2 : TorchVersion::v1_13,
          .where = cuda ? TorchWhere::cuda : TorchWhere::cpu,
          .attention = has_fused_attention() ? TorchAttention::sdpa : TorchAttention::math};
}

Result<Measured> measure(const Graph& graph, const Analysis& analysis,
                         const MeasureOptions& options) {
  RECKON_TRY(check_machine(options));
  RECKON_ASSIGN(const Plan plan, make_plan(graph, analysis, options.frozen));
  count_allocations();
  std::optional<Runner> runner;
  const auto place = [&] { return std::string(runner ? runner->place() : std::string_view()); };
  try {
    const int threads = measure_threads(options.threads);
    runner.emplace(graph, analysis, plan, options);
    Measured m = runner->measure();
    m.library = "LibTorch " + std::string(library_version());
    m.processor = options.cuda ? std::string() : processor_name();
    if (!options.cuda) m.blas = blas_name();
    if (!options.cuda)
      for (std::string& note : blas_notes(threads)) m.notes.push_back(std::move(note));
    m.device = options.cuda ? "cuda" : "cpu";
    m.training = options.training;
    m.threads = threads;
    m.warmup = options.warmup;
    return m;
  } catch (const std::exception&) {
    return std::unexpected(run_failure(place()));
  }
}

}  // namespace reckon

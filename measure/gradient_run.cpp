#include "gradient_run.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "clocks.h"
#include "first_values.h"
#include "host.h"
#include "interpreter.h"
#include "measure.h"
#include "run_failure.h"

namespace reckon {
namespace {

// Squares of a gradient, summed over its elements: of all networks, and the least and the most.
struct Squares {
  double sum = 0, least = HUGE_VAL, most = 0;
  void add(double of_one) {
    sum += of_one;
    least = std::min(least, of_one);
    most = std::max(most, of_one);
  }
  MeasuredGradient over(double elements, int seeds) const {
    return {std::sqrt(sum / elements / seeds), std::sqrt(least / elements),
            std::sqrt(most / elements)};
  }
};

std::size_t at_(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

class GradientRunner {
 public:
  GradientRunner(const Graph& graph, const Analysis& analysis, const Plan& plan,
                 const GradientRunOptions& options, NetworkGradients& foretold)
      : graph_(graph),
        analysis_(analysis),
        plan_(plan),
        options_(options),
        foretold_(foretold),
        run_(graph, analysis, plan, {.training = true, .dropout = false}) {
    for (LayerGradient& layer : foretold.layers)
      for (ParameterGradient& p : layer.parameters) parameters_[p.value] = &p;
    is_table_.assign(graph.values.size(), false);
    for (const Node& node : graph.nodes)
      if (const auto inputs = graph.inputs_of(node);
          node.op_type == "Gather" && !inputs.empty() && inputs[0] != none)
        is_table_[at_(inputs[0])] = true;
    if (run_.trained().empty()) throw Refused(nothing_trained);
    for (const Trained& leaf : run_.trained())
      if (const auto type = leaf.tensor.scalar_type(); type != at::kFloat && type != at::kDouble)
        throw Refused("weights of " + std::string(to_string(analysis.tensor(leaf.value).dtype)) +
                      " are not back-propagated here: export the network in float32");
    for (const Trained& leaf : run_.trained()) roots_.push_back(stored_behind(leaf.value));
    find_output();
  }

  int run() {
    int done = 0;
    while (done < options_.seeds && (done == 0 || !stopped(options_.watch))) {
      step(static_cast<std::uint64_t>(done) + 1);
      ++done;
      if (options_.progress) options_.progress(done, options_.seeds);
    }
    for (LayerGradient& layer : foretold_.layers) {
      double elements = 0;
      for (ParameterGradient& p : layer.parameters) {
        elements += p.elements;
        if (p.elements > 0) p.measured = of_parameter_[p.value].over(p.elements, done);
      }
      if (elements > 0) layer.measured = of_layer_[&layer].over(elements, done);
    }
    return done;
  }

  // The step of the plan that a failure happened in.
  std::optional<std::size_t> place() const { return place_; }

 private:
  // The stored tensors that a value is laid out from; itself, where it is one.
  std::vector<ValueId> stored_behind(ValueId value) const {
    std::vector<ValueId> found, todo{value};
    for (std::size_t i = 0; i < todo.size() && i < 256; ++i) {
      const ValueId id = todo[i];
      if (id == none) continue;
      if (parameters_.contains(id)) {
        if (std::ranges::find(found, id) == found.end()) found.push_back(id);
        continue;
      }
      const NodeId producer = graph_.values[at_(id)].producer;
      if (producer == none) continue;
      const auto inputs = graph_.inputs_of(graph_.nodes[at_(producer)]);
      todo.insert(todo.end(), inputs.begin(), inputs.end());
    }
    return found;
  }

  const Node* maker(ValueId id) const {
    const NodeId producer = graph_.values[at_(id)].producer;
    return producer == none ? nullptr : &graph_.nodes[at_(producer)];
  }

  // The first output in floating point; between the logits and it may stand a softmax.
  void find_output() {
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      if (graph_.outputs[i] == none || !is_float(analysis_.tensor(graph_.outputs[i]).dtype))
        continue;
      output_ = i;
      break;
    }
    for (ValueId id = graph_.outputs[output_]; id != foretold_.logits;) {
      const Node* const node = maker(id);
      if (node == nullptr) break;
      if (node->op_type != "Identity" && softmax_.empty()) softmax_ = node->op_type;
      id = graph_.inputs_of(*node)[0];
    }
  }

  // Mean 0 and variance 1, or rows of a table; other whole numbers and truths stay as they are.
  void draw_inputs(std::uint64_t seed) {
    for (const Stored& in : plan_.inputs) {
      at::Tensor x = run_.tensor(in.value);
      if (!x.defined() || x.numel() == 0) continue;
      at::manual_seed(stream_of(seed, graph_.values[at_(in.value)].name));
      if (x.is_floating_point())
        x.normal_();
      else if (x.scalar_type() == at::kLong || x.scalar_type() == at::kInt)
        x.random_(0, std::max<std::int64_t>(1, in.n_rows));
    }
  }

  void draw_weights(std::uint64_t seed) {
    const at::NoGradGuard no_grad;
    set_first_values(graph_, analysis_, plan_, run_, options_.rule, seed);
    for (std::size_t i = 0; i < roots_.size(); ++i) {
      if (roots_[i].empty()) continue;
      const auto found = parameters_.find(roots_[i].front());
      if (!found->second->start) continue;
      const signal::Start start = *found->second->start;
      const Trained& leaf = run_.trained()[i];
      at::Tensor to = leaf.tensor;
      const double deviation = std::sqrt(std::max(0.0, start.square - start.mean * start.mean));
      at::manual_seed(stream_of(seed, leaf.name));
      if (deviation <= 1e-9 * std::abs(start.mean) || deviation == 0)
        to.fill_(start.mean);
      else if (begins_normal(leaf))
        to.normal_(start.mean, deviation);
      else
        to.uniform_(start.mean - deviation * std::sqrt(3.0),
                    start.mean + deviation * std::sqrt(3.0));
    }
  }

  // Of which shape the distribution is: as the rule says; by PyTorch's own defaults tables whose
  // rows are looked up are normal, all else is uniform.
  bool begins_normal(const Trained& leaf) const {
    return options_.rule != nullptr ? !options_.rule->uniform : is_table_[at_(leaf.value)];
  }

  static void before_step(void* self, std::size_t s) {
    static_cast<GradientRunner*>(self)->place_ = s;
  }

  void step(std::uint64_t seed) {
    draw_inputs(seed);
    draw_weights(seed);
    run_.forward(before_step, nullptr, this);
    place_ = {};
    {
      at::manual_seed(stream_of(seed, "targets"));
      loss().backward();
    }
    run_.forget();
    gather();
  }

  at::Tensor loss() {
    at::Tensor y = run_.output(output_);
    if (!y.defined() || !y.requires_grad()) throw Refused(nothing_trained);
    const int rank = static_cast<int>(y.dim());
    const int axis = rank == 0 ? 0 : std::clamp(foretold_.class_axis, 0, rank - 1);
    if (rank > 0 && axis != rank - 1) y = y.movedim(axis, -1);
    const std::int64_t classes = rank == 0 ? 1 : y.size(-1);
    y = y.reshape({-1, classes});
    if (classes < 2) return at::mean(at::square(y - at::randn_like(y)));
    constexpr double least = 1e-30;  // of a probability, so that its logarithm is finite
    const at::Tensor logs = softmax_ == "LogSoftmax" ? y
                            : softmax_ == "Softmax"  ? at::log(at::clamp_min(y, least))
                                                     : at::log_softmax(y, -1);
    return at::nll_loss(logs, at::randint(classes, {y.size(0)}, at::kLong));
  }

  // A leaf's squares; of a tensor that is made of several stored ones, shared by their sizes, as
  // the prediction shares it.
  void gather() {
    std::map<ValueId, double> squares;
    for (std::size_t i = 0; i < roots_.size(); ++i) {
      at::Tensor leaf = run_.trained()[i].tensor;
      at::Tensor& grad = leaf.mutable_grad();
      if (!grad.defined()) continue;
      const double all = grad.to(at::kDouble).square().sum().item<double>();
      if (!std::isfinite(all))
        throw Refused("the gradient of " + reckon::quoted(run_.trained()[i].name) +
                      " is not finite");
      grad = at::Tensor();
      double elements = 0;
      for (const ValueId root : roots_[i]) elements += parameters_[root]->elements;
      for (const ValueId root : roots_[i])
        squares[root] += all * parameters_[root]->elements / elements;
    }
    for (LayerGradient& layer : foretold_.layers) {
      double of_layer = 0;
      for (const ParameterGradient& p : layer.parameters) {
        of_parameter_[p.value].add(squares[p.value]);
        of_layer += squares[p.value];
      }
      of_layer_[&layer].add(of_layer);
    }
  }

  const Graph& graph_;
  const Analysis& analysis_;
  const Plan& plan_;
  const GradientRunOptions& options_;
  NetworkGradients& foretold_;
  Interpreter run_;
  std::map<ValueId, ParameterGradient*> parameters_;
  std::vector<std::vector<ValueId>> roots_;  // by leaf
  std::vector<bool> is_table_;               // by ValueId
  std::size_t output_ = 0;
  std::string_view softmax_;
  std::map<ValueId, Squares> of_parameter_;
  std::map<const LayerGradient*, Squares> of_layer_;
  std::optional<std::size_t> place_;
};

}  // namespace

Result<GradientRun> run_gradients(const Graph& graph, const Analysis& analysis,
                                  const GradientRunOptions& options, NetworkGradients& foretold) {
  RECKON_TRY(check_memory(options.expected_bytes));
  RECKON_ASSIGN(const Plan plan, make_plan(graph, analysis, {}));
  std::optional<GradientRunner> runner;
  const auto place = [&]() -> std::string {
    if (!runner || !runner->place()) return {};
    return printable(graph.nodes[at_(plan.steps[*runner->place()])].name);
  };
  try {
    GradientRun run;
    run.threads = measure_threads(options.threads);
    const Moment begin = moment();
    runner.emplace(graph, analysis, plan, options, foretold);
    run.n_seeds = runner->run();
    run.seconds = between(begin, moment()).wall;
    run.library = "LibTorch " + std::string(library_version());
    run.processor = processor_name();
    run.notes = blas_notes(run.threads);
    if (run.n_seeds < options.seeds)
      run.notes.push_back("interrupted after " + std::to_string(run.n_seeds) + " of " +
                          std::to_string(options.seeds) + " networks");
    return run;
  } catch (const std::exception&) {
    return std::unexpected(run_failure(place()));
  }
}

}  // namespace reckon

// The walk of a signal through a graph: forward, what every value's moments are; backward, those of
// the loss's gradient. An operator's rule (signal/rule.h) reads its operands and sets its results;
// what has no rule is unknown, and so is all that follows from it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyze.h"
#include "learning/initialisation.h"
#include "learning/signal/law.h"
#include "learning/signal/start.h"
#include "ops/context.h"

namespace reckon::signal {

// What an axis of a tensor runs along; one that was reshaped runs along several, in order.
enum class Along : std::uint8_t { samples, positions, channels };
struct Factor {
  Along along = Along::channels;
  Dim size = 1;
  bool operator==(const Factor&) const = default;
};
using Axis = std::vector<Factor>;

// Channels that look alike, next to each other.
struct Part {
  double channels = 1, mean = 0;  // mean: E[x], the same in every channel
  Kernel kernel = {};
  Kernel slope = {};  // of a function of another value: moments of its derivative
  Law law = {};
  Kernel tilt = {};  // likewise of f′(x)·(x − E[x])
  double tilt_share = 0;

  Spread spread(const Grid& grid) const;
};

struct Scores;  // of an attention, before and after its softmax

struct Signal {
  Grid grid = {};
  std::vector<Part> parts = {};
  std::vector<Axis> axes = {};
  // Where the value is a function of another one, element by element.
  ValueId source = none;
  Function function = {};
  std::shared_ptr<const Scores> scores = {};

  double channels() const;
  // The mean over all channels, by group of positions.
  Kernel average() const;
  // All channels as one part, of one group.
  Part whole() const;
};

enum class What : std::uint8_t {
  constant,  // known without the input
  weight,    // a trained tensor, or a piece of one
  aside,     // made of whole numbers: indices and masks
  signal,
  unknown,
};

struct ParameterState {
  std::optional<Start> start;  // once a rule has read it
  double energy = 0;           // Σ of the squares of its gradient
  bool unknown = false;        // part of its gradient is
  NodeId reader = none;        // the first
};

class Walk {
 public:
  using Starts = std::map<std::string, Start, std::less<>>;
  // `rule` for weights of products, then what is stored, then PyTorch's defaults by module.
  Walk(const Graph& graph, const Analysis& analysis, const Initialisation* rule,
       const Starts& stored);

  const Graph& graph() const { return graph_; }
  const Analysis& analysis() const { return analysis_; }
  const Tensor& tensor(ValueId id) const { return analysis_.tensor(id); }
  What what(ValueId id) const { return what_[at(id)]; }
  What what(const OpContext& ctx, int i) const {
    return ctx.has_input(i) ? what(ctx.input_id(i)) : What::constant;
  }
  const Signal& signal(ValueId id) const { return *signals_[at(id)]; }
  const Signal& in(const OpContext& ctx, int i) const { return signal(ctx.input_id(i)); }
  const Signal& out(const OpContext& ctx, int i = 0) const { return signal(ctx.output_id(i)); }
  void set(const OpContext& ctx, int i, Signal signal);

  // Weights. `fan_in` and `fan_out` of a product's; 0: a table or a vector with this start.
  Start weight(ValueId view, double fan_in, double fan_out, Start otherwise);
  // The start that a tensor was given, of a view.
  const ParameterState& state(ValueId view) const { return parameters_[at(root(view))]; }
  bool is_weight(const OpContext& ctx, int i) const { return what(ctx, i) == What::weight; }
  // Elements of a constant or of a small weight; nullopt where nobody knows them.
  std::optional<Start> elements(ValueId id) const;
  // Shared among the tensors that a view is made of, by their sizes; or of one of those.
  void add_energy(ValueId view, double energy);
  // The node that reads a value first; none where nobody does.
  NodeId first_reader(ValueId id) const { return first_reader_[at(id)]; }

  // Gradients, by part of the value. Null where none has arrived.
  const std::vector<Kernel>* gradient(ValueId id) const {
    const auto& g = gradients_[at(id)];
    return g.empty() ? nullptr : &g;
  }
  // Of the gradient times the value's distance from its mean, δ·(x − E[x]): what a normalisation
  // asks, whose result a function was applied to.
  const std::vector<Kernel>& tilted(ValueId id) const { return tilted_[at(id)]; }
  // Adds one; a function of a Gaussian value hands it on by itself when its turn comes. Where it is
  // not said what becomes of δ·(x − E[x]), the two are independent.
  void push(ValueId id, const std::vector<Kernel>& by_part,
            const std::vector<Kernel>* tilted_by_part = nullptr,
            const std::vector<Profile>* profiles_by_part = nullptr);
  // What δ·(y − E[y]) of y = f(x), here by its part, adds to that of x beyond independence: where a
  // normalisation behind undoes a scale, the two hang together.
  Kernel tilt_beyond(ValueId id, std::size_t part) const;
  // By part; none where nothing has arrived.
  const std::vector<Profile>& profiles(ValueId id) const { return profiles_[at(id)]; }
  // The same kernel in every part, spread over the groups.
  void push_whole(ValueId id, const Kernel& one_group);

  // Forward and backward over all nodes, with the loss's gradient where it begins.
  void forward();
  void backward(ValueId from, const Kernel& gradient);
  // Whose gradient is not known, since an operator between it and the loss has no rule.
  bool blocked(ValueId id) const { return blocked_[at(id)]; }
  // "MyOp", "TopK": sorted, each once.
  const std::vector<std::string>& unknown_ops() const { return unknown_ops_; }
  const std::vector<ParameterState>& parameters() const { return parameters_; }  // by ValueId
  const std::vector<ValueId>& roots(ValueId view) const { return roots_[at(view)]; }
  ValueId root(ValueId view) const {
    return roots_[at(view)].empty() ? none : roots_[at(view)].front();
  }

 private:
  static std::size_t at(ValueId id) { return static_cast<std::size_t>(id); }
  std::optional<Start> known_start(ValueId id) const;
  void begin_inputs();
  void step(NodeId id);
  bool stays_weight(const OpContext& ctx);

  const Graph& graph_;
  const Analysis& analysis_;
  const Initialisation* rule_;
  const Starts& stored_;
  std::vector<What> what_;
  std::vector<std::vector<ValueId>> roots_;  // stored tensors that a value is made of
  std::vector<NodeId> first_reader_;
  std::vector<std::optional<Signal>> signals_;
  std::vector<std::vector<Kernel>> gradients_, tilted_;
  std::vector<std::vector<Profile>> profiles_;
  std::vector<ParameterState> parameters_;
  std::vector<bool> blocked_, known_node_;
  std::vector<std::string> unknown_ops_;
};

// The kernels of neighbouring channels, averaged over others: `sizes` of `from`, then of the
// result.
std::vector<Kernel> regrouped(const std::vector<Kernel>& from, const std::vector<double>& sizes,
                              const std::vector<double>& to);
std::vector<double> sizes_of(const Signal& signal);
// Moments and law of the channels in other parts; what they are a function of is lost.
std::vector<Part> recut(const std::vector<Part>& parts, const std::vector<double>& to);
// These sizes, with runs of neighbours as one where there are more parts than any network needs (a
// concatenation that grows would have one more with each node, and all nodes their square).
std::vector<double> coarser(const std::vector<double>& sizes);
// A kernel over one grid as one over another of as many positions.
Kernel fitted(const Kernel& kernel, const Grid& from, const Grid& to);

}  // namespace reckon::signal

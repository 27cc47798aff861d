// Guesses of free dimensions that a graph's own rules refuse are replaced.
//
// The node at which a guess fails says what it wants: as many positions as its table has, as many
// features as its weight sums over, a window that fits. Sizes in question are the extents that
// stand at that node, those at which an extent of its operands becomes one of its weight (found by
// bisection: an extent never shrinks when a dimension of an input grows), and, for a window that
// does not fit, larger ones. A size is taken when the rules then pass the node. Where none helps,
// dimensions that the file gives no name stay unknown, and what follows from them is a lower bound.
#include <algorithm>
#include <utility>

#include "analysis/shape_pass.h"
#include "base/number.h"
#include "base/sort_stably.h"
#include "base/text.h"

namespace reckon {
namespace {

constexpr Dim largest_tried = 4096;

class Repair {
 public:
  Repair(const Graph& graph, BoundDims& bound) : graph_(graph), bound_(bound) {}

  Result<Shapes> run() {
    auto shapes = attempt(bound_);
    if (shapes || !is_refusal(shapes.error()) || bound_.guessed.empty()) return shapes;
    searches_ = true;
    const Error first = shapes.error();
    const BoundDims as_guessed = bound_;
    constexpr int most_rounds = 8;
    for (int round = 0; round < most_rounds && improve(); ++round) {
      shapes = attempt(bound_);
      if (shapes) return shapes;
    }
    bound_ = as_guessed;
    if (auto unknown = without_names()) {
      if (out_of_steps()) bound_.assumptions.push_back(ended());
      return unknown;
    }
    bound_ = as_guessed;
    return std::unexpected<Error>(named(first));
  }

 private:
  static bool is_refusal(const Error& error) {
    return error.code != ErrorCode::limit && error.code != ErrorCode::overflow;
  }

  // Also keeps where the rules fail, and what the operands there are.
  Result<Shapes> attempt(BoundDims& bound) {
    RECKON_TRY(follow_rules(graph_, bound));
    RECKON_TRY(check_inputs(graph_, bound));
    ShapePass pass{bound};
    auto shapes = pass.run(graph_, nullptr, {});
    steps_ += pass.steps + 1;
    if (searches_ && bound.asked.watch != nullptr) bound.asked.watch->count(pass.steps + 1);
    failed_at_ = pass.failed_at;
    before_failure_ = std::move(pass.before_failure);
    return shapes;
  }

  static constexpr std::int64_t max_steps = max_shape_steps / 10;
  bool out_of_steps() const { return steps_ > max_steps || stopped(bound_.asked.watch); }
  static std::string ended() {
    return "the search for sizes that its rules allow ended after " + grouped(max_steps) + " steps";
  }

  // The dimensions that are moved together: all spatial ones first, which images share; each alone.
  std::vector<std::vector<Dim>> groups() const {
    std::vector<std::vector<Dim>> all;
    std::vector<Dim> equal;
    for (const Dim dim : bound_.guessed)
      if (value(bound_, dim) == value(bound_, bound_.guessed.back()) && value(bound_, dim) > 1)
        equal.push_back(dim);
    if (equal.size() > 1) all.push_back(equal);
    for (const Dim dim : bound_.guessed) all.push_back({dim});
    return all;
  }

  static Dim value(const BoundDims& bound, Dim dim) {
    return bound.values[static_cast<std::size_t>(-2 - dim)];
  }
  BoundDims with(const std::vector<Dim>& group, Dim size) const {
    BoundDims bound = bound_;
    for (const Dim dim : group) bound.values[static_cast<std::size_t>(-2 - dim)] = size;
    return bound;
  }

  // Moves one group so that the rules pass the node at which they fail now.
  bool improve() {
    auto now = attempt(bound_);
    if (now || failed_at_ == none) return false;
    const NodeId node = failed_at_;
    std::vector<Dim> extents;
    std::vector<std::pair<std::size_t, int>> places;  // operand, axis
    const auto inputs = graph_.inputs_of(graph_.nodes[static_cast<std::size_t>(node)]);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == none) continue;
      const Tensor& tensor = before_failure_.tensors[static_cast<std::size_t>(inputs[i])];
      for (int d = 0; d < tensor.shape.rank(); ++d) {
        add(extents, tensor.shape[d]);
        if (graph_.values[static_cast<std::size_t>(inputs[i])].kind == ValueKind::intermediate)
          places.emplace_back(i, d);
      }
      // All elements of the operand against the literal shape that they are to have.
      if (tensor.value != nullptr && i == 1) {
        Checked product = 1;
        for (const std::int64_t one : tensor.value->ints)
          if (one > 0) product *= one;
        add(extents, product.value_or(0));
        places.insert(places.begin(), {0, -1});
      }
    }
    for (const auto& group : groups()) {
      for (const Dim extent : nearest_first(extents, value(bound_, group[0])))
        if (take(group, extent, node)) return true;
      for (const auto& [operand, axis] : places)
        for (const Dim extent : extents)
          if (take(group, where_extent_is(extent, group, node, operand, axis), node)) return true;
      for (Dim size = 2 * std::max<Dim>(1, value(bound_, group[0])); size <= largest_tried;
           size *= 2)
        if (take(group, size, node)) return true;
    }
    return false;
  }

  static void add(std::vector<Dim>& extents, Dim extent) {
    constexpr std::size_t most = 16;
    if (extent > 0 && extents.size() < most &&
        std::find(extents.begin(), extents.end(), extent) == extents.end())
      extents.push_back(extent);
  }

  // A dimension of 1 is broadcast to anything, and fits for no good reason: it is not among them.
  static std::vector<Dim> nearest_first(std::vector<Dim> extents, Dim size) {
    std::erase_if(extents, [](Dim extent) { return extent < 2 || extent > largest_tried; });
    sort_stably(extents, [size](Dim a, Dim b) {
      return std::max(a, size) - std::min(a, size) < std::max(b, size) - std::min(b, size);
    });
    return extents;
  }

  bool take(const std::vector<Dim>& group, Dim size, NodeId node) {
    if (size < 1 || size == value(bound_, group[0]) || out_of_steps()) return false;
    BoundDims moved = with(group, size);
    if (!attempt(moved) && failed_at_ <= node) return false;
    bound_ = std::move(moved);
    return true;
  }

  // The smallest size of the group at which the operand's extent is at least `extent`; 0 where it
  // never comes to it.
  Dim where_extent_is(Dim extent, const std::vector<Dim>& group, NodeId node, std::size_t operand,
                      int axis) {
    Dim low = 1, high = largest_tried;
    while (low < high && !out_of_steps()) {
      const Dim middle = low + (high - low) / 2;
      const Dim found = extent_at(with(group, middle), node, operand, axis);
      if (found >= extent)
        high = middle;
      else
        low = middle + 1;
    }
    return low < largest_tried && extent_at(with(group, low), node, operand, axis) == extent ? low
                                                                                             : 0;
  }

  // 0 where the rules fail before the node, as where a window does not fit.
  Dim extent_at(BoundDims bound, NodeId node, std::size_t operand, int axis) {
    const auto shapes = attempt(bound);
    if (!shapes && failed_at_ < node) return 0;
    const Shapes& known = shapes ? *shapes : before_failure_;
    const auto inputs = graph_.inputs_of(graph_.nodes[static_cast<std::size_t>(node)]);
    const Shape& shape = known.tensors[static_cast<std::size_t>(inputs[operand])].shape;
    if (axis < 0) return shape.is_static() ? shape.elements().value_or(INT64_MAX) : 0;
    return axis < shape.rank() ? shape[axis] : 0;
  }

  Result<Shapes> without_names() {
    for (const Dim dim : bound_.guessed)
      if (is_anonymous(graph_.dim_name(dim)))
        bound_.values[static_cast<std::size_t>(-2 - dim)] = unknown_dim;
    return attempt(bound_);
  }

  // What was assumed, and how to say better.
  Error named(const Error& error) const {
    constexpr std::size_t most = 6;
    Error all = error;
    std::string taken, set;
    for (std::size_t i = 0; i < std::min(bound_.guessed.size(), most); ++i) {
      const Dim dim = bound_.guessed[i];
      const std::string name = printable(graph_.dim_name(dim));
      taken += (taken.empty() ? "" : ", ") + name + " = " + std::to_string(value(bound_, dim));
      set += " `set` " + name + "=…";
    }
    all.message += "; nobody gave the free dimensions, taken as " + taken + ":" + set;
    if (out_of_steps()) all.message += "; " + ended();
    return all;
  }

  const Graph& graph_;
  BoundDims& bound_;
  std::int64_t steps_ = 0;
  bool searches_ = false;  // beyond the guess itself
  NodeId failed_at_ = none;
  Shapes before_failure_;
};

}  // namespace

Result<Shapes> shapes_of_guesses(const Graph& graph, BoundDims& bound) {
  return Repair(graph, bound).run();
}

}  // namespace reckon

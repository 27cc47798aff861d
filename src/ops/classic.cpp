// Classical models (ai.onnx.ml, as scikit-learn, XGBoost and LightGBM are exported): linear models,
// support vectors, trees, and the preparation of features. What they learned lies in attributes.
//
//   linear        N · C · E multiply-accumulates, E scores
//   support       each kernel value k(x, v) is a product of C elements; rbf subtracts first (1 per
//                 element) and takes × exp, poly × + pow, sigmoid × + tanh; Σ a·k is one more per
//                 vector and score
//   trees         one comparison per node on the way: the longest way of every tree is counted,
//   which
//                 one is taken depends on data; one addition per tree
//   post_transform  SOFTMAX 5, LOGISTIC 4 per score
#include "ops/classic.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

Status check_samples(const ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank() || x.rank() == 1 || x.rank() == 2) return {};
  return ctx.mismatch("the input is " + to_string(x) + "; expected samples×features");
}

Result<Dim> read_targets(const ShapeContext& ctx, std::string_view attr) {
  const Dim targets = ctx.int_attr(attr, 1);
  if (targets < 1)
    return ctx.mismatch(std::string(attr) + " must be at least 1, not " + std::to_string(targets));
  return targets;
}

struct Labels {
  DType type;
  Dim count;
};

// Linear models spell the integers classlabels_ints, the others classlabels_int64s.
Labels labels_of(const OpContext& ctx) {
  const Dim strings = list_length(ctx, "classlabels_strings");
  if (strings > 0) return {DType::string, strings};
  return {DType::int64,
          std::max(list_length(ctx, "classlabels_ints"), list_length(ctx, "classlabels_int64s"))};
}

void add_post_transform(const OpContext& ctx, Cost& cost, Dim scores) {
  const std::string_view name = ctx.string_attr("post_transform", "NONE");
  if (name == "NONE" || name.empty()) return;
  const std::int64_t operations = name == "LOGISTIC"                            ? 4
                                  : name == "SOFTMAX" || name == "SOFTMAX_ZERO" ? 5
                                                                                : unknown_dim;
  cost.flops.add("post_transform",
                 {{"operations", operations}, {"N", samples(ctx)}, {"E", scores}});
}

// --- Linear models
// --------------------------------------------------------------------------------

// Rows of coefficients. One row serves two classes.
Dim linear_rows(const OpContext& ctx) {
  const Dim coefficients = count_attrs(ctx, "coefficients"), c = features(ctx);
  if (c > 0) return coefficients / c;
  return std::max<Dim>(count_attrs(ctx, "intercepts"), 1);
}

Status check_coefficients(const ShapeContext& ctx) {
  RECKON_TRY(check_samples(ctx));
  const Dim coefficients = count_attrs(ctx, "coefficients"), c = features(ctx);
  if (coefficients < 1) return ctx.mismatch("has no coefficients");
  if (c > 0 && coefficients % c != 0)
    return ctx.mismatch(std::to_string(coefficients) + " coefficients do not fit " +
                        std::to_string(c) + " features");
  return {};
}

Status linear_classifier_shape(ShapeContext& ctx) {
  RECKON_TRY(check_coefficients(ctx));
  const Labels labels = labels_of(ctx);
  ctx.set_out(0, labels.type, Shape{samples(ctx)});
  ctx.set_out(1, DType::float32, Shape{samples(ctx), std::max(labels.count, linear_rows(ctx))});
  return {};
}

void linear_cost(const OpContext& ctx, Cost& cost) {
  const Dim rows = linear_rows(ctx);
  Term& macs = cost.macs.add({{"N", samples(ctx)}, {"C", features(ctx)}, {"E", rows}});
  macs.operand_a = 0;
  if (count_attrs(ctx, "intercepts") > 0)
    cost.flops.add("intercepts", {{"N", samples(ctx)}, {"E", rows}});
  add_post_transform(ctx, cost, rows);
}

// The class of the largest score.
void linear_classifier_cost(const OpContext& ctx, Cost& cost) {
  linear_cost(ctx, cost);
  cost.flops.add("largest", {{"N", samples(ctx)}, {"E", linear_rows(ctx)}});
}

Dim linear_values(const OpContext& ctx, int i) {
  return i >= 0 ? unknown_dim : count_attrs(ctx, "coefficients", "intercepts");
}

Status linear_regressor_shape(ShapeContext& ctx) {
  RECKON_TRY(check_coefficients(ctx));
  RECKON_ASSIGN(const Dim targets, read_targets(ctx, "targets"));
  ctx.set_out(0, DType::float32, Shape{samples(ctx), targets});
  return {};
}

// --- Support vectors
// ------------------------------------------------------------------------------

Dim support_vectors(const OpContext& ctx) {
  if (const Dim given = ctx.int_attr("n_supports", 0); given > 0) return given;
  Dim n = 0;
  for (const Dim of_class : ctx.ints_attr("vectors_per_class")) n = plus(n, of_class);
  return n;
}

Dim support_classes(const OpContext& ctx) {
  return std::max<Dim>(labels_of(ctx).count, list_length(ctx, "vectors_per_class"));
}

// One score for each pair of classes, unless they are probabilities or the model is linear.
Status support_classifier_shape(ShapeContext& ctx) {
  RECKON_TRY(check_samples(ctx));
  const Labels labels = labels_of(ctx);
  const Dim classes = support_classes(ctx);
  const bool pairs = support_vectors(ctx) > 0 && count_attrs(ctx, "prob_a") == 0;
  const Dim scores = pairs ? multiply(classes, std::max<Dim>(classes - 1, 0)) / 2 : classes;
  ctx.set_out(0, labels.type, Shape{samples(ctx)});
  ctx.set_out(1, DType::float32, Shape{samples(ctx), scores == 1 ? 2 : scores});
  return {};
}

Status support_regressor_shape(ShapeContext& ctx) {
  RECKON_TRY(check_samples(ctx));
  ctx.set_out(0, DType::float32, Shape{samples(ctx), 1});
  return {};
}

// Without support vectors the coefficients are those of a linear model.
void support_cost(const OpContext& ctx, Cost& cost) {
  const Dim vectors = support_vectors(ctx), n = samples(ctx), c = features(ctx);
  const Dim coefficients = count_attrs(ctx, "coefficients");
  if (vectors < 1) {
    cost.macs.add({{"N", n}, {"coefficients", coefficients}});
    return;
  }
  cost.macs.add("kernel", {{"N", n}, {"vectors", vectors}, {"C", c}});
  cost.macs.add("coefficients", {{"N", n}, {"coefficients", coefficients}});
  const std::string_view kernel = ctx.string_attr("kernel_type", "LINEAR");
  if (kernel == "RBF") cost.flops.add("distance", {{"N", n}, {"vectors", vectors}, {"C", c}});
  const std::int64_t each = kernel == "LINEAR" ? 0 : kernel == "RBF" ? 2 : 3;
  if (each > 0) cost.flops.add("kernel", {{"operations", each}, {"N", n}, {"vectors", vectors}});
  const Dim rho = count_attrs(ctx, "rho");
  if (rho > 0) cost.flops.add("rho", {{"N", n}, {"rho", rho}});
  add_post_transform(ctx, cost, std::max<Dim>(rho, 1));
}

Dim support_values(const OpContext& ctx, int i) {
  return i >= 0 ? unknown_dim
                : count_attrs(ctx, "coefficients", "support_vectors", "rho", "prob_a", "prob_b");
}

// --- Trees
// ----------------------------------------------------------------------------------------

// Sum over all trees of the comparisons on the longest way from root to leaf; unknown where the
// nodes do not form trees. `next[2·i]` and `next[2·i + 1]` are the children of node i, -1: none.
Dim longest_ways(const std::vector<std::int64_t>& next) {
  const std::size_t n = next.size() / 2;
  std::vector<std::int32_t> parents(n, 0);
  for (const std::int64_t child : next)
    if (child >= 0 && ++parents[static_cast<std::size_t>(child)] > 1) return unknown_dim;
  std::vector<std::pair<std::size_t, Dim>> stack;
  Dim total = 0;
  std::size_t seen = 0;
  for (std::size_t root = 0; root < n; ++root) {
    if (parents[root] != 0) continue;
    Dim longest = 0;
    stack.assign(1, {root, 0});
    while (!stack.empty()) {
      const auto [node, depth] = stack.back();
      stack.pop_back();
      ++seen;
      const std::int64_t children[] = {next[2 * node], next[2 * node + 1]};
      if (children[0] < 0 && children[1] < 0) longest = std::max(longest, depth);
      for (const std::int64_t child : children)
        if (child >= 0) stack.emplace_back(static_cast<std::size_t>(child), depth + 1);
    }
    total += longest;
  }
  return seen == n ? total : unknown_dim;  // else some nodes go round in circles
}

// Classifiers and regressors before version 5 name their nodes by tree and number.
Dim named_ways(const OpContext& ctx) {
  const auto trees = ctx.ints_attr("nodes_treeids"), ids = ctx.ints_attr("nodes_nodeids");
  const auto yes = ctx.ints_attr("nodes_truenodeids"), no = ctx.ints_attr("nodes_falsenodeids");
  const std::size_t n = ids.size();
  if (trees.size() != n || yes.size() != n || no.size() != n) return unknown_dim;
  const Attr* modes = ctx.graph().find_attr(ctx.node(), "nodes_modes");
  const auto* mode =
      modes == nullptr ? nullptr : std::get_if<std::vector<std::string_view>>(&modes->value);
  if (mode == nullptr || mode->size() != n) return unknown_dim;
  struct Named {
    std::int64_t tree, id;
    std::size_t at;
    bool operator<(const Named& other) const {
      return tree != other.tree ? tree < other.tree : id < other.id;
    }
  };
  std::vector<Named> named;
  for (std::size_t i = 0; i < n; ++i) named.push_back({trees[i], ids[i], i});
  std::sort(named.begin(), named.end());
  std::vector<std::int64_t> next(2 * n, -1);
  for (std::size_t i = 0; i < n; ++i) {
    if ((*mode)[i] == "LEAF") continue;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const Named wanted{trees[i], side == 0 ? yes[i] : no[i], 0};
      const auto found = std::lower_bound(named.begin(), named.end(), wanted);
      if (found == named.end() || wanted < *found) return unknown_dim;
      next[2 * i + side] = static_cast<std::int64_t>(found->at);
    }
  }
  return longest_ways(next);
}

// TreeEnsemble names nodes by position; leaves have positions of their own. The last comparison
// leads to a leaf: an inner node without inner children is one comparison.
Dim numbered_ways(const OpContext& ctx) {
  const std::array<std::span<const std::int64_t>, 2> to = {ctx.ints_attr("nodes_truenodeids"),
                                                           ctx.ints_attr("nodes_falsenodeids")};
  const std::array<std::span<const std::int64_t>, 2> leafs = {ctx.ints_attr("nodes_trueleafs"),
                                                              ctx.ints_attr("nodes_falseleafs")};
  const std::size_t n = to[0].size();
  const auto roots = ctx.ints_attr("tree_roots");
  for (const auto* list : {&to[1], &leafs[0], &leafs[1]})
    if (list->size() != n) return unknown_dim;
  std::vector<std::int64_t> next(2 * n, -1);
  for (std::size_t i = 0; i < n; ++i)
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      if (leafs[side][i] != 0) continue;
      const std::int64_t child = to[side][i];
      if (child < 0 || static_cast<std::size_t>(child) >= n) return unknown_dim;
      next[2 * i + side] = child;
    }
  const Dim ways = longest_ways(next);
  return ways < 0 ? ways : ways + static_cast<Dim>(roots.size());
}

Dim n_trees(const OpContext& ctx) {
  if (ctx.has_attr("tree_roots")) return static_cast<Dim>(ctx.ints_attr("tree_roots").size());
  const auto ids = ctx.ints_attr("nodes_treeids");
  std::vector<std::int64_t> trees(ids.begin(), ids.end());
  std::sort(trees.begin(), trees.end());
  return std::unique(trees.begin(), trees.end()) - trees.begin();
}

void tree_cost(const OpContext& ctx, Cost& cost) {
  const Dim n = samples(ctx);
  cost.flops.add("comparisons", {{"N", n},
                                 {"longest ways", ctx.has_attr("tree_roots") ? numbered_ways(ctx)
                                                                             : named_ways(ctx)}});
  cost.flops.add("sums", {{"N", n}, {"trees", n_trees(ctx)}});
  const Shape& y = ctx.out(ctx.n_outputs() - 1).shape;
  add_post_transform(ctx, cost, dim_of(y, 1));
}

Status tree_classifier_shape(ShapeContext& ctx) {
  RECKON_TRY(check_samples(ctx));
  const Labels labels = labels_of(ctx);
  ctx.set_out(0, labels.type, Shape{samples(ctx)});
  ctx.set_out(1, DType::float32, Shape{samples(ctx), labels.count});
  return {};
}

// TreeEnsemble keeps the type of its input, the older operators write float32.
Status tree_regressor_shape(ShapeContext& ctx) {
  RECKON_TRY(check_samples(ctx));
  const DType type = ctx.node().op_type == "TreeEnsemble" ? ctx.in(0).dtype : DType::float32;
  RECKON_ASSIGN(const Dim targets, read_targets(ctx, "n_targets"));
  ctx.set_out(0, type, Shape{samples(ctx), targets});
  return {};
}

Dim tree_values(const OpContext& ctx, int i) {
  if (i >= 0) return unknown_dim;
  return count_attrs(ctx, "nodes_values", "nodes_values_as_tensor", "nodes_splits", "leaf_weights",
                     "target_weights", "target_weights_as_tensor", "class_weights",
                     "class_weights_as_tensor", "base_values", "base_values_as_tensor");
}

constexpr std::string_view ml = "ai.onnx.ml";

constexpr OpDef rows[] = {
    {.name = "LinearClassifier",
     .signature = "x[N,C] -> label[N] scores[N,E]",
     .nature = {OpKind::linear, Space::not_modelled, Functions::simple},
     .values = linear_values,
     .shape = linear_classifier_shape,
     .cost = linear_classifier_cost,
     .domain = ml},
    {.name = "LinearRegressor",
     .signature = "x[N,C] -> y[N,E]",
     .nature = {OpKind::linear, Space::not_modelled, Functions::simple},
     .values = linear_values,
     .shape = linear_regressor_shape,
     .cost = linear_cost,
     .domain = ml},
    {.name = "SVMClassifier",
     .signature = "x[N,C] -> label[N] scores[N,E]",
     .nature = {OpKind::linear, Space::not_modelled, Functions::special},
     .values = support_values,
     .shape = support_classifier_shape,
     .cost = support_cost,
     .domain = ml},
    {.name = "SVMRegressor",
     .signature = "x[N,C] -> y[N,1]",
     .nature = {OpKind::linear, Space::not_modelled, Functions::special},
     .values = support_values,
     .shape = support_regressor_shape,
     .cost = support_cost,
     .domain = ml},
    {.name = "TreeEnsembleClassifier",
     .signature = "x[N,C] -> label[N] scores[N,E]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .values = tree_values,
     .shape = tree_classifier_shape,
     .cost = tree_cost,
     .domain = ml},
    {.name = "TreeEnsembleRegressor",
     .signature = "x[N,C] -> y[N,E]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .values = tree_values,
     .shape = tree_regressor_shape,
     .cost = tree_cost,
     .domain = ml},
    {.name = "TreeEnsemble",
     .signature = "x[N,C] -> y[N,E]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .values = tree_values,
     .shape = tree_regressor_shape,
     .cost = tree_cost,
     .domain = ml},
};

}  // namespace

constinit const std::span<const OpDef> classic_ops(rows);

}  // namespace reckon

// Small networks whose lifetimes are written down by hand; all tensors are float32.
#include "memory/lifetimes.h"

#include <gtest/gtest.h>

#include "memory/arena_check.h"
#include "ops/table.h"

namespace reckon {
namespace {

class Net {
 public:
  ValueId input(std::string_view name, Shape shape) {
    const ValueId id = graph_.add_value(name, ValueKind::input, DType::float32, shape);
    graph_.inputs.push_back(id);
    return id;
  }
  ValueId weight(Shape shape) {
    return graph_.add_value("w", ValueKind::initializer, DType::float32, shape);
  }
  ValueId ints(std::vector<std::int64_t> elements) {
    const ValueId id = graph_.add_value("ints", ValueKind::initializer, DType::int64,
                                        {static_cast<Dim>(elements.size())});
    graph_.values[static_cast<std::size_t>(id)].constant =
        graph_.add_constant({.dtype = DType::int64,
                             .shape = {static_cast<Dim>(elements.size())},
                             .ints = std::move(elements)});
    return id;
  }
  ValueId op(std::string_view type, std::string_view name, std::vector<ValueId> inputs,
             std::vector<Attr> attrs = {}) {
    return ops(type, {name}, std::move(inputs), std::move(attrs))[0];
  }
  std::vector<ValueId> ops(std::string_view type, std::vector<std::string_view> names,
                           std::vector<ValueId> inputs, std::vector<Attr> attrs = {}) {
    std::vector<ValueId> outputs;
    for (const auto name : names)
      outputs.push_back(graph_.add_value(name, ValueKind::intermediate, DType::unknown, {}));
    graph_.add_node(type, names[0], inputs, outputs, std::move(attrs)).opset = 13;
    return outputs;
  }
  void output(ValueId id) { graph_.outputs.push_back(id); }

  Graph& graph() { return graph_; }
  Result<TaskGraph> tasks(const LifetimeOptions& options = {}) {
    resolve_ops(graph_);
    auto analysis = analyze(graph_);
    if (!analysis) return std::unexpected(analysis.error());
    return inference_tasks(*analysis, options);
  }

 private:
  Graph graph_;
};

// "h 64 [0,3]" for each buffer.
std::vector<std::string> lines_of(const Lifetimes& lifetimes) {
  std::vector<std::string> lines;
  for (const Buffer& b : lifetimes.buffers)
    lines.push_back(std::string(b.name) + " " + std::to_string(b.bytes) + " [" +
                    std::to_string(b.first_use) + "," + std::to_string(b.last_use) + "]");
  return lines;
}

using Lines = std::vector<std::string>;

Lifetimes given_order(Net& net, const LifetimeOptions& options = {}) {
  const auto tasks = net.tasks(options);
  EXPECT_TRUE(tasks) << tasks.error().message << " " << tasks.error().where;
  if (!tasks) return {};
  const auto lifetimes = lifetimes_in_order(*tasks);
  EXPECT_TRUE(lifetimes) << lifetimes.error().message;
  if (!lifetimes) return {};
  // Two ways to the peak: the walk, and the sweep over the buffers.
  EXPECT_EQ(live_lower_bound(lifetimes->buffers).value(), lifetimes->inference_peak_bytes);
  return *lifetimes;
}

// x[1,8] → linear → h[1,16] → relu r → reshape v[2,8] → linear → y[2,4]
Net chain() {
  Net net;
  const ValueId h = net.op("MatMul", "h", {net.input("x", {1, 8}), net.weight({8, 16})});
  const ValueId r = net.op("Relu", "r", {h});
  const ValueId v = net.op("Reshape", "v", {r, net.ints({2, 8})});
  net.output(net.op("MatMul", "y", {v, net.weight({8, 4})}));
  return net;
}

TEST(Lifetimes, AnActivationFunctionTakesOverAndAViewShares) {
  Net net = chain();
  const Lifetimes on = given_order(net);
  EXPECT_EQ(lines_of(on), (Lines{"x 32 [0,0]", "h 64 [0,3]", "y 32 [3,3]"}));
  EXPECT_EQ(on.inference_peak_bytes, 96);
  EXPECT_EQ(on.peak_step, 0);
  EXPECT_EQ(on.peak_layer, "h");
  EXPECT_EQ(on.n_unknown, 0);
}

TEST(Lifetimes, WithoutInPlaceBothSidesAreAlive) {
  Net net = chain();
  const Lifetimes off = given_order(net, {.in_place = false});
  EXPECT_EQ(lines_of(off), (Lines{"x 32 [0,0]", "h 64 [0,1]", "r 64 [1,3]", "y 32 [3,3]"}));
  EXPECT_EQ(off.inference_peak_bytes, 128);
  EXPECT_EQ(off.peak_step, 1);
  EXPECT_EQ(off.peak_layer, "r");
}

TEST(Lifetimes, TheCallerMayKeepItsInput) {
  Net net = chain();
  const Lifetimes kept = given_order(net, {.keep_inputs = true});
  EXPECT_EQ(lines_of(kept), (Lines{"x 32 [0,3]", "h 64 [0,3]", "y 32 [3,3]"}));
  EXPECT_EQ(kept.inference_peak_bytes, 128);
  EXPECT_EQ(kept.peak_layer, "y");
}

// The input is the caller's, and h is read again by the sum: neither relu may overwrite. An
// output stays; a value that nobody reads is gone after its step; an input that nobody reads stays.
TEST(Lifetimes, WhatIsReadAgainIsNotOverwritten) {
  Net net;
  const ValueId x = net.input("x", {1, 4}), unread = net.input("unread", {1, 1});
  (void)unread;
  const ValueId r = net.op("Relu", "r", {x});
  const ValueId h = net.op("MatMul", "h", {r, net.weight({4, 4})});
  const ValueId s = net.op("Sigmoid", "s", {h});
  net.output(s);
  net.op("Tanh", "dead", {s});
  net.output(net.op("Add", "y", {s, h}));
  EXPECT_EQ(lines_of(given_order(net)),
            (Lines{"x 16 [0,0]", "unread 4 [0,4]", "r 16 [0,1]", "h 16 [1,4]", "s 16 [2,4]",
                   "dead 16 [3,3]", "y 16 [4,4]"}));
}

// Both halves of a split are views: the whole stays alive until the last reader of either, and an
// activation function does not overwrite a part.
TEST(Lifetimes, HalvesKeepTheWhole) {
  Net net;
  const ValueId h = net.op("MatMul", "h", {net.input("x", {1, 4}), net.weight({4, 8})});
  const auto half = net.ops("Split", {"a", "b"}, {h}, {{.name = "axis", .value = std::int64_t{1}}});
  const ValueId r = net.op("Relu", "r", {half[0]});
  net.output(net.op("Mul", "y", {r, half[1]}));
  EXPECT_EQ(lines_of(given_order(net)),
            (Lines{"x 16 [0,0]", "h 32 [0,3]", "r 16 [2,3]", "y 16 [3,3]"}));
}

// The same tasks in another order: the relu runs last and may overwrite then.
TEST(Lifetimes, AnotherOrderHasOtherLifetimes) {
  Net net;
  const ValueId h = net.op("MatMul", "h", {net.input("x", {1, 4}), net.weight({4, 4})});
  const ValueId r = net.op("Relu", "r", {h});
  const ValueId m = net.op("MatMul", "m", {h, net.weight({4, 1})});
  net.output(r);
  net.output(m);
  const auto tasks = net.tasks();
  ASSERT_TRUE(tasks);
  const auto given = lifetimes_in_order(*tasks);
  EXPECT_EQ(lines_of(*given), (Lines{"x 16 [0,0]", "h 16 [0,2]", "r 16 [1,2]", "m 4 [2,2]"}));
  EXPECT_EQ(given->inference_peak_bytes, 36);
  const auto plan = better_order(*tasks);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->order, (std::vector<std::int32_t>{0, 2, 1}));
  EXPECT_EQ(plan->peak_before, 36);
  EXPECT_EQ(plan->peak_after, 32);
  const auto better = lifetimes_in_order(*tasks, plan->order);
  EXPECT_EQ(lines_of(*better), (Lines{"x 16 [0,0]", "h 16 [0,2]", "m 4 [1,2]"}));
  EXPECT_EQ(better->inference_peak_bytes, 32);
  EXPECT_EQ(better->buffer_of[1], better->buffer_of[2]);
}

TEST(Lifetimes, ConstantsAreNoBuffersAndUnknownSizesAreCounted) {
  Net net;
  const ValueId x = net.input("x", {2, 3});
  const ValueId sizes = net.op("Shape", "sizes", {x});  // folded: [2,3]
  const ValueId v = net.op("Reshape", "v", {x, sizes});
  net.output(net.op("NobodyKnows", "y", {v, x}));
  const Lifetimes lifetimes = given_order(net);
  EXPECT_EQ(lines_of(lifetimes), (Lines{"x 24 [0,1]", "y 0 [1,1]"}));
  EXPECT_EQ(lifetimes.n_unknown, 1);
  EXPECT_EQ(lifetimes.inference_peak_bytes, 24);
}

// Both branches read h of the surrounding graph, which must outlive x. Inside, the costlier one
// holds a (40 B, gone after the second product); its output is counted as the output of the If.
TEST(Lifetimes, ABranchHoldsWhatItNeedsWhileItRuns) {
  Net net;
  const ValueId x = net.input("x", {1, 4});
  const ValueId condition = net.graph().add_value("c", ValueKind::input, DType::boolean, {1});
  net.graph().inputs.push_back(condition);
  const ValueId h = net.op("MatMul", "h", {x, net.weight({4, 4})});
  for (const int wide : {10, 2}) {
    auto body = std::make_unique<Graph>(net.graph().names);
    const ValueId inner = body->add_value("h", ValueKind::captured, DType::float32, {1, 4});
    body->values[static_cast<std::size_t>(inner)].outer = h;
    const ValueId w1 = body->add_value("w1", ValueKind::initializer, DType::float32, {4, wide});
    const ValueId w2 = body->add_value("w2", ValueKind::initializer, DType::float32, {wide, 4});
    const ValueId a = body->add_value("a", ValueKind::intermediate, DType::unknown, {});
    const ValueId b = body->add_value("b", ValueKind::intermediate, DType::unknown, {});
    body->add_node("MatMul", "a", std::vector{inner, w1}, std::vector{a}).opset = 13;
    body->add_node("MatMul", "b", std::vector{a, w2}, std::vector{b}).opset = 13;
    body->outputs.push_back(b);
    net.graph().bodies.push_back(std::move(body));
  }
  net.output(net.op("If", "y", {condition},
                    {{.name = "then_branch", .value = BodyRef{0}},
                     {.name = "else_branch", .value = BodyRef{1}}}));
  EXPECT_EQ(lines_of(given_order(net)),
            (Lines{"x 16 [0,0]", "c 1 [0,1]", "h 16 [0,1]", "y 16 [1,1]", "y 40 [1,1]"}));
}

TEST(Lifetimes, EveryPlannerPlacesThem) {
  Net net = chain();
  const Lifetimes lifetimes = given_order(net);
  const auto plan = plan_optimal(lifetimes.buffers, {}, 16);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->total_bytes, 96);
  EXPECT_TRUE(plan->optimal);
  EXPECT_TRUE(check_placement(lifetimes.buffers, *plan, 16));
}

TEST(Lifetimes, AnEmptyGraphHoldsItsInput) {
  Net net;
  net.output(net.input("x", {5}));
  const Lifetimes lifetimes = given_order(net);
  EXPECT_EQ(lines_of(lifetimes), (Lines{"x 20 [0,0]"}));
  EXPECT_EQ(lifetimes.peak_node, none);
}

}  // namespace
}  // namespace reckon

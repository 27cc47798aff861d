// The questions about activations, gradients and training steps, as every face asks them.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/backward.h"
#include "api/answer.h"
#include "memory/update_cost.h"
#include "questions/inquiry.h"
#include "source_path.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

std::shared_ptr<const Model> model(std::string_view spec) {
  return std::make_shared<const Model>(open_model(spec).value());
}

Json ask(std::string_view question, std::string_view spec = {}) {
  return Json::parse(answer(spec.empty() ? nullptr : model(spec), question));
}

std::string code_of(const Json& json) {
  return json.contains("error") ? json["error"]["code"].get<std::string>() : "";
}

BackwardCost backward(const std::string& spec, const std::vector<std::string>& frozen = {}) {
  const Inquiry inquiry = inquire(spec, {}).value();
  return backward_cost(*inquiry.model->graph, inquiry.analysis, {.frozen = frozen}).value();
}

// By hand: 784·128 + 128·64 + 64·10 = 109,184; the first layer's input needs no gradient, so
// 128·64 + 64·10 = 8,832; 227,200 / 109,184 = 2.0809.
TEST(Step, PricesTheNetworkOfTheLab) {
  const Json step =
      ask(R"({"question":"step","optimizer":"adam","batch":32})", "784-128-64-10")["step"];
  EXPECT_EQ(step["forward_macs"], 32 * 109'184);
  EXPECT_EQ(step["weight_gradient_macs"], 32 * 109'184);
  EXPECT_EQ(step["input_gradient_macs"], 32 * 8'832);
  EXPECT_NEAR(step["macs_ratio_to_forward"].get<double>(), 227'200.0 / 109'184, 1e-12);
  EXPECT_EQ(step["trained_params"], 109'386);
  EXPECT_EQ(step["update_flops"], 14 * 109'386);
  EXPECT_EQ(step["layers"][0]["needs_input_gradient"], false);
  // LAB05 has 0.16 to 0.28 of the forward products, 2 · 32 · 109,184 FLOP; biases and ReLUs, 394
  // FLOP for each input, make the forward pass 0.2 % longer.
  EXPECT_EQ(step["forward_flops"], 32 * (2 * 109'184 + 202 + 192));
  EXPECT_NEAR(step["update_ratio_low"].get<double>(), 0.16, 0.005);
  EXPECT_NEAR(step["update_ratio_high"].get<double>(), 0.28, 0.005);
  const Json one = ask(R"({"question":"step","optimizer":"adam"})", "784-128-64-10")["step"];
  EXPECT_NEAR(one["update_ratio_low"].get<double>(), 5, 0.05);
  EXPECT_NEAR(one["update_ratio_high"].get<double>(), 9, 0.05);
}

TEST(Step, AnOptimizerThatNobodyCountedIsUnknown) {
  const Json step = ask(R"({"question":"step","optimizer":"adafactor"})", "784-10")["step"];
  EXPECT_TRUE(step["update_flops"].is_null());
  EXPECT_TRUE(step["ratio_to_forward"].is_null());
  EXPECT_EQ(code_of(ask(R"({"question":"step","optimizer":"adma"})", "784-10")), "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"step"})")), "bad_argument");
}

// One layer has no input gradient at all: training is twice the forward pass.
TEST(Backward, ASingleLayer) {
  const BackwardCost cost = backward("784-10");
  EXPECT_EQ(cost.weight_gradient_macs, 7840);
  EXPECT_EQ(cost.input_gradient_macs, 0);
}

// Nothing trained lies before the second layer then, and the first has no weight gradient.
TEST(Backward, AFrozenLayerNeedsNothing) {
  const Inquiry inquiry = inquire(std::string_view("784-128-64-10"), {}).value();
  const Node* first = nullptr;
  for (const Layer& layer : inquiry.analysis.layers)
    if (first == nullptr && layer.macs.value() > 0) first = &layer.op_node();
  ASSERT_NE(first, nullptr);
  const BackwardCost cost = backward("784-128-64-10", {std::string(first->name)});
  EXPECT_EQ(cost.weight_gradient_macs, 128 * 64 + 64 * 10);
  EXPECT_EQ(cost.input_gradient_macs, 64 * 10);
  EXPECT_EQ(cost.trained_params, 128 * 64 + 64 + 64 * 10 + 10);
}

// torchvision's ResNet-18: 1,814,073,344 MACs, of which the first convolution has
// 64·3·7·7·112·112 = 118,013,952, whose input needs no gradient.
TEST(Backward, ResNet18) {
  const BackwardCost cost = backward(source_path("tests/models/resnet18.onnx"));
  EXPECT_EQ(cost.forward_macs, 1'814'073'344);
  EXPECT_EQ(cost.weight_gradient_macs, 1'814'073'344);
  EXPECT_EQ(cost.input_gradient_macs, 1'814'073'344 - 118'013'952);
  EXPECT_FALSE(cost.lower_bound);
}

// torchvision's ViT-B/32: the products of attention, 12 layers · 2 · 12 heads · 50·50·64 =
// 46,080,000 MACs, have two activations for operands and so cost two input gradients; the patches
// of the image, 768·3·32·32·7·7 = 115,605,504, none.
TEST(Backward, AttentionHasTwoInputGradients) {
  const BackwardCost cost = backward(source_path("tests/models/torchvision/vit_b_32.onnx"));
  EXPECT_EQ(cost.weight_gradient_macs, cost.forward_macs - 46'080'000);
  EXPECT_EQ(cost.input_gradient_macs,
            cost.forward_macs - 46'080'000 - 115'605'504 + 2 * 46'080'000);
}

// What the documentation of each rule prints, counted again: SGD θ −= γ·g is a product and a
// difference.
TEST(UpdateCost, KnowsItsRange) {
  for (const Optimizer& optimizer : optimizers()) {
    const UpdateCost* cost = update_cost(optimizer);
    if (cost == nullptr) continue;
    EXPECT_LE(cost->low, cost->by_formula) << optimizer.name;
    EXPECT_LE(cost->by_formula, cost->high) << optimizer.name;
  }
  EXPECT_EQ(update_cost(*find_optimizer("sgd").value())->by_formula, 2);
  EXPECT_EQ(update_cost(*find_optimizer("momentum").value())->by_formula, 4);
  EXPECT_EQ(update_cost(*find_optimizer("adafactor").value()), nullptr);
}

// LAB05: 1,000 units · 10 layers = 10,000 evaluations, 24.5 million transistors more with sigmoid.
// MACs 784,000 + 9·10^6 + 10,000 = 9,794,000; FLOPs 2 for each, 10,010 of biases, 4 for each
// sigmoid. Energy 4.6 pJ for a MAC, 10 · 0.9 pJ for a sigmoid.
TEST(ActivationShare, TenLayersOfAThousandUnits) {
  const std::string chain = "784-1000-1000-1000-1000-1000-1000-1000-1000-1000-1000-10";
  const Json share = ask(R"({"question":"activation_share","activation":"sigmoid","batch":4})",
                         chain)["activation_share"];
  EXPECT_EQ(share["units"], 10'000);
  EXPECT_EQ(share["evaluations"], 40'000);
  EXPECT_EQ(share["this_transistors"], 25'000'000);
  EXPECT_EQ(share["relu_transistors"], 500'000);
  EXPECT_EQ(share["extra_transistors"], 24'500'000);
  EXPECT_EQ(share["activation_flops"], 4 * 40'000);
  EXPECT_EQ(share["flops"], 4 * (2 * 9'794'000 + 10'010 + 40'000));
  EXPECT_NEAR(share["macs_energy_pj"].get<double>(), 4 * 4.6 * 9'794'000, 1);
  EXPECT_NEAR(share["activation_energy_pj"].get<double>(), 4 * 90'000, 1e-3);

  const Json own = ask(R"({"question":"activation_share"})", chain)["activation_share"];
  EXPECT_TRUE(own["activation"].is_null());
  EXPECT_EQ(own["extra_transistors"], 0);
  EXPECT_EQ(own["activation_flops"], 10'000);
  EXPECT_NEAR(own["energy_share"].get<double>(), 9000 / (9000 + 4.6 * 9'794'000), 1e-9);
  // Nobody knows what a softplus takes: null, not 0.
  const Json unknown =
      ask(R"({"question":"activation_share","activation":"softplus"})", chain)["activation_share"];
  EXPECT_TRUE(unknown["this_transistors"].is_null());
  EXPECT_TRUE(unknown["extra_transistors"].is_null());
  EXPECT_TRUE(unknown["energy_share"].is_null());
  EXPECT_EQ(unknown["activation_flops"], 30'000);
  EXPECT_EQ(code_of(ask(R"({"question":"activation_share","activation":"sigmod"})", chain)),
            "not_found");
}

TEST(Silicon, AnswersWithOverrides) {
  const Json book = ask(R"({"question":"silicon"})")["silicon"]["activations"];
  EXPECT_EQ(book[0]["name"], "sigmoid");
  EXPECT_EQ(book[0]["transistors_to_relu"], 50);
  EXPECT_TRUE(book[0]["cycles"]["value"].is_null());
  EXPECT_EQ(book[0]["cycles"]["low"], 20);
  EXPECT_EQ(book[3]["transistors"]["substitution"], "2,500 + 1,952");
  const Json mine =
      ask(R"({"question":"silicon","overrides":{"relu.transistors":100}})")["silicon"];
  EXPECT_EQ(mine["activations"][0]["transistors_to_relu"], 25);
  EXPECT_EQ(mine["constants"][0]["standing"], "assumed");
  EXPECT_EQ(code_of(ask(R"({"question":"silicon","overrides":{"relu":1}})")), "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"silicon","overrides":{"relu.transistors":"x"}})")),
            "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"silicon","overrides":3})")), "bad_argument");
}

TEST(Curve, Answers) {
  const Json curve =
      ask(R"({"question":"curve","activation":"tanh","from":-1,"to":1,"points":3})")["curve"];
  EXPECT_EQ(curve["x"], Json({-1.0, 0.0, 1.0}));
  EXPECT_EQ(curve["derivative"][1], 1);
  EXPECT_EQ(curve["saturated"].size(), 2U);
  EXPECT_TRUE(curve["saturated"][0][0].is_null());
  EXPECT_EQ(code_of(ask(R"({"question":"curve"})")), "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"curve","activation":"tanh","points":0})")), "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"curve","activation":"tnah"})")), "not_found");
}

TEST(Gradients, Answers) {
  const Json gradients = ask(R"({"question":"gradients","activation":"sigmoid","depth":3,
    "width":16,"samples":4,"seeds":2})")["gradients"];
  ASSERT_EQ(gradients["points"].size(), 3U);
  EXPECT_EQ(gradients["initialisation"], "torch_default");
  EXPECT_EQ(gradients["points"][2]["depth"], 3);
  EXPECT_NEAR(gradients["points"][2]["activation_bound"].get<double>(), 1.0 / 64, 1e-12);
  EXPECT_EQ(code_of(ask(R"({"question":"gradients","activation":"relu","depth":0})")),
            "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"gradients","activation":"relu","width":4096,"depth":256,
    "seeds":1024})")),
            "limit");
}

TEST(Loops, Answer) {
  const Json loop = ask(R"({"question":"activation_loop","activation":"relu","evaluations":5000})");
  EXPECT_EQ(loop["activation_loop"]["evaluations"], 5120);
  // Σ of the positive half of −4 … 4 in 1,024 steps: 512 values whose mean is 4·512/1,023.
  EXPECT_NEAR(loop["activation_loop"]["checksum"].get<double>(), 512 * 4 * 512.0 / 1023, 0.01);
  const Json chase = ask(R"({"question":"pointer_chase","bytes":6400,"steps":100})");
  EXPECT_EQ(chase["pointer_chase"]["elements"], 100);
  EXPECT_EQ(chase["pointer_chase"]["checksum"], 0);
  EXPECT_EQ(code_of(ask(R"({"question":"pointer_chase","bytes":1e9})")), "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"pointer_chase","bytes":1000000000})")), "bad_argument");
  EXPECT_EQ(code_of(ask(R"({"question":"activation_loop","activation":"relu",
    "evaluations":99999999999})")),
            "bad_argument");
}

}  // namespace
}  // namespace reckon

#include "learning/activations.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace reckon {
namespace {

const Activation& named(std::string_view name) {
  return *find_activation(name).value();
}

// torch.nn.functional and its autograd in double precision, PyTorch 1.13.
struct TorchRow {
  std::string_view name;
  std::array<double, 5> values, derivatives;
};
constexpr std::array<double, 5> points = {-3.5, -1.0 / 3, 0, 0.75, 6.5};
constexpr TorchRow torch_rows[] = {
    {"sigmoid",
     {0.029312230751356319, 0.41742979353768528, 0.5, 0.67917869917539297, 0.99849881774326299},
     {0.02845302387973556, 0.24318216100477072, 0.25, 0.21789499376181404, 0.0014989287085690683}},
    {"tanh",
     {-0.99817789761119868, -0.32151273753163434, 0, 0.6351489523872873, 0.9999954793514042},
     {0.0036408847204873578, 0.89662955960491442, 1, 0.59658580828133145, 9.041276755328353e-06}},
    {"relu", {0, 0, 0, 0.75, 6.5}, {0, 0, 0, 1, 1}},
    {"gelu",
     {-0.00081420177662439031, -0.12314711339392122, 0, 0.58002948571734891, 6.4999999997389599},
     {-0.0028217603536246205, 0.24364693095076595, 0.5, 0.99922572173923518, 1.0000000016950519}},
    {"gelu_tanh",
     {-0.00061619765537374027, -0.12315087200936405, 0, 0.57996055516562028, 6.4999999999993721},
     {-0.0024226437601167334, 0.24369025884740692, 0.5, 0.99893825613741427, 1.0000000000065836}},
    {"leaky_relu",
     {-0.035000000000000003, -0.0033333333333333331, 0, 0.75, 6.5},
     {0.01, 0.01, 0.01, 1, 1}},
    {"relu6", {0, 0, 0, 0.75, 6}, {0, 0, 0, 1, 0}},
    {"elu",
     {-0.96980261657768152, -0.28346868942621073, 0, 0.75, 6.5},
     {0.030197383422318501, 0.71653131057378927, 1, 1, 1}},
    {"silu",
     {-0.10259280762974712, -0.13914326451256176, 0, 0.50938402438154473, 6.4902423153312094},
     {-0.070273352827718141, 0.33636907320276171, 0.5, 0.84259994449675357, 1.008241854348962}},
    {"mish",
     {-0.10409575448637122, -0.16440641350674604, 0, 0.61001833521829341, 6.4999707039398373},
     {-0.072760413443267058, 0.38792469275222219, 0.59999999999999998, 0.98575835571668802,
      1.0000539969448543}},
    {"softplus",
     {0.029750418272620566, 0.54030557468940843, 0.69314718055994529, 1.1368710061148999,
      6.5015023101597542},
     {0.029312230751356316, 0.41742979353768533, 0.5, 0.67917869917539297, 0.99849881774326299}},
    {"softsign",
     {-0.77777777777777779, -0.25, 0, 0.42857142857142855, 0.8666666666666667},
     {0.049382716049382713, 0.5625, 1, 0.32653061224489793, 0.017777777777777767}},
    {"hard_sigmoid", {0, 0.44444444444444442, 0.5, 0.625, 1}, {0, 1.0 / 6, 1.0 / 6, 1.0 / 6, 0}},
    {"hard_tanh", {-1, -0.33333333333333331, 0, 0.75, 1}, {0, 1, 1, 1, 0}},
    {"hard_swish",
     {0, -0.14814814814814814, 0, 0.46875, 6.5},
     {0, 0.3888888888888889, 0.5, 0.75, 1}},
    {"identity", {-3.5, -1.0 / 3, 0, 0.75, 6.5}, {1, 1, 1, 1, 1}},
};

TEST(Activations, AgreeWithPyTorch) {
  std::set<std::string_view> seen;
  for (const TorchRow& row : torch_rows) {
    const Activation& activation = named(row.name);
    seen.insert(row.name);
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_NEAR(activation.value(points[i]), row.values[i], 1e-14) << row.name << points[i];
      EXPECT_NEAR(activation.derivative(points[i]), row.derivatives[i], 1e-14)
          << row.name << points[i];
      if (activation.derivative_from_value == nullptr) continue;
      EXPECT_NEAR(activation.derivative_from_value(row.values[i]), row.derivatives[i], 1e-14)
          << row.name << points[i];
    }
  }
  EXPECT_EQ(seen.size(), activations().size()) << "an activation without a row of this table";
}

TEST(Activations, DerivativesAreCentralDifferencesOffTheKinks) {
  for (const Activation& activation : activations()) {
    for (double x = -9.3; x < 9.4; x += 0.171) {
      bool at_kink = false;
      for (const double kink : activation.kinks) at_kink |= std::abs(x - kink) < 1e-3;
      if (at_kink) continue;
      const double h = 1e-5;
      EXPECT_NEAR(activation.derivative(x),
                  (activation.value(x + h) - activation.value(x - h)) / (2 * h), 1e-9)
          << activation.name << ' ' << x;
    }
    // Between kinks it must not jump.
    for (double x = -9; x < 9; x += 1e-3) {
      bool has_kink = false;
      for (const double kink : activation.kinks)
        has_kink |= kink >= x - 1e-9 && kink <= x + 1e-3 + 1e-9;
      if (has_kink) continue;
      ASSERT_NEAR(activation.derivative(x), activation.derivative(x + 1e-3), 2.1e-3)
          << activation.name << ' ' << x;
    }
  }
}

TEST(DerivativeFacts, LargestDerivatives) {
  EXPECT_NEAR(derivative_facts(named("sigmoid")).max, 0.25, 1e-12);
  EXPECT_NEAR(derivative_facts(named("tanh")).max, 1, 1e-12);
  EXPECT_EQ(derivative_facts(named("relu")).max, 1);
  // φ″ = (2 − x²)·density: at √2.
  EXPECT_NEAR(derivative_facts(named("gelu")).max, 1.128904145185155, 1e-12);
  EXPECT_NEAR(derivative_facts(named("gelu")).max_at, std::sqrt(2.0), 1e-6);
  EXPECT_NEAR(derivative_facts(named("hard_swish")).max, 1.5, 1e-12);  // just before x = 3
}

// Where φ′ = 0.01·max, solved by hand: σ(1 − σ) = 0.0025 gives ln((1 − √0.99)/(1 + √0.99)), tanh′
// gives artanh √0.99, softsign 1/√0.01 − 1, ELU ln 0.01.
TEST(DerivativeFacts, SaturatedRegions) {
  const auto ends = [](std::string_view name, std::optional<double> low,
                       std::optional<double> high) {
    const DerivativeFacts facts = derivative_facts(named(name));
    ASSERT_EQ(facts.saturated_up_to.has_value(), low.has_value()) << name;
    ASSERT_EQ(facts.saturated_from.has_value(), high.has_value()) << name;
    EXPECT_NEAR(facts.saturated_up_to.value_or(0), low.value_or(0), 2e-9) << name;
    EXPECT_NEAR(facts.saturated_from.value_or(0), high.value_or(0), 2e-9) << name;
  };
  ends("sigmoid", -5.986445692252764, 5.986445692252764);
  ends("tanh", -2.993222846126382, 2.993222846126382);
  ends("softsign", -9, 9);
  ends("elu", -4.605170185988091, std::nullopt);
  ends("relu", 0, std::nullopt);
  ends("relu6", 0, 6);
  ends("hard_tanh", -1, 1);
  ends("leaky_relu", std::nullopt, std::nullopt);  // 0.01 of the largest is not under it
  ends("identity", std::nullopt, std::nullopt);
  // GELU is flat at its minimum near −0.75 and is not saturated there.
  EXPECT_LT(*derivative_facts(named("gelu")).saturated_up_to, -2);
  EXPECT_FALSE(derivative_facts(named("gelu")).saturated(-0.75179));
  EXPECT_TRUE(derivative_facts(named("relu")).saturated(-1e-6));
  EXPECT_FALSE(derivative_facts(named("relu")).saturated(1e-6));
}

TEST(FindActivation, SuggestsWhatWasMeant) {
  const auto missing = find_activation("sigmod");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find("sigmoid"), std::string::npos);
}

}  // namespace
}  // namespace reckon

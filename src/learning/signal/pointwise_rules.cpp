// Functions of one number. What a chain of them makes of a value is one function of it: a GELU
// written as five nodes is a GELU. The value that begins the chain is taken to be Gaussian.
#include <cmath>
#include <numbers>

#include "learning/activations.h"
#include "learning/signal/attention.h"
#include "learning/signal/rule.h"
#include "ops/activation_name.h"

namespace reckon::signal {
namespace {

using Plain = Function::Plain;

bool set_function(Walk& walk, const OpContext& ctx, const View& view) {
  const Signal& from = walk.signal(view.source);
  Signal y = from;
  y.source = view.source;
  y.function = view.function;
  y.scores = nullptr;
  // The place in the tensor is that of the operand, which may be laid out otherwise only by axes of
  // one element.
  const auto axes = reshaped(from.axes, ctx.out(0).shape);
  if (!axes) return false;
  y.axes = *axes;
  for (Part& part : y.parts) {
    const Spread before = part.spread(from.grid);
    Moments m = moments(view.function, part.mean, part.kernel, from.grid, part.law);
    part.law = law_of(view.function, before);
    part.mean = m.mean;
    part.kernel = std::move(m.value);
    part.slope = std::move(m.derivative);
    part.tilt = std::move(m.tilted);
    part.tilt_share = m.tilt_share;
  }
  walk.set(ctx, 0, std::move(y));
  return true;
}

bool apply(Walk& walk, const OpContext& ctx, Plain f) {
  if (walk.what(ctx, 0) != What::signal) return false;
  const View x = view_of(walk, ctx.input_id(0));
  return set_function(walk, ctx, {x.source, behind(x.function, std::move(f))});
}

Plain leaky(double slope) {
  return [slope](double x) { return Slope{x > 0 ? x : slope * x, x > 0 ? 1 : slope}; };
}
Plain elu(double alpha, double scale, double width) {
  return [=](double x) {
    return x > 0 ? Slope{scale * x, scale}
                 : Slope{scale * alpha * std::expm1(x / width),
                         scale * alpha / width * std::exp(x / width)};
  };
}
Plain clamp(double low, double high) {
  return [=](double x) {
    return Slope{std::min(std::max(x, low), high), x > low && x < high ? 1.0 : 0.0};
  };
}

// Functions that have settings, or no name (ops/activation_name.h).
struct Named {
  std::string_view op;
  Plain (*make)(const OpContext&);
};
const Named functions[] = {
    {"FastGelu", [](const OpContext&) { return activation("gelu_tanh"); }},
    {"QuickGelu",
     [](const OpContext&) -> Plain {
       return [](double x) {
         const double s = 1 / (1 + std::exp(-1.702 * x));
         return Slope{x * s, s + 1.702 * x * s * (1 - s)};
       };
     }},
    {"Swish",
     [](const OpContext& c) -> Plain {
       const double a = c.float_attr("alpha", 1);
       return [a](double x) {
         const double s = 1 / (1 + std::exp(-a * x));
         return Slope{x * s, s + a * x * s * (1 - s)};
       };
     }},
    {"HardSigmoid",
     [](const OpContext& c) -> Plain {
       const double a = c.float_attr("alpha", 0.2), b = c.float_attr("beta", 0.5);
       return [=](double x) {
         const double y = a * x + b;
         return Slope{std::min(std::max(y, 0.0), 1.0), y > 0 && y < 1 ? a : 0};
       };
     }},
    {"LeakyRelu", [](const OpContext& c) { return leaky(c.float_attr("alpha", 0.01)); }},
    {"PRelu", [](const OpContext&) { return leaky(0.25); }},  // nn.PReLU begins with 0.25
    {"ThresholdedRelu",
     [](const OpContext& c) -> Plain {
       const double a = c.float_attr("alpha", 1);
       return [a](double x) { return x > a ? Slope{x, 1} : Slope{0, 0}; };
     }},
    {"Elu", [](const OpContext& c) { return elu(c.float_attr("alpha", 1), 1, 1); }},
    {"Celu",
     [](const OpContext& c) {
       const double a = c.float_attr("alpha", 1);
       return elu(a, 1, a);
     }},
    {"Selu",
     [](const OpContext& c) {
       return elu(c.float_attr("alpha", 1.6732632423543772),
                  c.float_attr("gamma", 1.0507009873554805), 1);
     }},
    {"Clip",
     [](const OpContext& c) {
       constexpr double all = 1e300;
       return clamp(c.const_float(1).value_or(c.float_attr("min", -all)),
                    c.const_float(2).value_or(c.float_attr("max", all)));
     }},
    {"Exp",
     [](const OpContext&) -> Plain {
       return [](double x) { return Slope{std::exp(x), std::exp(x)}; };
     }},
    {"Erf",
     [](const OpContext&) -> Plain {
       return [](double x) {
         return Slope{std::erf(x), 2 / std::sqrt(std::numbers::pi) * std::exp(-x * x)};
       };
     }},
    {"Abs",
     [](const OpContext&) -> Plain {
       return [](double x) { return Slope{std::abs(x), x > 0 ? 1.0 : -1.0}; };
     }},
    {"Neg", [](const OpContext&) -> Plain { return [](double x) { return Slope{-x, -1}; }; }},
    {"Sin",
     [](const OpContext&) -> Plain {
       return [](double x) { return Slope{std::sin(x), std::cos(x)}; };
     }},
    {"Cos",
     [](const OpContext&) -> Plain {
       return [](double x) { return Slope{std::cos(x), -std::sin(x)}; };
     }},
};

bool unary(Walk& walk, const OpContext& ctx) {
  for (const Named& f : functions)
    if (f.op == ctx.node().op_type) return apply(walk, ctx, f.make(ctx));
  return apply(walk, ctx, activation(*activation_name(ctx)));
}

}  // namespace

View view_of(const Walk& walk, ValueId id) {
  constexpr int most_calls = 64;  // a sum of sums doubles them each time
  const Signal& x = walk.signal(id);
  if (x.source != none && x.function.n_calls() <= most_calls) return {x.source, x.function};
  return {id, identity_function()};
}

void function_backward(Walk& walk, const OpContext& ctx) {
  const Signal& y = walk.out(ctx);
  const std::vector<Kernel>& g = *walk.gradient(ctx.output_id(0));
  const Signal& x = walk.signal(y.source);
  std::vector<Kernel> back, tilted;
  std::vector<Profile> profiles;
  for (std::size_t i = 0; i < y.parts.size(); ++i) {
    back.emplace_back(g[i].n_groups());
    back.back().add_product(g[i], y.parts[i].slope);
    const Spread from = x.parts[i].spread(x.grid);
    const Profile& arriving = walk.profiles(ctx.output_id(0))[i];
    Passed passed = back_through(y.function, from, arriving);
    if (!arriving.empty()) {
      const double flat = back_through(y.function, from, {}).square;
      for (double& own : back.back().own) own *= passed.square / flat;
    }
    profiles.push_back(std::move(passed.profile));
    tilted.emplace_back(g[i].n_groups());
    tilted.back().add_product(g[i], y.parts[i].tilt);
    tilted.back() += walk.tilt_beyond(ctx.output_id(0), i);
  }
  walk.push(y.source, back, &tilted, &profiles);
}

bool scale_and_shift(Walk& walk, const OpContext& ctx, int x, double scale, double shift) {
  if (scale_scores(walk, ctx, x, scale)) return true;
  const View view = view_of(walk, ctx.input_id(x));
  return set_function(walk, ctx, {view.source, behind(view.function, [=](double v) {
                                    return Slope{scale * v + shift, scale};
                                  })});
}

bool power_of(Walk& walk, const OpContext& ctx, double exponent) {
  const View view = view_of(walk, ctx.input_id(0));
  return set_function(walk, ctx, {view.source, behind(view.function, [=](double v) {
                                    return Slope{std::pow(v, exponent),
                                                 exponent * std::pow(v, exponent - 1)};
                                  })});
}

bool combine_functions(Walk& walk, const OpContext& ctx, Slope (*f)(Slope, Slope)) {
  const View a = view_of(walk, ctx.input_id(0)), b = view_of(walk, ctx.input_id(1));
  if (a.source != b.source) return false;
  return set_function(walk, ctx, {a.source, of_both(a.function, b.function, f)});
}

std::span<const Rule> pointwise_rules() {
  static const std::vector<Rule> rows = [] {
    std::vector<Rule> out;
    for (const Named& f : functions) out.push_back({f.op, unary, function_backward});
    for (const NamedActivation& f : named_activations())
      out.push_back({f.op, unary, function_backward});
    return out;
  }();
  return rows;
}

}  // namespace reckon::signal

#include "learning/initialisation.h"

#include <cmath>
#include <vector>

#include "base/text.h"

namespace reckon {
namespace {

double torch_default(double fan_in, double) {
  return 1 / (3 * fan_in);
}
double xavier(double fan_in, double fan_out) {
  return 2 / (fan_in + fan_out);
}
double he(double fan_in, double) {
  return 2 / fan_in;
}
double lecun(double fan_in, double) {
  return 1 / fan_in;
}

constexpr Initialisation rows[] = {
    {.name = "torch_default",
     .formula = "U(−1/√fan_in, 1/√fan_in), biases too",
     .uniform = true,
     .biases = true,
     .variance = torch_default},
    {.name = "xavier_uniform",
     .formula = "U(−a, a), a = √(6/(fan_in + fan_out))",
     .uniform = true,
     .variance = xavier},
    {.name = "xavier_normal", .formula = "N(0, 2/(fan_in + fan_out))", .variance = xavier},
    {.name = "he_uniform", .formula = "U(−a, a), a = √(6/fan_in)", .uniform = true, .variance = he},
    {.name = "he_normal", .formula = "N(0, 2/fan_in)", .variance = he},
    {.name = "lecun_uniform",
     .formula = "U(−a, a), a = √(3/fan_in)",
     .uniform = true,
     .variance = lecun},
    {.name = "lecun_normal", .formula = "N(0, 1/fan_in)", .variance = lecun},
};

}  // namespace

std::span<const Initialisation> initialisations() {
  return rows;
}

Result<const Initialisation*> find_initialisation(std::string_view name) {
  if (name == "xavier") name = "xavier_normal";
  if (name == "he") name = "he_normal";
  std::vector<std::string_view> names;
  for (const Initialisation& row : rows) {
    if (row.name == name) return &row;
    names.push_back(row.name);
  }
  return fail(ErrorCode::not_found,
              "there is no initialisation " + quoted(name) + did_you_mean(name, names));
}

void fill(std::span<double> out, double variance, bool uniform, Random& random) {
  if (uniform) {
    const double end = std::sqrt(3 * variance);
    random.fill_uniform(out, -end, end);
  } else {
    random.fill_normal(out, std::sqrt(variance));
  }
}

}  // namespace reckon

#include <algorithm>

#include "questions/rules.h"

namespace reckon {
namespace {

bool lower(const RuleTrial& a, const RuleTrial& b) {
  return a.ratio() < b.ratio();  // an absent ratio before all others
}

}  // namespace

std::string_view to_string(Claim claim) {
  return claim == Claim::equal ? "equal" : "at_least";
}

std::optional<double> RuleTrial::ratio() const {
  return sides.exact > 0 ? std::optional(sides.estimate / sides.exact) : std::nullopt;
}

bool RuleTrial::holds_within(const Rule& rule, double factor) const {
  const std::optional<double> r = ratio();
  if (!r) return false;
  return *r <= factor && (rule.kind == Claim::at_least || *r * factor >= 1);
}

std::int64_t TriedRule::n_within(double factor) const {
  return std::ranges::count_if(
      trials, [&](const RuleTrial& trial) { return trial.holds_within(*rule, factor); });
}

const RuleTrial* TriedRule::least() const {
  const auto at = std::ranges::min_element(trials, lower);
  return at == trials.end() ? nullptr : &*at;
}

const RuleTrial* TriedRule::most() const {
  const auto at = std::ranges::max_element(trials, lower);
  return at == trials.end() ? nullptr : &*at;
}

std::optional<double> TriedRule::median_ratio() const {
  std::vector<double> ratios;
  for (const RuleTrial& trial : trials)
    if (const std::optional<double> ratio = trial.ratio()) ratios.push_back(*ratio);
  if (ratios.empty()) return {};
  std::ranges::sort(ratios);
  const std::size_t middle = ratios.size() / 2;
  return ratios.size() % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2;
}

}  // namespace reckon

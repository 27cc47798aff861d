// Rules of thumb on trial: what a well-known estimate says of a network beside the figure that the
// engine has for it.
//
// A rule is a row: its claim, who says so, where it holds and why it fails elsewhere, and a
// function that gives both sides for one network. A rule that says nothing of a network (no
// convolution, no sequence) has no sides there, and is not counted for it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/backward.h"
#include "questions/memory_inquiry.h"
#include "questions/time_inquiry.h"

namespace reckon {

// What is known of one network when the rules are tried. A part that its network has no answer to
// (an int8 graph has no training step) is absent.
struct RuleFacts {
  std::string network;
  Inquiry inquiry;         // at `batch`, with receptive fields
  std::int64_t batch = 1;  // inputs in one pass
  std::string_view optimizer;
  std::optional<BackwardCost> backward;
  std::optional<MemoryAnswer> inference_of_one, inference, training, half_training, amp_training;
  std::optional<TimeInquiry> time;  // an inference on the device
  // The same network on half the data (half the resolution, half the sequence); absent where it has
  // no such parameter.
  std::optional<Inquiry> half_data;
};

// Both sides, in the rule's unit.
struct RuleSides {
  double estimate = 0, exact = 0;
  std::string how;  // the estimate with its numbers: "2 × 32 × 5.60 MB"
};

enum class Claim : std::uint8_t {
  equal,     // the figure is the estimate
  at_least,  // the figure reaches the estimate, or is beyond it
};
std::string_view to_string(Claim claim);

struct Rule {
  std::string_view name, claim, unit;
  Claim kind = Claim::equal;
  std::string_view source, where;  // who says so; where it holds, and why not elsewhere
  std::optional<RuleSides> (*sides)(const RuleFacts& facts);
};
std::span<const Rule> rules();

struct RuleTrial {
  std::string network;
  std::int64_t batch = 1;
  RuleSides sides;

  // The estimate over the figure; absent where the figure is 0 or below.
  std::optional<double> ratio() const;
  // Within `factor` of the figure, or beyond the estimate where that is all that is claimed.
  bool holds_within(const Rule& rule, double factor) const;
};

struct TriedRule {
  const Rule* rule = nullptr;
  std::vector<RuleTrial> trials;

  std::int64_t n_within(double factor) const;
  // By ratio; null and absent where nothing was tried.
  const RuleTrial* least() const;
  const RuleTrial* most() const;
  std::optional<double> median_ratio() const;
};

struct RulesReport {
  std::int64_t n_networks = 0;
  std::string_view optimizer;
  std::string device;
  std::vector<TriedRule> tried;       // in the order of rules()
  std::vector<std::string> left_out;  // networks that could not be asked, and why
};

// "within 10 %" and "within 2 ×" of the tables.
inline constexpr double rule_holds = 1.1, rule_roughly_holds = 2;

}  // namespace reckon

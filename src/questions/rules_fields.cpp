// What the answer of `reckon rules` holds.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/rules.h"

namespace reckon {
namespace {

struct Judged {
  const TriedRule& tried;
  const RuleTrial& trial;
};

constexpr Row<Judged> trial_rows[] = {
    field("rule", "", "its name", [](const Judged& j) { return j.tried.rule->name; }),
    field("network", "", "name", [](const Judged& j) -> auto& { return j.trial.network; }),
    field("batch", "inputs", "in one pass", [](const Judged& j) { return j.trial.batch; }),
    field("estimate", "", "what the rule says, in its unit",
          [](const Judged& j) { return j.trial.sides.estimate; }),
    field("exact", "", "what the engine counts",
          [](const Judged& j) { return j.trial.sides.exact; }),
    field("ratio", "", "estimate over exact; null where that is not above 0",
          [](const Judged& j) { return j.trial.ratio(); }),
    field("unit", "", "of estimate and exact", [](const Judged& j) { return j.tried.rule->unit; }),
    field("how", "", "the estimate with its numbers",
          [](const Judged& j) -> auto& { return j.trial.sides.how; }),
    field("holds", "", "within 10 %, or beyond what is claimed",
          [](const Judged& j) { return j.trial.holds_within(*j.tried.rule, rule_holds); }),
    field("holds_roughly", "", "within a factor of 2",
          [](const Judged& j) { return j.trial.holds_within(*j.tried.rule, rule_roughly_holds); }),
};

std::optional<double> ratio_of(const RuleTrial* trial) {
  return trial == nullptr ? std::nullopt : trial->ratio();
}
std::optional<std::string_view> network_of(const RuleTrial* trial) {
  return trial == nullptr ? std::nullopt : std::optional(std::string_view(trial->network));
}

constexpr Row<TriedRule> rule_rows[] = {
    field("name", "", "of the rule", [](const TriedRule& t) { return t.rule->name; }),
    field("claim", "", "in words", [](const TriedRule& t) { return t.rule->claim; }),
    field("kind", "", "equal, or at_least", [](const TriedRule& t) { return t.rule->kind; }),
    field("unit", "", "of estimate and exact", [](const TriedRule& t) { return t.rule->unit; }),
    field("source", "", "who says so", [](const TriedRule& t) { return t.rule->source; }),
    field("where", "", "where it holds, and why not elsewhere",
          [](const TriedRule& t) { return t.rule->where; }),
    field("n_tried", "networks", "that it says something of",
          [](const TriedRule& t) { return std::ssize(t.trials); }),
    field("n_holds", "networks", "for which it holds within 10 %",
          [](const TriedRule& t) { return t.n_within(rule_holds); }),
    field("n_holds_roughly", "networks", "for which it holds within a factor of 2",
          [](const TriedRule& t) { return t.n_within(rule_roughly_holds); }),
    field("least_ratio", "", "of the networks",
          [](const TriedRule& t) { return ratio_of(t.least()); }),
    field("least_network", "", "whose it is",
          [](const TriedRule& t) { return network_of(t.least()); }),
    field("median_ratio", "", "likewise", [](const TriedRule& t) { return t.median_ratio(); }),
    field("most_ratio", "", "likewise", [](const TriedRule& t) { return ratio_of(t.most()); }),
    field("most_network", "", "whose it is",
          [](const TriedRule& t) { return network_of(t.most()); }),
};

constexpr Row<RulesReport> report_rows[] = {
    field<&RulesReport::n_networks>("n_networks", "networks", "that were asked"),
    field<&RulesReport::optimizer>("optimizer", "", "of a training step"),
    field<&RulesReport::device>("device", "", "that times are for"),
    values<&RulesReport::left_out>("left_out", "networks that could not be asked, and why"),
    list<rule_rows, &RulesReport::tried>("tried", "the rules"),
    list<trial_rows>("trials", "each rule on each network that it says something of",
                     [](const RulesReport& r) {
                       return made<Judged>(r, [](const RulesReport& of, auto emit) {
                         for (const TriedRule& tried : of.tried)
                           for (const RuleTrial& trial : tried.trials) emit({tried, trial});
                       });
                     }),
};

}  // namespace

constinit const Row<RulesReport> rules_field =
    answer<report_rows>("rules", "of `reckon rules`: well-known estimates beside exact figures");

}  // namespace reckon

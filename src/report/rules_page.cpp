// reckon rules: each rule's claim, the figure beside it, and where it holds.
#include <cmath>

#include "base/number.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/rules_pages.h"

namespace reckon {
namespace {

// "1.43 G", "0.93", "2,340".
std::string amount(double x, std::string_view unit) {
  if (unit == "B") return bytes_decimal(std::llround(x));
  if (unit == "MAC" || unit == "FLOP") return engineering(x, unit);
  if (unit == "parameters" || unit == "pixels") return grouped(std::llround(x));
  return fixed(x, 2);
}

// "× 1.06", "× 0.013".
std::string ratio_text(const std::optional<double>& ratio) {
  if (!ratio) return "none";
  if (*ratio >= 9.995) return "× " + grouped(std::llround(*ratio));
  if (*ratio < 0.0005) return "below × 0.001";
  return "× " + fixed(*ratio, *ratio < 0.0995 ? 3 : 2);
}

std::string verdict(const Rule& rule, const RuleTrial& trial) {
  if (trial.holds_within(rule, rule_holds)) return "holds";
  return trial.holds_within(rule, rule_roughly_holds) ? "roughly" : "no";
}

void one_network(Page& page, const TriedRule& tried, const RuleTrial& trial) {
  const Rule& rule = *tried.rule;
  const std::string word = verdict(rule, trial);
  page.heading(rule.claim, word);
  page.row("the rule says", amount(trial.sides.estimate, rule.unit), trial.sides.how);
  page.row("exact", amount(trial.sides.exact, rule.unit),
           rule.kind == Claim::equal ? "the rule's figure is " + ratio_text(trial.ratio()) : "");
  if (word != "holds") page.paragraph(rule.where, 2, 0, Ink::faint);
}

std::string range_text(const TriedRule& tried) {
  if (tried.trials.size() == 1) return ratio_text(tried.median_ratio());
  return ratio_text(tried.least()->ratio()) + " (" + tried.least()->network + ") to " +
         ratio_text(tried.most()->ratio()) + " (" + tried.most()->network + "), half below " +
         ratio_text(tried.median_ratio());
}

void many_networks(Page& page, const TriedRule& tried) {
  const std::string n = " of " + grouped(std::ssize(tried.trials));
  page.heading(tried.rule->claim);
  page.words("holds for", grouped(tried.n_within(rule_holds)) + n + " within 10 %, " +
                              grouped(tried.n_within(rule_roughly_holds)) + n + " within 2 ×");
  page.words("ratio", range_text(tried));
  page.paragraph(tried.rule->where, 2, 0, Ink::faint);
}

}  // namespace

std::string rules_text(const RulesReport& report, const Style& style) {
  Page page(style);
  const bool one = report.n_networks == 1;
  const TriedRule* some = nullptr;
  for (const TriedRule& tried : report.tried)
    if (!tried.trials.empty()) some = &tried;
  const std::string batch =
      some == nullptr ? std::string() : "batch " + grouped(some->trials.front().batch) + ", ";
  page.title(one && some != nullptr ? "Rules of thumb on " + some->trials.front().network
                                    : "Rules of thumb on " + counted(report.n_networks, "network"),
             batch + std::string(report.optimizer) + ", times on " + report.device);
  for (const TriedRule& tried : report.tried) {
    if (tried.trials.empty()) continue;
    one ? one_network(page, tried, tried.trials.front()) : many_networks(page, tried);
  }
  std::string silent;
  for (const TriedRule& tried : report.tried)
    if (tried.trials.empty()) silent.append(silent.empty() ? "" : "; ").append(tried.rule->claim);
  if (!silent.empty()) {
    page.heading("Rules that say nothing here");
    page.paragraph(silent);
  }
  for (const std::string& network : report.left_out) page.paragraph("left out: " + network);
  return page.finish();
}

Sheet rules_sheet(const RulesReport& report) {
  const FieldColumn columns[] = {
      {"rule"},         {"network"}, {"batch"}, {"estimate", "the rule says", 3}, {"exact", {}, 3},
      {"ratio", {}, 3}, {"unit"},    {"holds"}, {"holds_roughly", "within 2 ×"}};
  return sheet_of_items(rules_field, &report, "rules.trials", columns);
}

}  // namespace reckon

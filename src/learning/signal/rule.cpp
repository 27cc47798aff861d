#include "learning/signal/rule.h"

#include <algorithm>

namespace reckon::signal {

const Rule* find_rule(std::string_view op) {
  static const std::vector<Rule> rows = [] {
    std::vector<Rule> all;
    for (const auto family :
         {product_rules(), pointwise_rules(), arithmetic_rules(), norm_rules(), layout_rules(),
          join_rules(), pool_rules(), attention_rules(), recurrent_rules()})
      all.insert(all.end(), family.begin(), family.end());
    std::ranges::sort(all, {}, &Rule::op);
    return all;
  }();
  const auto at = std::ranges::lower_bound(rows, op, {}, &Rule::op);
  return at != rows.end() && at->op == op ? &*at : nullptr;
}

}  // namespace reckon::signal

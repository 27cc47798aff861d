// In place of rules_inquiry.cpp where the engine is in a page, which has no face for it yet.
#include "questions/rules_inquiry.h"

namespace reckon {
namespace {

std::unexpected<Error> not_here() {
  return fail(ErrorCode::unsupported,
              "the engine of a page tries no rules; the program does: reckon rules", "question");
}

}  // namespace

Result<RulesReport> inquire_rules(const ModelRef&, const Asked&) {
  return not_here();
}
Result<RulesReport> inquire_rules(const Asked&) {
  return not_here();
}

}  // namespace reckon

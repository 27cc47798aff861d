// In place of time_inquiry.cpp and time_sweep.cpp where the engine is in a page, which has no face
// for them yet.
#include "questions/time_sweep.h"

namespace reckon {
namespace {

std::unexpected<Error> left_out() {
  return fail(ErrorCode::unsupported,
              "the engine of a page estimates no time; the program does: "
              "reckon time MODEL --device NAME",
              "question");
}

}  // namespace

Result<TimeInquiry> inquire_time(const ModelRef&, const Asked&) {
  return left_out();
}

Result<BatchRange> parse_batch_range(std::string_view) {
  return left_out();
}

Result<TimeSweepInquiry> sweep_batches(const ModelRef&, const Asked&, const BatchRange&) {
  return left_out();
}

Result<TimeSweepInquiry> wide_against_deep(const ModelRef&, const Asked&) {
  return left_out();
}

}  // namespace reckon

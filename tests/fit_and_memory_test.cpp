// `reckon fit` and `reckon memory` answer one question alike: the batch that fits fits, and the
// next one does not, on every built-in network. The two count on ways of their own (a search over
// footprints, a page about one step).
#include <gtest/gtest.h>

#include "questions/fit_inquiry.h"
#include "questions/memory_inquiry.h"

namespace reckon {
namespace {

bool memory_fits(const std::string& network, std::int64_t batch, const Asked& fit) {
  Asked asked("memory");
  for (const OptionName name : {OptionName("train"), OptionName("precision"), OptionName("device")})
    if (const Said* const said = fit.given(name)) asked.give(name, *said);
  asked.give("batch", {.whole = batch});
  const auto found = inquire_memory(network, asked);
  EXPECT_TRUE(found) << network << ": " << (found ? "" : found.error().message);
  return found && found->memory.fits();
}

void agree(const std::string& network, const std::string& device, bool train,
           const std::string& precision = "fp32") {
  SCOPED_TRACE(network + " on " + device + (train ? ", training" : ", inference"));
  Asked asked("fit");
  asked.give("max", {.text = "batch"});
  asked.give("device", {.text = device});
  asked.give("precision", {.text = precision});
  if (train) asked.give("train", {});
  const auto fit = inquire_fit(network, asked);
  if (!fit && fit.error().code == ErrorCode::does_not_fit) {
    EXPECT_FALSE(memory_fits(network, 1, asked));
    return;
  }
  ASSERT_TRUE(fit) << fit.error().message;
  const FitAnswer& answer = *fit->fit.largest;
  EXPECT_TRUE(memory_fits(network, answer.max, asked)) << "at " << answer.max;
  if (answer.next && answer.bytes_at_next) {
    EXPECT_FALSE(memory_fits(network, *answer.next, asked)) << "at " << *answer.next;
  }
}

TEST(FitAndMemory, AgreeOnEveryBuiltInNetwork) {
  for (const BuiltIn& network : built_in_networks())
    for (const char* device : {"laptop-8gb", "mobile-2gb", "t4", "h100-sxm", "mcu-256kb"})
      for (const bool train : {false, true}) agree(std::string(network.name), device, train);
}

TEST(FitAndMemory, AgreeInMixedPrecisionAndInEight) {
  agree("gpt2", "t4", true, "amp-fp16");
  agree("gpt2", "h100-sxm", true, "amp-bf16");
  agree("alexnet", "mcu-256kb", false, "int8");
  agree("mnist", "mcu-256kb", false, "int8");
  agree("alexnet", "t4", false, "int8");
}

}  // namespace
}  // namespace reckon

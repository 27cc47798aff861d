// `reckon memory`, from words to an answer: what every face asks, and what is known then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "machine/device.h"
#include "questions/inquiry.h"
#include "questions/memory_answer.h"

namespace reckon {

// The PyTorch that is asked for, and where it runs: the device's kind where that is not said.
Result<TorchPolicy> torch_policy(const Asked& asked);
// Memory of a device or budget that must stay free.
Result<Margin> margin_of(const Asked& asked);
// The setup that is asked for. Fails with bad_argument, naming the option.
Result<TimelineOptions> timeline_options(const Asked& asked);
// The policy that is asked for; nothing where none is named.
Result<std::optional<MemoryPolicy>> policy_of(const Asked& asked);
// A prefix that freezes nothing is a typing mistake: bad_argument.
Status check_frozen(const Graph& graph, const std::vector<std::string>& frozen);

// Opens the model and answers. With accumulation, the inquiry is about one part of the batch.
struct MemoryInquiry {
  Inquiry inquiry;
  MemoryAnswer memory;
};
Result<MemoryInquiry> inquire_memory(const ModelRef& of, const Asked& asked);

}  // namespace reckon

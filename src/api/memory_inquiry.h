// `reckon memory`, from words to an answer: what every face asks, and what is known then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/inquiry.h"
#include "machine/device.h"
#include "report/memory_pages.h"

namespace reckon {

// As typed; empty words mean the default.
struct MemoryWords {
  bool train = false;
  std::string optimizer, precision;  // sgd, fp32
  std::string policy;                // pytorch
  std::string in_place;              // on
  std::string update;                // single
  std::vector<std::string> freeze;
  std::optional<std::int64_t> accumulate;
  std::string arena, order;         // best, given
  std::string checkpoint;           // none
  std::string device;               // a name
  std::vector<Device> own_devices;  // that hide built-in ones of their names
};

// The setup that the words describe, without those for one command only. Fails with bad_argument,
// naming the option.
Result<TimelineOptions> timeline_options(const MemoryWords& words);
// A prefix that freezes nothing is a typing mistake: bad_argument.
Status check_frozen(const Graph& graph, const std::vector<std::string>& frozen);

// Opens the model and answers. With accumulation, the inquiry is about one part of the batch.
struct MemoryInquiry {
  Inquiry inquiry;
  MemoryAnswer memory;
};
Result<MemoryInquiry> inquire_memory(std::string_view spec, const Question& question,
                                     const MemoryWords& words);
Result<MemoryInquiry> inquire_memory(std::shared_ptr<const Model> model, const Question& question,
                                     const MemoryWords& words);

// The words that stand for a choice, for completions and messages.
std::span<const std::string_view> update_loops();
std::span<const std::string_view> arena_planners();

}  // namespace reckon

// `reckon time`, from words to an answer.
#pragma once

#include "api/memory_inquiry.h"
#include "report/time_pages.h"

namespace reckon {

// As typed; empty words mean the default.
struct TimeWords {
  std::string device;               // a name
  std::vector<Device> own_devices;  // that hide built-in ones of their names
  std::string format;               // fp32
  std::string fused, overlap;       // on
  std::string library;              // none
  bool train = false;
  std::string optimizer;  // sgd
  std::vector<std::string> freeze;
};

struct TimeInquiry {
  Inquiry inquiry;
  TimeAnswer time;
};
// Fails with bad_argument where a word is wrong, no device is named, or the device lacks the rate
// of the number format.
Result<TimeInquiry> inquire_time(std::string_view spec, const Question& question,
                                 const TimeWords& words);
Result<TimeInquiry> inquire_time(std::shared_ptr<const Model> model, const Question& question,
                                 const TimeWords& words);

}  // namespace reckon

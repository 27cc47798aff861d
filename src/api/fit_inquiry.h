// `reckon fit`, from words to an answer.
#pragma once

#include "api/memory_inquiry.h"
#include "report/fit_pages.h"

namespace reckon {

struct FitWords {
  std::string maximum;              // the variable
  std::string budget;               // bytes, or
  std::string device;               // the name of a device
  std::vector<Device> own_devices;  // that hide built-in ones of their names
  bool smallest = false;            // ask for the smallest device instead
  bool advise = false;              // or for changes that make it fit
};

struct FitInquiry {
  Inquiry inquiry;
  FitReport fit;
};
// Without a variable, `smallest` or `advise`: does it fit as it is? Sets *nothing_fits where the
// question is right and the answer is no; the error has the sentence.
Result<FitInquiry> inquire_fit(std::string_view spec, const Question& question,
                               const MemoryWords& setup, const FitWords& words, bool* nothing_fits);
Result<FitInquiry> inquire_fit(std::shared_ptr<const Model> model, const Question& question,
                               const MemoryWords& setup, const FitWords& words, bool* nothing_fits);

}  // namespace reckon

// What `reckon time` and `reckon energy` show. Filled in by api/time_inquiry.h.
#pragma once

#include <memory>
#include <string>

#include "machine/device.h"
#include "machine/time.h"
#include "report/sheet.h"
#include "report/style.h"
#include "report/subject.h"

namespace reckon {

struct TimeAnswer {
  // What the times were made of: the layers behind an export, in the number format of the question.
  std::unique_ptr<Graph> recovered;
  std::unique_ptr<Analysis> analysis;

  Device device;
  NumberFormat format = NumberFormat::fp32;
  std::int64_t batch = 1;
  TimeOptions options;
  std::string_view optimizer;  // empty for inference
  TimeEstimate estimate;

  double samples_per_s() const {
    return estimate.seconds > 0 ? static_cast<double>(batch) / estimate.seconds : 0;
  }
};

std::string time_text(const Subject& subject, const TimeAnswer& time, const Style& style);
// One row for each layer.
Sheet time_sheet(const TimeAnswer& time);
std::string time_json(const Subject& subject, const TimeAnswer& time);

// "1.43 ms": three significant digits and the unit that fits.
std::string seconds_text(double seconds);

}  // namespace reckon

// What `reckon devices fit` shows. Filled in by api/throughput_inquiry.h.
#pragma once

#include <string>
#include <vector>

#include "machine/throughput.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

struct ThroughputReport {
  std::string table, rate;  // the file, the column
  std::vector<ThroughputSample> samples;
  std::int64_t not_measured = 0;  // rows without a rate
  ThroughputFit fit;
};
std::string throughput_text(const ThroughputReport& report, const Style& style);
Sheet throughput_sheet(const ThroughputReport& report);  // a row for each network
std::string throughput_json(const ThroughputReport& report);

}  // namespace reckon

// The answer of `reckon devices fit`.
#pragma once

#include <string>
#include <vector>

#include "machine/throughput.h"

namespace reckon {

struct ThroughputReport {
  std::string table, rate;  // the file, the column
  std::vector<ThroughputSample> samples;
  std::int64_t not_measured = 0;  // rows without a rate
  ThroughputFit fit;
};

}  // namespace reckon

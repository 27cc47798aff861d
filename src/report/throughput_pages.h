// What `reckon devices fit` shows. Filled in by api/throughput_inquiry.h.
#pragma once

#include <string>
#include <string_view>

#include "questions/throughput_answer.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string throughput_text(const ThroughputReport& report, const Style& style);
Sheet throughput_sheet(const ThroughputReport& report);  // a row for each network
std::string throughput_json(const ThroughputReport& report);

}  // namespace reckon

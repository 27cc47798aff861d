// `reckon devices fit`: a table of measured networks (CSV with a header, RFC 4180), fitted.
#pragma once

#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "questions/asked.h"
#include "questions/throughput_answer.h"

namespace reckon {

// Columns as a person names them: NAME, or NAME*FACTOR where the table is in millions or so.
// A row without a rate was not measured and is left out. Fails with bad_argument for a column that
// the table lacks (with those it has), with syntax at the line for a row that has too few or too
// many cells or no number where one must be, and as fit_throughput does.
Result<ThroughputReport> fit_throughput_table(std::string_view text, std::string_view file,
                                              const Asked& asked);
Result<ThroughputReport> fit_throughput_table(ByteSource& source, const Asked& asked);

}  // namespace reckon

// `reckon devices fit`: a table of measured networks (CSV with a header, RFC 4180), fitted.
#pragma once

#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "report/throughput_pages.h"

namespace reckon {

// Columns as a person names them: NAME, or NAME*FACTOR where the table is in millions or so. Empty
// ones have the defaults of pytorch-image-models' tables.
struct ThroughputWords {
  std::string rate;     // images a second; must be told
  std::string macs;     // gmacs*1e9
  std::string outputs;  // macts*1e6
  std::string params;   // params_M*1e6
  std::string batch;    // the rate's name with _batch behind it, where there is one, else 1
  std::string name;     // model, or the first column
  int folds = 10;
};

// A row without a rate was not measured and is left out. Fails with bad_argument for a column that
// the table lacks (with those it has), with syntax at the line for a row that has too few or too
// many cells or no number where one must be, and as fit_throughput does.
Result<ThroughputReport> fit_throughput_table(std::string_view text, std::string_view file,
                                              const ThroughputWords& words);
Result<ThroughputReport> fit_throughput_table(ByteSource& source, const ThroughputWords& words);

}  // namespace reckon

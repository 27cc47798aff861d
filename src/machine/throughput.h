// A machine in two or three numbers, fitted to a table of measured networks.
//
//   seconds per image = macs / macs_per_s + outputs / outputs_per_s + overhead / batch
//
// `outputs` are the output elements of convolutions and linear layers (`conv_gemm_outputs`), which
// stand for the memory that moves: most networks are bound by it for most of their time, so a rate
// of arithmetic alone is off by nearly half (the rule "2·MACs/peak"). The overhead of a batch is
// nothing, a constant (the start of its kernels) or the reading of the weights; which of the three
// is decided by cross-validation.
//
// The coefficients minimise the mean of |ln(predicted / measured)|, so that a factor of two counts
// alike in both directions and a few odd rows do not bend the rest. The error that is reported is
// that of cross-validation: each row is predicted by a fit that did not see it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reckon {

struct ThroughputSample {
  std::string name;
  double macs = 0, outputs = 0, params = 0;  // of one image; each at least 0
  double batch = 1;
  double images_per_s = 0;  // measured
};

enum class BatchOverhead : std::uint8_t { nothing, constant, weights };
std::string_view to_string(BatchOverhead overhead);

struct ThroughputModel {
  BatchOverhead overhead = BatchOverhead::nothing;
  // Seconds for each, the reciprocals of rates; 0 where the fit needs none.
  double s_per_mac = 0, s_per_output = 0;
  double s_per_batch = 0, s_per_param = 0;

  double seconds_per_image(const ThroughputSample& sample) const;
};

struct ThroughputError {
  double median = 0, mean = 0, ninth_decile = 0;  // of |predicted/measured − 1|, of seconds
};

struct ThroughputFit {
  ThroughputModel model;                       // fitted to all rows
  ThroughputError error;                       // by cross-validation
  ThroughputError naive;                       // of macs / one fitted rate, likewise
  std::vector<double> predicted_images_per_s;  // by cross-validation, in the order of the samples
  int folds = 0;
};

// Fails with bad_argument for fewer than `folds` samples or 10, fewer than 2 folds, and for a
// number that is negative or not finite, or a throughput or batch that is not above 0, with the
// sample's name.
Result<ThroughputFit> fit_throughput(std::span<const ThroughputSample> samples, int folds = 10);

}  // namespace reckon

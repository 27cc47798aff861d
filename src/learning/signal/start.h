// How a stored tensor begins.
#pragma once

namespace reckon::signal {

struct Start {
  double mean = 0, square = 0;  // E[w], E[w²]
};

}  // namespace reckon::signal

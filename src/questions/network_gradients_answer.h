// The answer of `reckon gradients MODEL`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "learning/network_gradients.h"
#include "questions/inquiry.h"

namespace reckon {

// Foretold and measured agree where they are within this factor of each other.
inline constexpr double gradients_agree = 1.5;

struct NetworkGradientsAnswer {
  std::string_view initialisation;
  std::int64_t batch = 1;
  std::int64_t n_stored = 0;           // tensors that begin as they are in the file
  std::unique_ptr<Graph> recovered;    // the layers behind an export; null: the graph as written
  std::unique_ptr<Analysis> analysis;  // of them; null: the inquiry's
  const Graph* graph = nullptr;
  NetworkGradients found;
  std::optional<GradientRun> run;

  std::int64_t n_unknown() const;  // layers
  std::int64_t n_stalled() const;
  std::int64_t n_measured() const;  // with a gradient that is not zero
  std::int64_t n_close() const;
};

struct NetworkGradientsInquiry {
  Inquiry inquiry;
  NetworkGradientsAnswer answer;
};
// Fails as network_gradients does, and with unsupported, naming them, where operators without a
// rule leave nothing that is known.
Result<NetworkGradientsInquiry> inquire_network_gradients(const ModelRef& of, const Asked& asked);

}  // namespace reckon

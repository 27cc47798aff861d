// Live trainings of a page: begun and driven in JSON, a few steps at a time.
//
//   {"do": "images"}                            with the bytes of images (learning/live_training.h)
//   {"do": "begin", "training": 0, "network": "784-128-64-10", "activation": "relu",
//    "initialisation": "he_normal", "optimizer": "sgd", "learning_rate": 0.1, "batch": 32, "seed":
//    1}
//   {"do": "run", "training": 0, "steps": 20}
//
// A training that begins takes the place of the one of its number, 0 to 7. Beginning answers with
// the ledger, foretold; running, with a point and the ledger beside the bytes that were counted.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "learning/live_training.h"

namespace reckon {

class LiveTrainings {
 public:
  // JSON: the answer, or the error object.
  std::string answer(std::string_view question, std::span<const std::byte> bytes);

 private:
  struct Running {
    LiveTraining training;
    LiveBytes foretold;
    std::int64_t parameters = 0;
  };
  Result<std::string> answered(std::string_view question, std::span<const std::byte> bytes);

  std::shared_ptr<const LiveImages> images_;
  std::array<std::optional<Running>, 8> running_;
};

}  // namespace reckon

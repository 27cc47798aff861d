// Counts, while test images pass, what the outputs of activations are worth: dead units of
// rectifiers, flat ends of sigmoids.
#pragma once

#include "interpreter.h"
#include "machine/training_run.h"

namespace reckon {

class UnitWatch {
 public:
  UnitWatch(const Graph& graph, const Plan& plan);

  // Nothing is counted yet.
  void begin();
  // After step s of a pass whose first n_images count.
  void see(const Interpreter& run, std::size_t s, std::int64_t n_images);
  std::vector<ActivationUnits> shares() const;

 private:
  enum class Kind : std::uint8_t { other, rectifier, sigmoid, tanh };
  struct Watched {
    std::size_t step = 0;
    NodeId node = none;
    ValueId value = none;
    Kind kind = Kind::other;
    at::Tensor alive;  // by unit: it has given something
    std::int64_t n_flat = 0, n_outputs = 0;
  };
  std::vector<Watched> watched_;
};

}  // namespace reckon

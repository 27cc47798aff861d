// How the learning rate begins, and how it moves.
#include <cmath>
#include <numbers>

#include "train.h"

namespace reckon {

double rate_at(RateSchedule schedule, double rate, double share_done) {
  switch (schedule) {
    case RateSchedule::step:
      return share_done < 0.5 ? rate : share_done < 0.75 ? rate / 10 : rate / 100;
    case RateSchedule::cosine:
      return rate * (1 + std::cos(std::numbers::pi * share_done)) / 2;
    default:
      return rate;
  }
}

double usual_rate(std::string_view optimizer) {
  if (optimizer == "sgd") return 0.05;
  if (optimizer == "adam" || optimizer == "adamw") return 0.001;
  return 0.01;  // PyTorch's of adagrad and rmsprop
}

}  // namespace reckon

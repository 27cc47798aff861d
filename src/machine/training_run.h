// Figures of a network that was really trained: filled in by measure/ (which has the library that
// trains it), shown by src/report. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// What the outputs of an activation are worth, over the test images. A unit is a channel of images,
// a feature of vectors.
struct ActivationUnits {
  NodeId node = none;  // the activation, of the graph that was trained
  std::string layer;   // its name
  bool rectifies = false;
  // Of units: those that gave zero for every image (of one that rectifies). Such a unit has no
  // gradient, and stays so unless what comes before it changes.
  double dead = 0;
  // Of outputs: zeros, where it rectifies; else those where |φ′| is under a hundredth of its
  // largest value (learning/curve.h).
  double flat = 0;
};

struct TrainingEpoch {
  int epoch = 0;    // 0: before the first step
  double rate = 0;  // of its last step
  double loss = 0;  // mean over its steps, with dropout and while the weights move
  // After it, as in an inference: of as many training images as there are test images, and of the
  // test images.
  double train_loss = 0, train_accuracy = 0, test_loss = 0, test_accuracy = 0;
  double seconds = 0;  // that steps took, this epoch and those before
  std::vector<ActivationUnits> units;
};

struct TrainingRun {
  std::string data;
  std::int64_t n_train = 0, n_test = 0;
  int n_classes = 0;
  std::string library;    // "LibTorch 1.13.1"
  std::string processor;  // empty where the system does not say
  std::string initialisation;
  int threads = 1;
  std::int64_t batch = 0, steps_per_epoch = 0;
  std::int64_t steps = 0;         // done
  std::int64_t resumed_from = 0;  // the step that a checkpoint was of; 0: none
  bool stopped_early = false;
  std::int64_t parameters = 0;                      // elements that the optimizer moves
  std::int64_t resident_bytes = 0, peak_bytes = 0;  // of a step, as the allocator counted
  double seconds = 0, processor_s = 0;              // of all steps
  double test_seconds = 0;                          // of all passes that only look
  std::vector<TrainingEpoch> epochs;                // the first is 0
  std::vector<std::string> notes;

  // The most that was right of the test images, and when; epochs must not be empty.
  const TrainingEpoch& best() const;
  const TrainingEpoch& last() const { return epochs.back(); }
};

inline const TrainingEpoch& TrainingRun::best() const {
  const TrainingEpoch* found = &epochs.front();
  for (const TrainingEpoch& one : epochs)
    if (one.test_accuracy > found->test_accuracy) found = &one;
  return *found;
}

}  // namespace reckon

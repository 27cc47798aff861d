// Trains a graph for real, on LibTorch, with images.
//
// Nothing of a run follows from a clock or from what ran before: the order of images in an epoch,
// the masks of dropout and the first values follow from the seed, the epoch and the step. So a run
// that goes on from a checkpoint ends with the weights of one that was never broken, on one thread
// to the bit.
#pragma once

#include <functional>

#include "analysis/analyze.h"
#include "base/result.h"
#include "image_set.h"
#include "learning/initialisation.h"
#include "machine/training_run.h"
#include "memory/training.h"

namespace reckon {

// How the rate moves with the share p of the steps that are done:
//   constant   η
//   step       η, from p = ½ on η/10, from p = ¾ on η/100   (K. He et al., CVPR 2016, §4.2's form)
//   cosine     η · (1 + cos πp) / 2                         (I. Loshchilov, F. Hutter, ICLR 2017)
enum class RateSchedule : std::uint8_t { constant, step, cosine };
double rate_at(RateSchedule schedule, double rate, double share_done);
// What is usual for an optimizer: PyTorch's default where it has one, else 0.01 with momentum and
// 0.05 without.
double usual_rate(std::string_view optimizer);

struct TrainingProgress {
  int epoch = 1, epochs = 1;
  std::int64_t step = 0, steps = 0;  // of all epochs
  double loss = 0;                   // mean of this epoch so far
  double left_s = 0;                 // at the speed of this process so far; 0: not known yet
};

struct TrainOptions {
  const Optimizer* optimizer = &optimizers()[0];
  double rate = 0.05;
  RateSchedule schedule = RateSchedule::constant;
  int epochs = 1;
  std::uint64_t seed = 1;
  // Null: he_uniform before a rectifier, xavier_uniform elsewhere.
  const Initialisation* initialisation = nullptr;
  std::vector<std::string> frozen;
  int threads = 0;  // 0: one on each core that the process may use
  // Ends after so many epochs without a lower loss of a tenth of the training images, which is then
  // held out. 0: never.
  int patience = 0;
  // What the model is called, in checkpoints.
  std::string model;
  // A checkpoint to go on from; empty: from the beginning.
  std::string from;
  // Told a checkpoint after each epoch, after every `save_every` steps (0: half a minute), and
  // nothing where it is empty.
  std::function<Status(std::string_view)> save;
  std::int64_t save_every = 0;
  std::function<void(const TrainingProgress&)> progress;
};

// What a network asks of its data.
struct Trainable {
  ImageShape image;  // of the network's input; 1 × 1 × F for a vector
  bool is_vector = false;
  int n_classes = 0;
};
// Fails with unsupported where the network cannot be trained here, saying what to change.
Result<Trainable> trainable(const Graph& graph, const Analysis& analysis,
                            const std::vector<std::string>& frozen);

// `graph` and `analysis` belong together; the batch is the analysis'. Fails with shape_mismatch
// where the data do not suit the network, and with bad_argument for a checkpoint of another run.
Result<TrainingRun> train(const Graph& graph, const Analysis& analysis, const Dataset& data,
                          const TrainOptions& options);

}  // namespace reckon

// A small dense network that learns to tell images apart while somebody watches: loss, accuracy and
// the gradient of every layer as it goes, and the bytes that it really holds.
//
// Images come packed, as a page fetches them (tools/make_live_images.py writes them):
//
//   "RKI1"  n_train u16  n_test u16  rows u8  columns u8  classes u8  0     little-endian
//   labels  u8 each, those to train with first
//   pixels  4 bits each, the high half of a byte first, row by row, an image after the other
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "learning/training.h"

namespace reckon {

struct LiveImages {
  std::int64_t n_train = 0, n_test = 0, n_pixels = 0, n_classes = 0;
  std::vector<std::uint8_t> labels, pixels;  // of all; pixels are 0 to 15
  // (pixel − mean) / deviation is what the network sees; of the training images.
  double mean = 0, deviation = 1;
};
// Fails with corrupt where the bytes are not all that their head says.
Result<LiveImages> read_live_images(std::span<const std::byte> bytes);

struct LiveNetwork {
  std::vector<std::int64_t> widths;  // the image first, the classes last: {784, 128, 64, 10}
  const Activation* activation = nullptr;
  const Initialisation* initialisation = nullptr;
  UpdateRule rule = UpdateRule::sgd;
  double learning_rate = 0.1;
  int batch = 32;
  std::uint64_t seed = 1;
};

struct LivePoint {
  std::int64_t step = 0;
  double loss = 0;                     // mean over the steps since the point before
  double accuracy = 0;                 // of the test images
  std::vector<double> gradient_norms;  // of each layer's weights, in the last step
};

// Counted, of the last step. What the backward pass lets go early is counted, too: as a ledger
// does, and unlike a peak.
struct LiveBytes {
  std::int64_t weights = 0, gradients = 0, optimizer = 0, activations = 0;
};

class LiveTraining {
 public:
  static constexpr int bytes_a_value = sizeof(double);

  // Fails with bad_argument for widths that do not fit the images, a batch outside 1–256 or a rate
  // that is not above 0 and at most 10; with limit for more than 2^20 parameters or 64 layers.
  static Result<LiveTraining> make(const LiveNetwork& network,
                                   std::shared_ptr<const LiveImages> images);
  // So many steps, up to 1,000, and the point behind them.
  Result<LivePoint> run(int steps);
  const LiveBytes& bytes() const { return bytes_; }

 private:
  LiveTraining(const LiveNetwork& network, std::shared_ptr<const LiveImages> images,
               std::unique_ptr<MemoryTally> tally, DenseModel model);
  void take(std::span<const std::int64_t> which);
  void next_batch();
  Status step();
  Result<double> accuracy();
  void count_bytes();

  LiveNetwork network_;
  std::shared_ptr<const LiveImages> images_;
  std::unique_ptr<MemoryTally> tally_;
  DenseModel model_;
  Random random_;
  std::vector<std::int64_t> order_, which_;
  std::size_t at_ = 0;  // of the order
  std::vector<double> inputs_, targets_;
  std::vector<AdamMoments> moments_;  // of weights and biases, layer by layer
  std::int64_t step_ = 0;
  double loss_sum_ = 0;
  std::vector<double> norms_;
  LiveBytes bytes_;
};

}  // namespace reckon

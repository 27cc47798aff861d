#include "learning/live_training.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reckon {
namespace {

constexpr std::size_t head_bytes = 12;
constexpr int most_steps = 1000, most_batch = 256;
constexpr std::int64_t most_layers = 64, most_parameters = 1 << 20;
constexpr double most_rate = 10;
// The order of the images of a seed shares no stream with the network of the same seed.
constexpr std::uint64_t order_stream = 0x6f72646572000000U;

std::int64_t byte_at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<std::int64_t>(bytes[i]);
}

Status check(const LiveNetwork& network, const LiveImages& images) {
  if (network.activation == nullptr || network.initialisation == nullptr)
    return fail(ErrorCode::bad_argument, "a network needs an activation and an initialisation");
  const auto& widths = network.widths;
  if (widths.size() < 2 || widths.front() != images.n_pixels || widths.back() != images.n_classes)
    return fail(ErrorCode::bad_argument, "a network from " + std::to_string(images.n_pixels) +
                                             " pixels to " + std::to_string(images.n_classes) +
                                             " classes is trained here");
  Checked parameters = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i)
    parameters += (Checked(widths[i]) + 1) * widths[i + 1];
  if (std::ssize(widths) > most_layers + 1 || parameters.value_or(INT64_MAX) > most_parameters)
    return fail(ErrorCode::limit, "up to 64 layers and 1,048,576 parameters are trained here");
  if (network.batch < 1 || network.batch > most_batch || network.batch > images.n_train)
    return fail(ErrorCode::bad_argument, "a batch of 1 to 256 is trained here");
  if (!(network.learning_rate > 0 && network.learning_rate <= most_rate))
    return fail(ErrorCode::bad_argument, "a learning rate is above 0 and at most 10");
  return {};
}

}  // namespace

Result<LiveImages> read_live_images(std::span<const std::byte> bytes) {
  const auto damaged = [] {
    return fail(ErrorCode::corrupt, "the images are damaged or end too early");
  };
  constexpr std::string_view magic = "RKI1";
  if (bytes.size() < head_bytes) return damaged();
  for (std::size_t i = 0; i < magic.size(); ++i)
    if (byte_at(bytes, i) != magic[i]) return damaged();
  LiveImages images;
  images.n_train = byte_at(bytes, 4) + 256 * byte_at(bytes, 5);
  images.n_test = byte_at(bytes, 6) + 256 * byte_at(bytes, 7);
  images.n_pixels = byte_at(bytes, 8) * byte_at(bytes, 9);
  images.n_classes = byte_at(bytes, 10);
  const std::int64_t n = images.n_train + images.n_test, all = n * images.n_pixels;
  if (images.n_train < 1 || images.n_test < 1 || images.n_pixels < 1 || images.n_classes < 2 ||
      std::ssize(bytes) != static_cast<std::int64_t>(head_bytes) + n + (all + 1) / 2)
    return damaged();
  for (std::int64_t i = 0; i < n; ++i) {
    const auto label =
        std::to_integer<std::uint8_t>(bytes[head_bytes + static_cast<std::size_t>(i)]);
    if (label >= images.n_classes) return damaged();
    images.labels.push_back(label);
  }
  const auto packed = bytes.subspan(head_bytes + static_cast<std::size_t>(n));
  images.pixels.resize(static_cast<std::size_t>(all));
  for (std::size_t i = 0; i < images.pixels.size(); ++i) {
    const auto both = std::to_integer<unsigned>(packed[i / 2]);
    images.pixels[i] = static_cast<std::uint8_t>(i % 2 == 0 ? both >> 4U : both & 15U);
  }
  std::int64_t sum = 0, squares = 0;  // whole numbers: in any order the same
  const auto seen = static_cast<std::size_t>(images.n_train * images.n_pixels);
  for (std::size_t i = 0; i < seen; ++i) {
    sum += images.pixels[i];
    squares += images.pixels[i] * images.pixels[i];
  }
  images.mean = static_cast<double>(sum) / static_cast<double>(seen);
  const double variance =
      static_cast<double>(squares) / static_cast<double>(seen) - images.mean * images.mean;
  images.deviation = variance > 0 ? std::sqrt(variance) : 1;
  return images;
}

LiveTraining::LiveTraining(const LiveNetwork& network, std::shared_ptr<const LiveImages> images,
                           std::unique_ptr<MemoryTally> tally, DenseModel model)
    : network_(network),
      images_(std::move(images)),
      tally_(std::move(tally)),
      model_(std::move(model)),
      random_(network.seed ^ order_stream),
      order_(static_cast<std::size_t>(images_->n_train)),
      which_(static_cast<std::size_t>(network.batch)),
      moments_(2 * (network.widths.size() - 1)) {
  std::iota(order_.begin(), order_.end(), std::int64_t{0});
  at_ = order_.size();
}

Result<LiveTraining> LiveTraining::make(const LiveNetwork& network,
                                        std::shared_ptr<const LiveImages> images) {
  RECKON_TRY(check(network, *images));
  auto tally = std::make_unique<MemoryTally>();
  RECKON_ASSIGN(DenseModel model, DenseModel::make({.widths = network.widths,
                                                    .activation = network.activation,
                                                    .initialisation = network.initialisation,
                                                    .activate_last = false,
                                                    .seed = network.seed},
                                                   *tally));
  return LiveTraining(network, std::move(images), std::move(tally), std::move(model));
}

void LiveTraining::take(std::span<const std::int64_t> which) {
  const auto width = static_cast<std::size_t>(images_->n_pixels);
  const auto classes = static_cast<std::size_t>(images_->n_classes);
  inputs_.resize(which.size() * width);
  targets_.assign(which.size() * classes, 0);
  for (std::size_t row = 0; row < which.size(); ++row) {
    const auto image = static_cast<std::size_t>(which[row]);
    targets_[row * classes + images_->labels[image]] = 1;
    for (std::size_t i = 0; i < width; ++i)
      inputs_[row * width + i] =
          (images_->pixels[image * width + i] - images_->mean) / images_->deviation;
  }
}

// An epoch takes the images in a new order (R. Fisher, F. Yates, 1938) and leaves out what does not
// fill a batch.
void LiveTraining::next_batch() {
  if (at_ + which_.size() > order_.size()) {
    for (std::size_t i = order_.size(); i > 1; --i)
      std::swap(order_[i - 1],
                order_[static_cast<std::size_t>(random_.uniform() * static_cast<double>(i))]);
    at_ = 0;
  }
  std::copy_n(order_.begin() + static_cast<std::ptrdiff_t>(at_), which_.size(), which_.begin());
  at_ += which_.size();
}

Status LiveTraining::step() {
  next_batch();
  take(which_);
  tally_->forget_records();
  RECKON_ASSIGN(const DenseStep seen, model_.step({.n_samples = network_.batch,
                                                   .seed = network_.seed,
                                                   .inputs = inputs_,
                                                   .targets = targets_},
                                                  Loss::cross_entropy));
  if (!std::isfinite(seen.loss))
    return fail(ErrorCode::bad_argument, "the loss is not finite after " + std::to_string(step_) +
                                             " steps: take a smaller learning rate");
  ++step_;
  loss_sum_ += seen.loss;
  norms_.clear();
  for (std::size_t l = 0; l + 1 < network_.widths.size(); ++l) {
    const auto n = static_cast<double>(model_.weights(static_cast<std::int64_t>(l)).size());
    norms_.push_back(seen.layers[l].weight_gradient_rms.value_or(0) * std::sqrt(n));
  }
  update_model(model_, network_.rule, moments_, network_.learning_rate, step_);
  return {};
}

void LiveTraining::count_bytes() {
  bytes_ = {};
  bytes_.weights = tally_->alive_bytes(TensorKind::weight) + tally_->alive_bytes(TensorKind::bias);
  bytes_.gradients = tally_->alive_bytes(TensorKind::weight_gradient) +
                     tally_->alive_bytes(TensorKind::bias_gradient);
  for (const TallyRecord& record : tally_->records())
    if (record.kind == TensorKind::input || record.kind == TensorKind::pre_activation ||
        record.kind == TensorKind::activation)
      bytes_.activations += record.bytes;
  for (const AdamMoments& moments : moments_)
    bytes_.optimizer +=
        std::ssize(moments.first) * bytes_a_value + std::ssize(moments.second) * bytes_a_value;
}

Result<double> LiveTraining::accuracy() {
  std::vector<std::int64_t> which(static_cast<std::size_t>(images_->n_test));
  std::iota(which.begin(), which.end(), images_->n_train);
  take(which);
  RECKON_ASSIGN(const std::vector<double> outputs, model_.outputs(images_->n_test, inputs_));
  const auto classes = static_cast<std::size_t>(images_->n_classes);
  std::int64_t n_right = 0;
  for (std::size_t row = 0; row < which.size(); ++row) {
    const auto first = outputs.begin() + static_cast<std::ptrdiff_t>(row * classes);
    const auto told = std::max_element(first, first + static_cast<std::ptrdiff_t>(classes)) - first;
    n_right += told == images_->labels[static_cast<std::size_t>(which[row])] ? 1 : 0;
  }
  return static_cast<double>(n_right) / static_cast<double>(images_->n_test);
}

Result<LivePoint> LiveTraining::run(int steps) {
  if (steps < 1 || steps > most_steps)
    return fail(ErrorCode::bad_argument, "1 to 1,000 steps are trained at once");
  for (int i = 0; i < steps; ++i) RECKON_TRY(step());
  count_bytes();
  LivePoint point{.step = step_, .loss = loss_sum_ / steps, .gradient_norms = norms_};
  loss_sum_ = 0;
  RECKON_ASSIGN(point.accuracy, accuracy());
  return point;
}

}  // namespace reckon

#include "batch_maker.h"

#include <cstring>

#include "base/text.h"
#include "interpreter.h"

namespace reckon {
namespace {

std::string shape_text(const ImageShape& shape) {
  return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" +
         std::to_string(shape.width);
}

}  // namespace

BatchMaker::BatchMaker(const Trainable& network, const ImageShape& images,
                       std::vector<ChannelScale> scales)
    : network_(network) {
  if (network.is_vector && network.image.n_pixels() != images.n_pixels())
    throw Refused("the network takes " + std::to_string(network.image.n_pixels()) +
                  " numbers, an image has " + std::to_string(images.n_pixels()) + " (" +
                  shape_text(images) + ")");
  if (!network.is_vector && images.channels != 1 && images.channels != network.image.channels)
    throw Refused("the network takes images of " + std::to_string(network.image.channels) +
                  " channels, the data have " + std::to_string(images.channels));
  const std::int64_t channels = images.channels;
  mean_ = at::empty({1, channels, 1, 1});
  deviation_ = at::empty({1, channels, 1, 1});
  for (std::size_t c = 0; c < scales.size(); ++c) {
    mean_.data_ptr<float>()[c] = static_cast<float>(scales[c].mean);
    deviation_.data_ptr<float>()[c] = static_cast<float>(scales[c].deviation);
  }
}

void BatchMaker::fill(const ImageSet& images, std::span<const std::int64_t> which,
                      at::Tensor& input, at::Tensor& targets) const {
  const at::NoGradGuard no_grad;
  const std::int64_t n = input.size(0);
  const ImageShape& shape = images.shape;
  at::Tensor bytes = at::empty({n, shape.channels, shape.height, shape.width}, at::kByte);
  auto* const to = bytes.data_ptr<std::uint8_t>();
  auto* const labels = targets.data_ptr<std::int64_t>();
  const auto image_bytes = static_cast<std::size_t>(shape.n_pixels());
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t image =
        which[static_cast<std::size_t>(std::min(i, static_cast<std::int64_t>(which.size()) - 1))];
    std::memcpy(to + static_cast<std::size_t>(i) * image_bytes, images.image(image), image_bytes);
    labels[i] = images.labels[static_cast<std::size_t>(image)];
  }
  at::Tensor x = bytes.to(at::kFloat).div_(255).sub_(mean_).div_(deviation_);
  const ImageShape& wanted = network_.image;
  if (!network_.is_vector && (wanted.height != shape.height || wanted.width != shape.width))
    x = at::upsample_bilinear2d(x, {wanted.height, wanted.width}, /*align_corners=*/false);
  if (network_.is_vector)
    x = x.reshape({n, -1});
  else if (wanted.channels != shape.channels)
    x = x.expand({n, wanted.channels, wanted.height, wanted.width});
  input.copy_(x);
}

}  // namespace reckon

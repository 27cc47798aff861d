// From images to the input of a network: in units of 255, less the mean of their channel and
// divided by its deviation; grey images once for each channel that the network has; enlarged or
// reduced by bilinear interpolation where its input has another size.
#pragma once

#include <ATen/ATen.h>

#include <span>

#include "train.h"

namespace reckon {

class BatchMaker {
 public:
  // The scales are those of the images to train with. Throws Refused where the shapes do not suit.
  BatchMaker(const Trainable& network, const ImageShape& images, std::vector<ChannelScale> scales);

  // Fills `input` with these images; those that are missing are the last one again. `targets` gets
  // their labels.
  void fill(const ImageSet& images, std::span<const std::int64_t> which, at::Tensor& input,
            at::Tensor& targets) const;

 private:
  Trainable network_;
  at::Tensor mean_, deviation_;  // 1 × channels × 1 × 1
};

}  // namespace reckon

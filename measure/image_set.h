// Images with labels, as a training run reads them. Knows no LibTorch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace reckon {

struct ImageShape {
  int channels = 0, height = 0, width = 0;
  std::int64_t n_pixels() const { return std::int64_t{1} * channels * height * width; }
  bool operator==(const ImageShape&) const = default;
};

struct ImageSet {
  ImageShape shape;
  std::vector<std::uint8_t> pixels;   // n × channels × height × width
  std::vector<std::uint16_t> labels;  // n

  std::int64_t n() const { return static_cast<std::int64_t>(labels.size()); }
  const std::uint8_t* image(std::int64_t i) const {
    return pixels.data() + static_cast<std::size_t>(i * shape.n_pixels());
  }
  void add(const std::uint8_t* from, std::uint16_t label) {
    pixels.insert(pixels.end(), from, from + shape.n_pixels());
    labels.push_back(label);
  }
  // Only the first n stay.
  void cut(std::int64_t n_images);
};

struct Dataset {
  std::string name;  // "Fashion-MNIST", or the folder
  ImageSet train, test;
  int n_classes = 0;
};

// Mean and deviation of a channel's pixels, in units of 255: what images are normalised with.
struct ChannelScale {
  double mean = 0, deviation = 1;
};
std::vector<ChannelScale> channel_scales(const ImageSet& images);

// `which` is "fashion-mnist" (where Debian's package puts it), "made", or a folder with files in
// MNIST's format or with images in train/CLASS and test/CLASS. Made data have the shape and the
// classes of the network. Fails with not_found, saying what to install, and with corrupt.
Result<Dataset> read_dataset(const std::string& which, const ImageShape& network, int n_classes,
                             std::uint64_t seed);

// The three kinds. In the folder's files, counts are bounded by the bytes that are there.
Result<Dataset> read_mnist_folder(const std::string& folder, std::string name);
Result<Dataset> read_image_folder(const std::string& folder);
// Of every class a pattern of random pixels; an image is its class's pattern under twice as much
// noise. The same for the same seed, on every machine.
Dataset made_dataset(const ImageShape& shape, int n_classes, std::uint64_t seed);

}  // namespace reckon

#include "image_set.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/text.h"
#include "learning/random.h"

namespace reckon {
namespace {

namespace fs = std::filesystem;

// Debian's package dataset-fashion-mnist.
constexpr const char* fashion_folder = "/usr/share/datasets/fashion-mnist";

bool is_folder(const fs::path& path) {
  std::error_code failed;
  return fs::is_directory(path, failed);
}

Result<Dataset> read_named(const std::string& which, const ImageShape& network, int n_classes,
                           std::uint64_t seed) {
  if (which == "made") return made_dataset(network, n_classes, seed);
  if (which == "fashion-mnist") {
    if (!is_folder(fashion_folder))
      return fail(ErrorCode::not_found,
                  "Fashion-MNIST is not installed: 'apt-get install dataset-fashion-mnist' does it "
                  "on Debian; elsewhere, --data names the folder with its four files");
    return read_mnist_folder(fashion_folder, "Fashion-MNIST");
  }
  if (!is_folder(which))
    return fail(ErrorCode::not_found,
                "there is no such data: a folder, fashion-mnist or made is expected",
                printable(which));
  if (is_folder(fs::path(which) / "train")) return read_image_folder(which);
  return read_mnist_folder(which, which);
}

}  // namespace

void ImageSet::cut(std::int64_t n_images) {
  if (n_images >= n()) return;
  labels.resize(static_cast<std::size_t>(n_images));
  pixels.resize(static_cast<std::size_t>(n_images * shape.n_pixels()));
}

std::vector<ChannelScale> channel_scales(const ImageSet& images) {
  std::vector<ChannelScale> scales;
  const auto channels = static_cast<std::size_t>(images.shape.channels);
  const std::size_t plane = static_cast<std::size_t>(images.shape.n_pixels()) / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    // Whole numbers: below 2^63 for 2 GiB of pixels.
    std::uint64_t sum = 0, squares = 0, n = 0;
    for (std::size_t at = c * plane; at < images.pixels.size(); at += channels * plane)
      for (std::size_t i = 0; i < plane; ++i, ++n) {
        const std::uint64_t x = images.pixels[at + i];
        sum += x;
        squares += x * x;
      }
    const auto count = static_cast<double>(n);
    const double mean = static_cast<double>(sum) / count;
    const double variance = static_cast<double>(squares) / count - mean * mean;
    scales.push_back({mean / 255, variance > 0 ? std::sqrt(variance) / 255 : 1});
  }
  return scales;
}

Result<Dataset> read_dataset(const std::string& which, const ImageShape& network, int n_classes,
                             std::uint64_t seed) {
  RECKON_ASSIGN(Dataset data, read_named(which, network, n_classes, seed));
  if (data.train.shape != data.test.shape)
    return fail(ErrorCode::shape_mismatch, "images to train and to test with have another size",
                printable(which));
  for (const ImageSet* const set : {&data.train, &data.test})
    data.n_classes =
        std::max(data.n_classes, 1 + static_cast<int>(*std::ranges::max_element(set->labels)));
  return data;
}

Dataset made_dataset(const ImageShape& shape, int n_classes, std::uint64_t seed) {
  constexpr std::int64_t n_train = 1024, n_test = 256;
  constexpr int most_classes = 10;
  const int classes = std::min(n_classes, most_classes);
  Random random(seed);
  const auto n = static_cast<std::size_t>(shape.n_pixels());
  std::vector<std::uint8_t> patterns(n * static_cast<std::size_t>(classes));
  for (std::uint8_t& pixel : patterns) pixel = static_cast<std::uint8_t>(random.next() >> 56);
  Dataset data{.name = "made data", .train = {}, .test = {}, .n_classes = classes};
  std::vector<std::uint8_t> image(n);
  for (ImageSet* const set : {&data.train, &data.test}) {
    set->shape = shape;
    for (std::int64_t i = 0; i < (set == &data.train ? n_train : n_test); ++i) {
      const auto label = static_cast<std::size_t>(i % classes);
      for (std::size_t p = 0; p < n; ++p) {
        const unsigned noise = static_cast<unsigned>(random.next() >> 56);
        image[p] = static_cast<std::uint8_t>((patterns[label * n + p] + 2 * noise) / 3);
      }
      set->add(image.data(), static_cast<std::uint16_t>(label));
    }
  }
  return data;
}

}  // namespace reckon

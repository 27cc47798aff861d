// A folder with the four files of MNIST: images and labels, to train with and to test with.
#include <array>
#include <filesystem>

#include "base/text.h"
#include "idx_file.h"
#include "image_set.h"

namespace reckon {
namespace {

namespace fs = std::filesystem;

// "train-images-idx3-ubyte", as MNIST and Fashion-MNIST are handed on, and with a point where some
// programs that unpack put one.
std::string path_of(const std::string& folder, std::string_view which, std::string_view what) {
  const std::string rank = what == "images" ? "idx3" : "idx1";
  const std::string stem = std::string(which) + "-" + std::string(what);
  for (const std::string& name : {stem + "-" + rank + "-ubyte", stem + "." + rank + "-ubyte"})
    for (const char* const packed : {"", ".gz"}) {
      std::error_code failed;
      const fs::path path = fs::path(folder) / (name + packed);
      if (fs::exists(path, failed)) return path.string();
    }
  return {};
}

Result<std::string> found(const std::string& folder, std::string_view which,
                          std::string_view what) {
  std::string path = path_of(folder, which, what);
  if (!path.empty()) return path;
  const std::string name = std::string(which) + "-" + std::string(what) +
                           (what == "images" ? "-idx3-ubyte" : "-idx1-ubyte");
  return fail(
      ErrorCode::not_found,
      "there is no file " + name + " (or " + name + ".gz), and no folder train/CLASS of images",
      printable(folder));
}

Result<ImageSet> read_half(const std::string& folder, std::string_view which) {
  RECKON_ASSIGN(const std::string image_path, found(folder, which, "images"));
  RECKON_ASSIGN(const std::string label_path, found(folder, which, "labels"));
  RECKON_ASSIGN(const auto image_bytes, read_packed_file(image_path));
  RECKON_ASSIGN(const auto label_bytes, read_packed_file(label_path));
  RECKON_ASSIGN(const IdxArray images, read_idx(image_bytes, image_path));
  RECKON_ASSIGN(const IdxArray labels, read_idx(label_bytes, label_path));
  if (images.sizes.size() != 3)
    return fail(ErrorCode::corrupt,
                "images have three sizes in MNIST's format, these have " +
                    std::to_string(images.sizes.size()),
                printable(image_path));
  if (labels.sizes.size() != 1)
    return fail(
        ErrorCode::corrupt,
        "labels have one size in MNIST's format, these have " + std::to_string(labels.sizes.size()),
        printable(label_path));
  if (images.sizes[0] != labels.sizes[0])
    return fail(ErrorCode::corrupt,
                std::to_string(images.sizes[0]) + " images have " +
                    std::to_string(labels.sizes[0]) + " labels",
                printable(folder));
  constexpr std::uint32_t most_side = 1 << 14;
  if (labels.sizes[0] == 0 || images.sizes[1] == 0 || images.sizes[2] == 0 ||
      images.sizes[1] > most_side || images.sizes[2] > most_side)
    return fail(ErrorCode::corrupt, "there are no images in it", printable(image_path));
  ImageSet set;
  set.shape = {1, static_cast<int>(images.sizes[1]), static_cast<int>(images.sizes[2])};
  const auto* const first = reinterpret_cast<const std::uint8_t*>(images.elements.data());
  set.pixels.assign(first, first + images.elements.size());
  for (const std::byte label : labels.elements)
    set.labels.push_back(std::to_integer<std::uint16_t>(label));
  return set;
}

}  // namespace

Result<Dataset> read_mnist_folder(const std::string& folder, std::string name) {
  Dataset data{.name = std::move(name), .train = {}, .test = {}};
  RECKON_ASSIGN(data.train, read_half(folder, "train"));
  RECKON_ASSIGN(data.test, read_half(folder, "t10k"));
  return data;
}

}  // namespace reckon

// A folder of images: train/CLASS/*.pgm and test/CLASS/*.pgm (or .ppm). A class is a folder's name;
// classes and files count in the order of their names.
#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "idx_file.h"
#include "pnm_file.h"

namespace reckon {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_pixels = std::size_t{2} << 30, most_classes = 10'000;

// Names in a folder, sorted: folders, or files that end in .pgm or .ppm.
Result<std::vector<std::string>> names_in(const fs::path& folder, bool folders) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code unknown;
    const std::string extension = entry->path().extension().string();
    const bool wanted =
        folders ? entry->is_directory(unknown) : extension == ".pgm" || extension == ".ppm";
    if (wanted) names.push_back(entry->path().filename().string());
  }
  if (failed) return fail(ErrorCode::io_error, failed.message(), printable(folder.string()));
  std::ranges::sort(names);
  return names;
}

Status read_class(const fs::path& folder, std::uint16_t label, ImageSet& set) {
  RECKON_ASSIGN(const auto names, names_in(folder, false));
  for (const std::string& name : names) {
    const std::string path = (folder / name).string();
    RECKON_ASSIGN(const auto bytes, read_packed_file(path));
    RECKON_ASSIGN(const PnmImage image, read_pnm(bytes, path));
    if (set.labels.empty()) set.shape = image.shape;
    if (image.shape != set.shape)
      return fail(ErrorCode::shape_mismatch,
                  "images of one size are expected: this one has " +
                      std::to_string(image.shape.width) + "x" + std::to_string(image.shape.height) +
                      " pixels of " + std::to_string(image.shape.channels) + ", the first one " +
                      std::to_string(set.shape.width) + "x" + std::to_string(set.shape.height) +
                      " of " + std::to_string(set.shape.channels),
                  printable(path));
    if (set.pixels.size() + image.pixels.size() > most_pixels)
      return fail(ErrorCode::limit, "the images have more than 2 GiB of pixels",
                  printable(folder.string()));
    set.add(image.pixels.data(), label);
  }
  return {};
}

}  // namespace

Result<Dataset> read_image_folder(const std::string& folder) {
  const fs::path train = fs::path(folder) / "train", test = fs::path(folder) / "test";
  RECKON_ASSIGN(const auto classes, names_in(train, true));
  if (classes.empty() || classes.size() > most_classes)
    return fail(ErrorCode::not_found, "one folder a class is expected, 1 to 10,000 of them",
                printable(train.string()));
  Dataset data{.name = folder, .train = {}, .test = {}};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    RECKON_TRY(read_class(train / classes[c], static_cast<std::uint16_t>(c), data.train));
    std::error_code unknown;
    if (fs::is_directory(test / classes[c], unknown))
      RECKON_TRY(read_class(test / classes[c], static_cast<std::uint16_t>(c), data.test));
  }
  if (data.train.n() == 0 || data.test.n() == 0)
    return fail(ErrorCode::not_found,
                "images are expected in train/CLASS and in test/CLASS, as .pgm or .ppm ('mogrify "
                "-format ppm *.jpg' makes them of others)",
                printable(folder));
  if (data.train.shape != data.test.shape)
    return fail(ErrorCode::shape_mismatch, "images of train and test have another size",
                printable(folder));
  return data;
}

}  // namespace reckon

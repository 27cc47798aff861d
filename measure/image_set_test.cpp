// Files of images, whole and cut at every byte. The bytes are written out from the formats'
// descriptions; gzip's are zlib's own, checked to be what gzip itself reads.
#include "image_set.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "idx_file.h"
#include "pnm_file.h"

namespace reckon {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// A folder that goes with the test.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(fs::path(testing::TempDir()) / ("reckon-" + name)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// Two images of 2 × 3, and two labels.
const std::string images =
    "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"s
    "abcdefghijkl"s;
const std::string labels = "\0\0\x08\x01\0\0\0\x02\x01\0"s;

std::string packed(const std::string& text) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16, memory = 8;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Idx, IsReadWholeAndRefusedAtEveryCut) {
  const auto whole = read_idx(bytes_of(images), "x");
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->sizes, (std::vector<std::uint32_t>{2, 2, 3}));
  EXPECT_EQ(whole->elements.size(), 12U);
  for (std::size_t n = 0; n < images.size(); ++n) {
    const std::string cut = images.substr(0, n);
    const auto found = read_idx(bytes_of(cut), "x");
    ASSERT_FALSE(found) << n;
    EXPECT_EQ(found.error().code, ErrorCode::corrupt) << n;
  }
  EXPECT_FALSE(read_idx(bytes_of(images + "m"), "x"));
}

// 2^32 − 1 images of as many rows: nothing is made of them, and nothing wraps.
TEST(Idx, CountsAreBoundedByTheBytes) {
  const std::string huge =
      "\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s
      "abc"s;
  const auto found = read_idx(bytes_of(huge), "x");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  // 2^16 · 2^16 · 2^16 · 2^16 is 2^64, that is 0 where it wraps.
  const std::string wraps = "\0\0\x08\x04\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0"s;
  EXPECT_FALSE(read_idx(bytes_of(wraps), "x"));
  const std::string ranks = "\0\0\x08\xff"s + std::string(16, '\0');
  EXPECT_FALSE(read_idx(bytes_of(ranks), "x"));
}

TEST(Idx, OtherKindsAreNamed) {
  EXPECT_EQ(read_idx(bytes_of("PK\3\4abcd"), "x").error().code, ErrorCode::not_a_model);
  EXPECT_EQ(read_idx(bytes_of("\0\0\x0d\x01\0\0\0\0"s), "x").error().code, ErrorCode::unsupported);
}

TEST(Gzip, IsUnpackedWholeAndRefusedAtEveryCut) {
  const std::string text = images + std::string(5000, 'x');
  const std::string small = packed(text);
  const auto whole = unpack_gzip(bytes_of(small), "x");
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(whole->data()), whole->size()), text);
  for (std::size_t n = 0; n < small.size(); ++n) {
    const std::string cut = small.substr(0, n);
    EXPECT_FALSE(unpack_gzip(bytes_of(cut), "x")) << n;
  }
  EXPECT_FALSE(unpack_gzip(bytes_of(small + "y"), "x"));
  for (std::size_t i = 0; i < small.size(); ++i) {  // its check sum tells
    std::string damaged = small;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
    const auto found = unpack_gzip(bytes_of(damaged), "x");
    if (found) {
      EXPECT_EQ(found->size(), text.size()) << i;
    }
  }
}

TEST(Pnm, GreyAndColour) {
  const std::string grey = "P5\n# made by hand\n3 2\n255\nabcdef";
  const auto image = read_pnm(bytes_of(grey), "x");
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->shape, (ImageShape{1, 2, 3}));
  EXPECT_EQ(image->pixels, (std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'}));
  // Pixel by pixel in the file, plane by plane here; 15 of 15 is 255 of 255, 5 a third of it.
  const std::string colour = "P6 2 1 15\n\x0f\x05\0\0\x0f\x05"s;
  const auto planes = read_pnm(bytes_of(colour), "x");
  ASSERT_TRUE(planes) << planes.error().message;
  EXPECT_EQ(planes->shape, (ImageShape{3, 1, 2}));
  EXPECT_EQ(planes->pixels, (std::vector<std::uint8_t>{255, 0, 85, 255, 0, 85}));
  for (const std::string& text : {grey, colour})
    for (std::size_t n = 0; n < text.size(); ++n) {
      const std::string cut = text.substr(0, n);
      EXPECT_FALSE(read_pnm(bytes_of(cut), "x")) << n;
    }
  for (const char* const wrong : {"P5 0 2 255\n", "P5 99999 99999 255\n", "P5 2 2 65535\nabcdefgh",
                                  "P2 1 1 255\n7", "P5 1 1"})
    EXPECT_FALSE(read_pnm(bytes_of(wrong), "x")) << wrong;
}

TEST(Dataset, AFolderInTheFormatOfMnist) {
  const Folder folder("mnist");
  folder.write("train-images-idx3-ubyte", images);
  folder.write("train-labels-idx1-ubyte.gz", packed(labels));
  folder.write("t10k-images.idx3-ubyte.gz", packed(images));
  const auto missing = read_dataset(folder.path(), {1, 2, 3}, 2, 1);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find("t10k-labels-idx1-ubyte"), std::string::npos);
  folder.write("t10k-labels.idx1-ubyte", labels);
  const auto data = read_dataset(folder.path(), {1, 2, 3}, 2, 1);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->train.n(), 2);
  EXPECT_EQ(data->train.shape, (ImageShape{1, 2, 3}));
  EXPECT_EQ(data->train.labels, (std::vector<std::uint16_t>{1, 0}));
  EXPECT_EQ(*data->test.image(1), 'g');
  EXPECT_EQ(data->n_classes, 2);
  folder.write("t10k-labels.idx1-ubyte", "\0\0\x08\x01\0\0\0\x01\x01"s);
  const auto fewer = read_dataset(folder.path(), {1, 2, 3}, 2, 1);
  ASSERT_FALSE(fewer);
  EXPECT_EQ(fewer.error().message, "2 images have 1 labels");
}

TEST(Dataset, AFolderOfImages) {
  const Folder folder("images");
  folder.write("train/cat/1.pgm", "P5 2 1 255\nab");
  folder.write("train/dog/1.pgm", "P5 2 1 255\ncd");
  folder.write("train/dog/notes.txt", "no image");
  folder.write("test/dog/7.pgm", "P5 2 1 255\nef");
  const auto data = read_dataset(folder.path(), {1, 1, 2}, 2, 1);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->train.labels, (std::vector<std::uint16_t>{0, 1}));
  EXPECT_EQ(data->test.labels, (std::vector<std::uint16_t>{1}));
  EXPECT_EQ(*data->test.image(0), 'e');
  folder.write("train/dog/2.pgm", "P5 1 1 255\nx");
  const auto other = read_dataset(folder.path(), {1, 1, 2}, 2, 1);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::shape_mismatch);
}

TEST(Dataset, WhatIsNotThereSaysWhatToDo) {
  const auto nowhere = read_dataset("/nowhere/at/all", {1, 28, 28}, 10, 1);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::not_found);
  EXPECT_NE(nowhere.error().message.find("fashion-mnist"), std::string::npos);
}

TEST(Dataset, MadeDataFollowFromTheSeed) {
  const Dataset one = made_dataset({1, 4, 4}, 3, 7), same = made_dataset({1, 4, 4}, 3, 7),
                other = made_dataset({1, 4, 4}, 3, 8);
  EXPECT_EQ(one.train.pixels, same.train.pixels);
  EXPECT_NE(one.train.pixels, other.train.pixels);
  EXPECT_EQ(one.n_classes, 3);
  EXPECT_EQ(made_dataset({1, 4, 4}, 1000, 7).n_classes, 10);
}

// Pixels 0 and 255: mean ½, deviation ½. One value everywhere: divided by 1, not by nothing.
TEST(Dataset, ScalesOfChannels) {
  ImageSet set{.shape = {2, 1, 1}, .pixels = {0, 51, 255, 51}, .labels = {0, 1}};
  const auto scales = channel_scales(set);
  ASSERT_EQ(scales.size(), 2U);
  EXPECT_DOUBLE_EQ(scales[0].mean, 0.5);
  EXPECT_DOUBLE_EQ(scales[0].deviation, 0.5);
  EXPECT_DOUBLE_EQ(scales[1].mean, 0.2);
  EXPECT_DOUBLE_EQ(scales[1].deviation, 1);
}

}  // namespace
}  // namespace reckon

#include "base/byte_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace reckon {
namespace {

constexpr std::array<std::byte, 4> four = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};

// What holds for every source of the bytes 1, 2, 3, 4.
void check_four_bytes(ByteSource& source) {
  EXPECT_EQ(source.size_bytes(), 4U);
  std::array<std::byte, 2> two{};
  ASSERT_TRUE(source.read(2, two));
  EXPECT_EQ(two[0], std::byte{3});
  EXPECT_EQ(two[1], std::byte{4});
  EXPECT_TRUE(source.read(4, {}));
  // A range that leaves the source, by one byte and by a sum that wraps.
  for (const std::uint64_t offset : {std::uint64_t{3}, std::uint64_t{4}, UINT64_MAX}) {
    const Status status = source.read(offset, two);
    ASSERT_FALSE(status) << offset;
    EXPECT_EQ(status.error().code, ErrorCode::corrupt);
    EXPECT_EQ(status.error().where, source.name());
  }
}

TEST(ByteSource, Memory) {
  check_four_bytes(*memory_source(four));
}

TEST(ByteSource, Callback) {
  std::uint64_t n_asked = 0;
  const auto source = callback_source(4, [&](std::uint64_t at, std::byte* out, std::size_t n) {
    ++n_asked;
    std::copy_n(four.begin() + static_cast<std::ptrdiff_t>(at), n, out);
    return true;
  });
  check_four_bytes(*source);
  EXPECT_EQ(n_asked, 2U);  // the host is never asked for what is not there
  const auto broken =
      callback_source(4, [](std::uint64_t, std::byte*, std::size_t) { return false; });
  std::byte one{};
  EXPECT_EQ(broken->read(0, {&one, 1}).error().code, ErrorCode::io_error);
}

class OfFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "byte_source_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/four";
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(std::fwrite(four.data(), 1, four.size(), file), four.size());
    std::fclose(file);
  }
  void TearDown() override {
    ::unlink(path_.c_str());
    ::unlink((folder_ + "/pipe").c_str());
    ::rmdir(folder_.c_str());
  }
  std::string folder_, path_;
};

TEST_F(OfFiles, AFileIsReadByItsPlaces) {
  const auto source = open_file(path_);
  ASSERT_TRUE(source) << source.error().message;
  check_four_bytes(**source);
}

TEST_F(OfFiles, AFileThatShrinksIsCorrupt) {
  const auto source = open_file(path_);
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_EQ(::truncate(path_.c_str(), 1), 0);
  std::array<std::byte, 4> all{};
  EXPECT_EQ((*source)->read(0, all).error().code, ErrorCode::corrupt);
}

TEST_F(OfFiles, WhatIsNoFileIsSaid) {
  const auto absent = open_file(folder_ + "/absent");
  EXPECT_EQ(absent.error().code, ErrorCode::not_found);
  EXPECT_EQ(absent.error().where, folder_ + "/absent");
  EXPECT_EQ(open_file(path_ + "/below_a_file").error().code, ErrorCode::not_found);
  EXPECT_EQ(open_file(folder_).error().code, ErrorCode::io_error);
  // Opening a pipe that nobody writes to would wait for ever.
  ASSERT_EQ(::mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(open_file(folder_ + "/pipe").error().code, ErrorCode::io_error);
}

}  // namespace
}  // namespace reckon

// Byte sizes as people type them. Expectations by hand.
#include "questions/byte_size.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

std::int64_t bytes(std::string_view text) {
  const auto n = parse_byte_size(text, "`budget`");
  return n ? *n : -1;
}

TEST(ByteSize, PowersOfTwoAndOfTenAreToldApart) {
  EXPECT_EQ(bytes("6GiB"), 6'442'450'944);
  EXPECT_EQ(bytes("6GB"), 6'000'000'000);
  EXPECT_EQ(bytes("6gib"), 6'442'450'944);
  EXPECT_EQ(bytes("512KiB"), 524'288);
  EXPECT_EQ(bytes("512 kB"), 512'000);
  EXPECT_EQ(bytes("1PiB"), 1'125'899'906'842'624);
  EXPECT_EQ(bytes("8589934592"), 8'589'934'592);
  EXPECT_EQ(bytes("64B"), 64);
  EXPECT_EQ(bytes("0"), 0);
}

TEST(ByteSize, FractionsAreExactAndRoundDown) {
  EXPECT_EQ(bytes("1.5GiB"), 1'610'612'736);
  EXPECT_EQ(bytes("0.001KB"), 1);
  EXPECT_EQ(bytes("0.1GiB"), 107'374'182);  // 107,374,182.4
  EXPECT_EQ(bytes("8191.999PiB"), 8191 * 1'125'899'906'842'624 + 1'124'774'006'935'781);
}

TEST(ByteSize, AnAmbiguousUnitIsAskedAbout) {
  for (const auto* text : {"6G", "6g", "1.5M", "3T"}) {
    const auto n = parse_byte_size(text, "`budget`");
    ASSERT_FALSE(n) << text;
    EXPECT_NE(n.error().message.find("which one?"), std::string::npos) << n.error().message;
    EXPECT_EQ(n.error().where, "`budget`");
  }
}

TEST(ByteSize, NonsenseIsRefused) {
  for (const auto* text :
       {"", "GiB", "-1", "1.GiB", ".5GiB", "1.2.3GB", "6GBs", "6XB", "1.5", "1.5B", "6Gi", "1e9",
        "9223372036854775808", "8192PiB", "0.0001GB", "99999999999TiB"})
    EXPECT_EQ(bytes(text), -1) << text;
}

}  // namespace
}  // namespace reckon

#include "formats/onnx/wire.h"

#include <gtest/gtest.h>

#include <span>

#include "formats/onnx/proto_writer_test.h"

namespace reckon {
namespace {

using test::Proto;

struct Reading {
  explicit Reading(std::string b)
      : bytes(std::move(b)),
        source(memory_source(std::as_bytes(std::span(bytes)))),
        wire(*source) {}
  std::string bytes;
  std::unique_ptr<ByteSource> source;
  WireReader wire;
};

TEST(Wire, ReadsFieldsOfEveryType) {
  Reading r(Proto().num(1, 300).str(2, "abc").flt(3, 1.0F).bytes);
  Message m = r.wire.whole("m");
  Field f;
  ASSERT_TRUE(r.wire.next(m, f));
  EXPECT_EQ(f.value, 300U);
  ASSERT_TRUE(r.wire.next(m, f));
  EXPECT_EQ(r.wire.text(f), "abc");
  ASSERT_TRUE(r.wire.next(m, f));
  EXPECT_EQ(f.value, 0x3f800000U);  // 1.0 in binary32
  EXPECT_FALSE(r.wire.next(m, f));
  EXPECT_TRUE(r.wire.status().has_value());
}

TEST(Wire, EveryTruncationFailsOrEndsBetweenFields) {
  const std::string bytes = Proto().num(1, 300).str(2, "abc").flt(3, 1.0F).bytes;  // 3 + 5 + 5
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    Reading r(bytes.substr(0, n));
    Message m = r.wire.whole("m");
    Field f;
    while (r.wire.next(m, f)) {
    }
    EXPECT_EQ(r.wire.failed(), n != 0 && n != 3 && n != 8) << n;
  }
}

// Strings on both sides of every border of the window, read forwards and then backwards.
TEST(Wire, TheWindowMoves) {
  Proto p;
  for (int i = 0; i < 3000; ++i)
    p.str(1, std::string(static_cast<std::size_t>(i % 97), 'a') + std::to_string(i));
  Reading r(p.bytes);
  Message m = r.wire.whole("m");
  std::vector<Field> fields;
  Field f;
  for (int i = 0; r.wire.next(m, f); ++i) {
    EXPECT_TRUE(r.wire.text(f).ends_with(std::to_string(i)));
    fields.push_back(f);
  }
  ASSERT_EQ(fields.size(), 3000U);
  for (std::size_t i = 3000; i-- > 0;)
    EXPECT_TRUE(r.wire.text(fields[i]).ends_with(std::to_string(i)));
}

TEST(Wire, FailureSticksAndTheFirstStays) {
  Reading r(Proto().num(1, 1).bytes);
  r.wire.fail_at(ErrorCode::limit, "first", 7, "here");
  r.wire.fail_at(ErrorCode::corrupt, "second", 8, "there");
  Message m = r.wire.whole("m");
  Field f;
  EXPECT_FALSE(r.wire.next(m, f));
  EXPECT_EQ(r.wire.status().error().message, "first");
  EXPECT_EQ(r.wire.status().error().where, "byte 7, in here");
}

}  // namespace
}  // namespace reckon

#include "graph/shape.h"

#include <gtest/gtest.h>

#include "graph/dtype.h"

namespace reckon {
namespace {

TEST(Shape, UnknownIsNeitherScalarNorEmpty) {
  const Shape unknown = Shape(), scalar = Shape::scalar(), empty{0};
  EXPECT_FALSE(unknown.has_rank());
  EXPECT_FALSE(unknown.is_static());
  EXPECT_EQ(scalar.rank(), 0);
  EXPECT_TRUE(scalar.is_static());
  EXPECT_NE(unknown, scalar);
  EXPECT_NE(scalar, empty);
  EXPECT_EQ(unknown, Shape());
  EXPECT_EQ(Shape::of_rank(2), (Shape{unknown_dim, unknown_dim}));
  EXPECT_FALSE((Shape{2, -3}).is_static());  // a named dimension
}

TEST(Shape, Elements) {
  EXPECT_EQ((Shape{1, 3, 224, 224}).elements(), Checked(150'528));
  EXPECT_EQ(Shape::scalar().elements(), Checked(1));
  EXPECT_EQ((Shape{4, 0}).elements(), Checked(0));
  EXPECT_FALSE((Shape{1LL << 32, 1LL << 32}).elements().ok());
}

TEST(Shape, AsText) {
  EXPECT_EQ(to_string(Shape{1, 3, 224, 224}), "1×3×224×224");
  EXPECT_EQ(to_string(Shape{unknown_dim, 64, -2}), "?×64×?");
  EXPECT_EQ(to_string(Shape::scalar()), "scalar");
  EXPECT_EQ(to_string(Shape()), "?");
}

// The numbers are those of TensorProto.DataType in onnx.proto.
TEST(DType, IsNumberedAsOnnxNumbersIt) {
  EXPECT_EQ(static_cast<DType>(1), DType::float32);
  EXPECT_EQ(static_cast<DType>(7), DType::int64);
  EXPECT_EQ(static_cast<DType>(10), DType::float16);
  EXPECT_EQ(static_cast<DType>(16), DType::bfloat16);
  EXPECT_EQ(static_cast<DType>(22), DType::int4);
  EXPECT_EQ(static_cast<DType>(23), DType::float4_e2m1);
}

TEST(DType, BytesAreThoseOfPackedElements) {
  EXPECT_EQ(bytes_of(10, DType::float32), Checked(40));
  EXPECT_EQ(bytes_of(10, DType::boolean), Checked(10));
  EXPECT_EQ(bytes_of(3, DType::int4), Checked(2));
  EXPECT_EQ(bytes_of(5, DType::uint2), Checked(2));
  EXPECT_EQ(bytes_of(0, DType::int4), Checked(0));
  // 2^60 float32 elements are 2^62 bytes, whose bits are beyond 64.
  EXPECT_EQ(bytes_of(1LL << 60, DType::float32), Checked(1LL << 62));
  EXPECT_FALSE(bytes_of(1LL << 61, DType::float32).ok());
}

TEST(DType, HasOneKindAndAName) {
  for (int i = 0; i <= last_dtype; ++i) {
    const auto type = static_cast<DType>(i);
    EXPECT_FALSE(is_float(type) && is_integer(type)) << i;
    EXPECT_EQ(is_float(type) || is_integer(type), bits(type) > 0) << i;
    EXPECT_FALSE(to_string(type).empty()) << i;
  }
  EXPECT_TRUE(is_integer(DType::boolean));
  EXPECT_TRUE(is_float(DType::complex64));
}

}  // namespace
}  // namespace reckon

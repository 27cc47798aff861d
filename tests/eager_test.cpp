// Bytes by hand, from how PyTorch's modules are written.
#include "machine/eager.h"

#include <gtest/gtest.h>

#include "formats/model.h"
#include "machine/work.h"

namespace reckon {
namespace {

struct Counted {
  std::unique_ptr<Model> model;
  std::unique_ptr<Analysis> analysis;
  NetworkWork work;

  const LayerWork& layer(std::string_view op) const {
    for (const LayerWork& row : work.layers)
      if (row.layer->op_node().op_type == op) return row;
    ADD_FAILURE() << op;
    return work.layers[0];
  }
};

Counted counted(std::string_view text, WorkOptions options, std::int64_t batch = 1) {
  Counted c;
  auto opened = open_network_text(text, "t.net");
  EXPECT_TRUE(opened) << opened.error().message;
  c.model = std::make_unique<Model>(*std::move(opened));
  auto analysis = analyze(*c.model->graph, {.bindings = {.batch = batch}});
  EXPECT_TRUE(analysis) << analysis.error().message;
  c.analysis = std::make_unique<Analysis>(*std::move(analysis));
  options.library = Library::eager;
  options.fused = false;
  auto work = network_work(*c.model->graph, *c.analysis, options);
  EXPECT_TRUE(work) << work.error().message;
  c.work = *std::move(work);
  return c;
}

// 1,000 elements, 4,000 B. x³ (2 passes), ·c (2), + x (3), ·√ (2), tanh (2), + 1 (2), 0.5·x (2),
// the product (3): 18. The error function's form is one kernel, 2.
TEST(Eager, TanhGeluIsEightKernels) {
  const Counted c = counted("input row 1000\ngelu approximate=tanh\n", {});
  EXPECT_DOUBLE_EQ(c.layer("Gelu").forward.bytes, 18 * 4000);
  EXPECT_EQ(c.layer("Gelu").forward.kernels, 8);
  const Counted erf = counted("input row 1000\ngelu\n", {});
  EXPECT_DOUBLE_EQ(erf.layer("Gelu").forward.bytes, 2 * 4000);
  EXPECT_EQ(erf.layer("Gelu").forward.kernels, 1);
}

// Nothing joins another kernel.
TEST(Eager, NothingIsFused) {
  const Counted c = counted("input row 1000\nlinear 1000\nrelu\n", {});
  ASSERT_EQ(c.work.layers.size(), 2U);
  EXPECT_FALSE(c.work.layers[1].fused);
  EXPECT_DOUBLE_EQ(c.work.layers[1].forward.bytes, 2 * 4000);
}

// Two samples of 8 tokens, 2 heads of 4 numbers: q, k, v and the result have 2·8·8 elements, 512 B
// each; scores 2·2·8·8, 1,024 B. Written out: the products move 4 · 512 and twice the scores; apart
// from them q, k and v are copied (6 · 512), the result too (2 · 512), and the scores are scaled,
// masked and normalised (6 · 1,024).
TEST(Eager, AttentionWrittenOut) {
  const std::string text = "input 8x8\nattention heads=2 causal=true\n";
  const Work math = counted(text, {.math_attention = true}, 2).layer("Attention").forward;
  EXPECT_DOUBLE_EQ(math.apart_bytes, 6 * 512 + 2 * 512 + 6 * 1024);
  EXPECT_DOUBLE_EQ(math.bytes, math.apart_bytes + 4 * 512 + 2 * 1024);
  EXPECT_DOUBLE_EQ(math.product_ops, 2 * (2 * 2 * 2 * 8 * 8 * 4));
  EXPECT_EQ(math.kernels, 2 + 3 + 1 + 3);
  // One sample needs no copies of its operands.
  const Work one = counted(text, {.math_attention = true}).layer("Attention").forward;
  EXPECT_DOUBLE_EQ(one.apart_bytes, 2 * 256 + 6 * 512);
  // Fused: the operands and the result once, and half of the square.
  const Work fused = counted(text, {}, 2).layer("Attention").forward;
  EXPECT_DOUBLE_EQ(fused.bytes, 4 * 512);
  EXPECT_DOUBLE_EQ(fused.product_ops, math.product_ops / 2);
  EXPECT_EQ(fused.kernels, 1);
}

// Backward, written out: four products move twice their operands and four times the scores; four
// copies, and the scores' gradients of softmax (3), mask (2) and scale (2).
TEST(Eager, AttentionGoesBackward) {
  const std::string text = "input 8x8\nattention heads=2 causal=true\n";
  const Counted math = counted(text, {.training = true, .math_attention = true}, 2);
  const auto& back = math.layer("Attention").input_gradient;
  ASSERT_TRUE(back);
  EXPECT_DOUBLE_EQ(back->apart_bytes, 8 * 512 + 7 * 1024);
  EXPECT_DOUBLE_EQ(back->bytes, back->apart_bytes + 8 * 512 + 4 * 1024);
  const Counted fused = counted(text, {.training = true}, 2);
  // Five products, half of the square.
  EXPECT_DOUBLE_EQ(fused.layer("Attention").input_gradient->product_ops,
                   back->product_ops * 5 / 4 / 2);
}

// Of 1,000 elements: gradient and mask are read (4,000 + 1,000 B), 4,000 written; forward alike.
TEST(Eager, DropoutHasAMaskOfBytes) {
  const Counted c = counted("input row 1000\nlinear 1000\ndropout 0.5\n", {.training = true});
  EXPECT_DOUBLE_EQ(c.layer("Dropout").forward.bytes, 9000);
  ASSERT_TRUE(c.layer("Dropout").input_gradient);
  EXPECT_DOUBLE_EQ(c.layer("Dropout").input_gradient->bytes, 9000);
}

// A residual sum reads the linear layer's input a second time: its two gradients are added, three
// passes of 400 B. The sum itself hands its gradient on.
TEST(Eager, GradientsAreAddedUp) {
  const Counted c =
      counted("input row 100\nlinear 100\nresidual {\nlinear 100\n}\n", {.training = true});
  const LayerWork& first = c.work.layers[0];
  ASSERT_TRUE(first.weight_gradient);
  // The bias' gradient reads the result's, 400 B, too.
  EXPECT_DOUBLE_EQ(first.weight_gradient->apart_bytes, 400 + 3 * 400);
  EXPECT_DOUBLE_EQ(c.layer("Add").input_gradient->bytes, 0);
}

// Logits of 4,000 B in rows of 10: log-softmax reads and writes, backward clears, chooses, and
// reads two to write one. Rows of 2,000 are read once more.
TEST(Eager, TheLossReadsItsLogits) {
  EXPECT_DOUBLE_EQ(eager_loss(4000, 10).forward.bytes, 8000);
  EXPECT_DOUBLE_EQ(eager_loss(4000, 2000).forward.bytes, 12000);
  EXPECT_DOUBLE_EQ(eager_loss(4000, 50257).forward.bytes, 16000);
  EXPECT_DOUBLE_EQ(eager_loss(4000, 10).backward.bytes, 16000);
  EXPECT_TRUE(counted("input row 10\nlinear 10\n", {.training = true}).work.loss);
  EXPECT_FALSE(counted("input row 10\nlinear 10\n", {}).work.loss);
}

}  // namespace
}  // namespace reckon

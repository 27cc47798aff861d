// Attention and rotary positions. Where LibTorch has scaled_dot_product_attention with a scale and
// groups of heads (2.5) it is called. PyTorch 1.13 has no public fused kernel: the products and the
// softmax, as models of its time write them; a causal mask is added to the scores.
#include <cmath>
#include <limits>

#include "interpreter.h"
#include "measure.h"

namespace reckon {
namespace {

// The function is looked for where the types of its arguments are.
template <class T>
concept HasFusedAttention = requires(const T& x) {
  scaled_dot_product_attention(x, x, x, std::optional<T>(), 0.0, false, std::optional<double>(),
                               true);
};

template <class T>
T fused_attention(const T& q, const T& k, const T& v, const std::optional<T>& mask, bool causal,
                  double scale, bool grouped) {
  if constexpr (HasFusedAttention<T>)
    return scaled_dot_product_attention(q, k, v, mask, 0.0, causal, std::optional<double>(scale),
                                        grouped);
  else
    return {};
}

// N×L×(heads·d) as N×heads×L×d.
at::Tensor by_heads(const at::Tensor& x, std::int64_t n_heads) {
  if (x.dim() == 4) return x;
  return x.view({x.size(0), x.size(1), n_heads, -1}).transpose(1, 2);
}

// Each head of k and v serves several of q.
at::Tensor repeated(const at::Tensor& x, std::int64_t times) {
  return times == 1 ? x : at::repeat_interleave(x, times, 1);
}

void attention(RunContext& c) {
  if (c.has_input(4) || c.has_input(6)) throw Refused("Attention with keys of the past is not run");
  if (c.has_output(1) || c.has_output(2) || c.has_output(3))
    throw Refused("Attention with more than one result is not run");
  const bool flat = c.x(0).dim() == 3;
  const at::Tensor q = by_heads(c.x(0), c.int_attr("q_num_heads", 1));
  at::Tensor k = by_heads(c.x(1), c.int_attr("kv_num_heads", 1));
  at::Tensor v = by_heads(c.x(2), c.int_attr("kv_num_heads", 1));
  const std::int64_t group = q.size(1) / k.size(1);
  const double by_size = 1 / std::sqrt(static_cast<double>(q.size(3)));
  const double scale = c.has_attr("scale") ? c.float_attr("scale", by_size) : by_size;
  if (has_fused_attention() && c.float_attr("softcap", 0.0) == 0) {
    std::optional<at::Tensor> mask;
    if (c.has_input(3)) mask = c.x(3);
    const at::Tensor y =
        fused_attention(q, k, v, mask, c.int_attr("is_causal", 0) != 0, scale, group > 1);
    c.set(0, flat ? y.transpose(1, 2).reshape({y.size(0), y.size(2), -1}) : y);
    return;
  }
  k = repeated(k, group);
  v = repeated(v, group);
  at::Tensor scores = at::matmul(q, k.transpose(-2, -1)) * scale;
  const double cap = c.float_attr("softcap", 0.0);
  if (cap != 0) {  // step by step, so that nothing lives longer than in a program in Python
    at::Tensor part = scores / cap;
    part = at::tanh(part);
    scores = part * cap;
  }
  if (c.int_attr("is_causal", 0) != 0) {
    const double never = -std::numeric_limits<double>::infinity();
    const at::Tensor later =
        at::triu(at::full({q.size(2), k.size(2)}, never, scores.options().requires_grad(false)), 1);
    scores = scores + later;
  }
  if (c.has_input(3))
    scores = c.in(3).dtype == DType::boolean
                 ? at::masked_fill(scores, at::logical_not(c.x(3)),
                                   -std::numeric_limits<double>::infinity())
                 : scores + c.x(3);
  at::Tensor shares = at::softmax(scores, -1);
  scores = at::Tensor();
  const at::Tensor y = at::matmul(shares, v);
  c.set(0, flat ? y.transpose(1, 2).reshape({y.size(0), y.size(2), -1}) : y);
}

void rotary(RunContext& c) {
  const bool flat = c.x(0).dim() == 3;
  const at::Tensor x = by_heads(c.x(0), c.int_attr("num_heads", 1));  // N×heads×L×d
  at::Tensor cosine = c.x(1), sine = c.x(2);
  if (c.has_input(3)) {
    cosine = at::embedding(cosine, c.x(3));
    sine = at::embedding(sine, c.x(3));
  }
  if (cosine.dim() == 3) {  // N×L×d/2, over all heads
    cosine = cosine.unsqueeze(1);
    sine = sine.unsqueeze(1);
  }
  const std::int64_t turned = 2 * cosine.size(-1), size = x.size(-1);
  const at::Tensor part = x.narrow(-1, 0, turned);
  at::Tensor y;
  if (c.int_attr("interleaved", 0) != 0) {
    const at::Tensor a = at::slice(part, -1, 0, turned, 2), b = at::slice(part, -1, 1, turned, 2);
    y = at::stack({a * cosine - b * sine, a * sine + b * cosine}, -1).flatten(-2);
  } else {
    const at::Tensor a = part.narrow(-1, 0, turned / 2);
    const at::Tensor b = part.narrow(-1, turned / 2, turned / 2);
    y = at::cat({a * cosine - b * sine, a * sine + b * cosine}, -1);
  }
  if (turned < size) y = at::cat({y, x.narrow(-1, turned, size - turned)}, -1);
  c.set(0, flat ? y.transpose(1, 2).reshape(c.x(0).sizes()) : y);
}

constexpr RunRow rows[] = {{"Attention", attention}, {"RotaryEmbedding", rotary}};

}  // namespace

bool has_fused_attention() {
  return HasFusedAttention<at::Tensor>;
}

std::span<const RunRow> attention_runs() {
  return rows;
}

}  // namespace reckon

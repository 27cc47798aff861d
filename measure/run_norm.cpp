// Normalisation.
#include "interpreter.h"

namespace reckon {
namespace {

constexpr bool cudnn = true;  // where there is one, as PyTorch's modules ask

void batch_norm(RunContext& c) {
  constexpr double momentum = 0.1;  // of the new statistics, PyTorch's default; ONNX says 1 − it
  const bool training = c.training();
  const double kept = c.float_attr("momentum", 1 - momentum);
  c.set(0, at::batch_norm(c.x(0), c.x(1), c.x(2), c.x(3), c.x(4), training, 1 - kept,
                          c.float_attr("epsilon", 1e-5), cudnn));
}

std::vector<std::int64_t> normalised_sizes(RunContext& c) {
  const Shape& x = c.in(0).shape;
  const auto axis = normalize_axis(c.int_attr("axis", -1), x.rank());
  if (!axis) throw Refused("an axis that the input does not have");
  const auto dims = x.dims().subspan(static_cast<std::size_t>(*axis));
  return {dims.begin(), dims.end()};
}

void layer_norm(RunContext& c) {
  c.set(0, at::layer_norm(c.x(0), normalised_sizes(c), c.optional_x(1), c.optional_x(2),
                          c.float_attr("epsilon", 1e-5), cudnn));
}

// PyTorch 1.13 has no kernel for it: the formula, as models write it.
void rms_norm(RunContext& c) {
  const auto axis = normalize_axis(c.int_attr("axis", -1), c.in(0).shape.rank());
  if (!axis) throw Refused("an axis that the input does not have");
  std::vector<std::int64_t> over;
  for (int i = *axis; i < c.in(0).shape.rank(); ++i) over.push_back(i);
  const at::Tensor mean = at::mean(at::pow(c.x(0), 2), over, true);
  c.set(0, c.x(0) * at::rsqrt(mean + c.float_attr("epsilon", 1e-5)) * c.x(1));
}

void group_norm(RunContext& c) {
  c.set(0, at::group_norm(c.x(0), c.int_attr("num_groups", 1), c.x(1), c.x(2),
                          c.float_attr("epsilon", 1e-5), cudnn));
}

void instance_norm(RunContext& c) {
  c.set(0, at::instance_norm(c.x(0), c.x(1), c.x(2), {}, {}, true, 0.1,
                             c.float_attr("epsilon", 1e-5), cudnn));
}

// torch.nn.functional.local_response_norm.
void local_response_norm(RunContext& c) {
  const std::int64_t size = c.int_attr("size", 5);
  const int rank = c.in(0).shape.rank();
  const at::Tensor squares = at::unsqueeze(at::mul(c.x(0), c.x(0)), 1);
  at::Tensor sums;
  if (rank == 3) {
    sums = at::constant_pad_nd(squares, {0, 0, size / 2, (size - 1) / 2}, 0);
    sums = at::squeeze(at::avg_pool2d(sums, {size, 1}, {1, 1}), 1);
  } else if (rank >= 4) {
    const auto sizes = c.x(0).sizes();
    sums = squares.view({sizes[0], 1, sizes[1], sizes[2], -1});
    sums = at::constant_pad_nd(sums, {0, 0, 0, 0, size / 2, (size - 1) / 2}, 0);
    sums = at::squeeze(at::avg_pool3d(sums, {size, 1, 1}, {1, 1, 1}), 1).view(sizes);
  } else {
    throw Refused("LRN needs channels and a place");
  }
  const double alpha = c.float_attr("alpha", 1e-4), beta = c.float_attr("beta", 0.75);
  c.set(0, c.x(0) / at::pow(sums * alpha + c.float_attr("bias", 1.0), beta));
}

constexpr RunRow rows[] = {
    {"BatchNormalization", batch_norm},       {"LayerNormalization", layer_norm},
    {"RMSNormalization", rms_norm},           {"GroupNormalization", group_norm},
    {"InstanceNormalization", instance_norm}, {"LRN", local_response_norm},
};

}  // namespace

std::span<const RunRow> norm_runs() {
  return rows;
}

}  // namespace reckon

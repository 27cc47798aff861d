// Which PyTorch runs a step, and where: what the rules of the simulated run (timeline.h) differ by.
//
//   version    1.10 keeps the operand of a softmax besides its result. 1.13 has no fused attention,
//   keeps the squares of an RMS norm, runs an LSTM step by
//              step. 2 stands for all versions from 2.0; what it does was read from 2.x and
//              measured on 2.15.
//   where      on a processor or on a GPU ("cuda" is PyTorch's word for the latter)
//   attention  scaled_dot_product_attention is fused where PyTorch would fuse it, or always the
//              products and the softmax that it is defined by (SDPBackend.MATH)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reckon {

enum class TorchVersion : std::uint8_t { v2, v1_13, v1_10 };
enum class TorchWhere : std::uint8_t { cpu, cuda };
enum class TorchAttention : std::uint8_t { sdpa, math };
std::string_view to_string(TorchVersion version);
std::string_view to_string(TorchWhere where);
std::string_view to_string(TorchAttention attention);

struct TorchPolicy {
  TorchVersion version = TorchVersion::v2;
  TorchWhere where = TorchWhere::cpu;
  TorchAttention attention = TorchAttention::sdpa;

  bool is_2() const { return version == TorchVersion::v2; }
  bool is_on_gpu() const { return where == TorchWhere::cuda; }
  // derivatives.yaml of 1.10: _softmax_backward_data(grad, result, dim, self).
  bool keeps_softmax_operand() const { return version == TorchVersion::v1_10; }
  bool may_fuse_attention() const { return is_2() && attention == TorchAttention::sdpa; }
};
// "PyTorch 2 on cpu, attention sdpa"
std::string to_text(const TorchPolicy& policy);

}  // namespace reckon

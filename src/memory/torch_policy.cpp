#include "memory/torch_policy.h"

namespace reckon {

std::string_view to_string(TorchVersion version) {
  constexpr std::string_view words[] = {"2", "1.13", "1.10"};
  return words[static_cast<std::size_t>(version)];
}
std::string_view to_string(TorchWhere where) {
  return where == TorchWhere::cpu ? "cpu" : "cuda";
}
std::string_view to_string(TorchAttention attention) {
  return attention == TorchAttention::sdpa ? "sdpa" : "math";
}

std::string to_text(const TorchPolicy& policy) {
  std::string text("PyTorch ");
  text.append(to_string(policy.version)).append(" on ").append(to_string(policy.where));
  if (policy.is_2()) text.append(", attention ").append(to_string(policy.attention));
  return text;
}

}  // namespace reckon

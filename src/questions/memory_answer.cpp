#include "questions/memory_answer.h"

namespace reckon {

const GpuMemory* gpu_of(const MemoryAnswer& m) {
  if (m.checkpoint) return m.checkpoint->gpu ? &*m.checkpoint->gpu : nullptr;
  return m.timeline && m.timeline->gpu ? &*m.timeline->gpu : nullptr;
}

std::int64_t MemoryAnswer::needed_bytes() const {
  if (checkpoint) {
    if (!timeline || !timeline->gpu) return checkpoint->peak_bytes;
    if (checkpoint->gpu) return needed_of_gpu(*checkpoint->gpu, options.gpu);
    // A chain knows no order of requests: beyond its tensors, as without recomputation.
    const Checked beyond = Checked(needed_of_gpu(*timeline->gpu, options.gpu)) - peak_bytes();
    return (beyond + checkpoint->peak_bytes).value_or(INT64_MAX);
  }
  if (policy == MemoryPolicy::arena) {
    if (!device || device->flash_bytes) return inference->sram_bytes;
    return sum_of(lines_of_arena(inference->sram_bytes, inference->flash_bytes, options))
        .value_or(INT64_MAX);
  }
  return timeline && timeline->gpu ? needed_of_gpu(*timeline->gpu, options.gpu) : peak_bytes();
}

std::int64_t MemoryAnswer::budget_bytes() const {
  const std::int64_t usable = usable_memory(*device).value;
  return usable - margin.of(usable);
}

std::optional<std::int64_t> MemoryAnswer::needed_flash_bytes() const {
  if (policy != MemoryPolicy::arena || !device || !device->flash_bytes) return std::nullopt;
  return inference->flash_bytes;
}

bool MemoryAnswer::fits() const {
  return !device || (needed_bytes() <= budget_bytes() &&
                     needed_flash_bytes().value_or(0) <=
                         (device->flash_bytes ? device->flash_bytes->value : INT64_MAX));
}

std::string_view without_unit(std::string_view name) {
  constexpr std::string_view unit = "_bytes";
  if (name.ends_with(unit)) name.remove_suffix(unit.size());
  return name;
}

std::vector<PeakPart> peak_parts(const MemoryAnswer& m) {
  std::vector<PeakPart> parts;
  if (!m.timeline) {
    for (const LedgerLine& line : m.ledger.lines)
      parts.push_back({line.name, without_unit(line.name), line.bytes});
    return parts;
  }
  const Peak& p = m.timeline->peak;
  return {{"weights_bytes", "weights", p.weights_bytes},
          {"buffers_bytes", "buffers", p.buffers_bytes},
          {"input_bytes", "input", p.input_bytes},
          {"optimizer_bytes", "optimizer", p.optimizer_bytes},
          {"gradients_bytes", "gradients", p.gradients_bytes},
          {"saved_bytes", "saved", p.saved_bytes},
          {"activations_bytes", "activations", p.activations_bytes},
          {"workspace_bytes", "workspace", p.workspace_bytes}};
}

}  // namespace reckon

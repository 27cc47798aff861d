#include "graph/dtype.h"

namespace reckon {

Checked bytes_of(Checked elements, DType type) {
  const Checked total_bits = elements * Checked(bits(type));
  if (total_bits.ok()) return Checked((total_bits.value() + 7) / 8);
  return bits(type) % 8 == 0 ? elements * Checked(bits(type) / 8) : total_bits;
}

}  // namespace reckon

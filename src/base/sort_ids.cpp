#include "base/sort_ids.h"

#include <algorithm>

namespace reckon {

void sort_ids(std::span<std::int32_t> ids,
              bool (*less)(const void* order, std::int32_t a, std::int32_t b), const void* order) {
  std::sort(ids.begin(), ids.end(),
            [&](std::int32_t a, std::int32_t b) { return less(order, a, b); });
}

}  // namespace reckon

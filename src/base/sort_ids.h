// One sort of ids for everybody: an order that calls a function costs a little time, and each sort
// that the compiler writes out for an order of its own costs 3 KB of the page's engine.
#pragma once

#include <cstdint>
#include <span>

namespace reckon {

void sort_ids(std::span<std::int32_t> ids,
              bool (*less)(const void* order, std::int32_t a, std::int32_t b), const void* order);

// less(a, b) of two ids; ids that are equal to it stand by their number.
template <class Less>
void sort_ids(std::span<std::int32_t> ids, const Less& less) {
  sort_ids(
      ids,
      [](const void* order, std::int32_t a, std::int32_t b) {
        const Less& before = *static_cast<const Less*>(order);
        return before(a, b) || (a < b && !before(b, a));
      },
      &less);
}

}  // namespace reckon

// Values that many holders share: of a long list whose items mostly look alike, each look is stored
// once. Only what came a short while ago is recognised, so that keeping takes constant time; the
// same value may be stored again later. Pointers stay valid for as long as the pool lives.
#pragma once

#include <array>
#include <cstddef>
#include <deque>

namespace reckon {

template <class T>
class Pool {
 public:
  // REQUIRES: equal values have equal hashes.
  const T* keep(const T& value, std::size_t hash) {
    const T*& recent = recent_[(hash ^ hash >> 17) % recent_.size()];
    if (recent == nullptr || !(*recent == value)) recent = &kept_.emplace_back(value);
    return recent;
  }
  // Each value as it is stored. REQUIRES: no two values become equal, or nobody minds.
  std::deque<T>& values() { return kept_; }
  const std::deque<T>& values() const { return kept_; }

 private:
  std::array<const T*, 64> recent_{};
  std::deque<T> kept_;
};

}  // namespace reckon

// Memory that is counted: every tensor of the dense engine lives in a TallyBuffer, and the tally
// knows at each moment how many bytes are alive, what for, and how many there ever were at once.
// (Not counted: the few kilobytes in which a matrix product packs its operands.)
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reckon {

enum class TensorKind : std::uint8_t {
  weight,
  bias,
  input,
  pre_activation,       // z = x·Wᵀ + b, where the derivative needs it
  activation,           // φ(z)
  activation_gradient,  // on its way back
  weight_gradient,
  bias_gradient,
  target,  // what the loss compares with
};
inline constexpr std::size_t n_tensor_kinds = 9;

struct TallyRecord {
  TensorKind kind = TensorKind::weight;
  std::int32_t layer = 0;  // 0 is the first
  std::int64_t values = 0, bytes = 0;
};

class MemoryTally {
 public:
  std::int64_t alive_bytes() const { return alive_bytes_; }
  std::int64_t peak_bytes() const { return peak_bytes_; }
  // Sum over everything that was ever allocated.
  std::int64_t total_bytes() const { return total_bytes_; }
  std::int64_t alive_bytes(TensorKind kind) const { return alive_[index(kind)]; }
  // The part of a kind in the peak; of several equal peaks, the first.
  std::int64_t peak_bytes(TensorKind kind) const { return at_peak_[index(kind)]; }
  // Every allocation, in the order in which they were made.
  const std::vector<TallyRecord>& records() const { return records_; }
  // The counts go on; only the list of what was allocated begins anew.
  void forget_records() { records_.clear(); }

  void add(const TallyRecord& record);
  void remove(const TallyRecord& record);

 private:
  static std::size_t index(TensorKind kind) { return static_cast<std::size_t>(kind); }

  std::int64_t alive_bytes_ = 0, peak_bytes_ = 0, total_bytes_ = 0;
  std::array<std::int64_t, n_tensor_kinds> alive_{}, at_peak_{};
  std::vector<TallyRecord> records_;
};

// Doubles, zero at first. The tally outlives it.
class TallyBuffer {
 public:
  TallyBuffer() = default;
  // Fails with limit when the memory is not to be had.
  static Result<TallyBuffer> make(MemoryTally& tally, TensorKind kind, std::int32_t layer,
                                  std::int64_t values);
  TallyBuffer(TallyBuffer&& other) noexcept;
  TallyBuffer& operator=(TallyBuffer&& other) noexcept;
  ~TallyBuffer() { clear(); }

  void clear();
  bool empty() const { return values_ == nullptr; }
  std::span<double> values() { return {values_.get(), count()}; }
  std::span<const double> values() const { return {values_.get(), count()}; }
  double* data() { return values_.get(); }
  const double* data() const { return values_.get(); }

 private:
  std::size_t count() const { return static_cast<std::size_t>(record_.values); }

  MemoryTally* tally_ = nullptr;
  TallyRecord record_;
  std::unique_ptr<double[]> values_;
};

}  // namespace reckon

#include "learning/tally.h"

#include <new>

#include "base/checked.h"

namespace reckon {

void MemoryTally::add(const TallyRecord& record) {
  records_.push_back(record);
  total_bytes_ += record.bytes;
  alive_bytes_ += record.bytes;
  alive_[index(record.kind)] += record.bytes;
  if (alive_bytes_ <= peak_bytes_) return;
  peak_bytes_ = alive_bytes_;
  at_peak_ = alive_;
}

void MemoryTally::remove(const TallyRecord& record) {
  alive_bytes_ -= record.bytes;
  alive_[index(record.kind)] -= record.bytes;
}

Result<TallyBuffer> TallyBuffer::make(MemoryTally& tally, TensorKind kind, std::int32_t layer,
                                      std::int64_t values) {
  const auto bytes = Checked(values) * std::int64_t{sizeof(double)};
  if (values < 0 || !bytes.ok())
    return fail(ErrorCode::overflow, "a tensor's bytes are beyond 64 bits");
  TallyBuffer buffer;
  buffer.values_.reset(new (std::nothrow) double[static_cast<std::size_t>(values)]());
  if (buffer.values_ == nullptr) return fail(ErrorCode::limit, "there is not enough memory");
  buffer.tally_ = &tally;
  buffer.record_ = {kind, layer, values, bytes.value()};
  tally.add(buffer.record_);
  return buffer;
}

TallyBuffer::TallyBuffer(TallyBuffer&& other) noexcept
    : tally_(other.tally_), record_(other.record_), values_(std::move(other.values_)) {
  other.tally_ = nullptr;
  other.record_ = {};
}

TallyBuffer& TallyBuffer::operator=(TallyBuffer&& other) noexcept {
  if (this == &other) return *this;
  clear();
  tally_ = std::exchange(other.tally_, nullptr);
  record_ = std::exchange(other.record_, {});
  values_ = std::move(other.values_);
  return *this;
}

void TallyBuffer::clear() {
  if (tally_ != nullptr) tally_->remove(record_);
  tally_ = nullptr;
  record_ = {};
  values_.reset();
}

}  // namespace reckon

#include "memory/heap.h"

namespace reckon {
namespace {

std::size_t kind(Holding holding) {
  return static_cast<std::size_t>(holding);
}

}  // namespace

StorageId Heap::allocate(std::int64_t bytes, Holding holding) {
  Storage& storage = storages_.emplace_back();
  storage.bytes = bytes;
  storage.counted = holding;
  parts_[kind(holding)] += bytes;
  alive_ += bytes;
  const auto id = static_cast<StorageId>(storages_.size() - 1);
  note(HeapEvent{
      holding == Holding::param_gradient ? HeapEvent::Kind::taken_for_good : HeapEvent::Kind::taken,
      id, static_cast<std::int32_t>(holding)});
  hold(id, holding);
  note_peak();
  return id;
}

StorageId Heap::adopt(std::int64_t bytes) {
  Storage& storage = storages_.emplace_back();
  storage.bytes = bytes;
  storage.adopted = true;
  storage.holders = 1;
  return static_cast<StorageId>(storages_.size() - 1);
}

std::int64_t Heap::saved_bytes() const {
  Checked sum = 0;
  for (const Storage& storage : storages_)
    if (storage.by_kind[kind(Holding::saved)] > 0) sum += storage.bytes;
  return sum.value_or(INT64_MAX);
}

void Heap::hold(StorageId id, Holding holding) {
  if (id == no_storage) return;
  Storage& storage = storages_[index(id)];
  ++storage.holders;
  ++storage.by_kind[kind(holding)];
  recount(id);
}

void Heap::release(StorageId id, Holding holding) {
  if (id == no_storage) return;
  Storage& storage = storages_[index(id)];
  --storage.holders;
  --storage.by_kind[kind(holding)];
  if (storage.adopted) return;
  if (storage.holders > 0) return recount(id);
  note(HeapEvent{HeapEvent::Kind::let_go, id});
  alive_ = alive_ - storage.bytes;
  parts_[kind(storage.counted)] = parts_[kind(storage.counted)] - storage.bytes;
}

// A storage that autograd keeps counts as saved, whoever else holds it.
void Heap::recount(StorageId id) {
  Storage& storage = storages_[index(id)];
  if (storage.adopted) return;
  constexpr Holding order[] = {Holding::param_gradient, Holding::saved, Holding::gradient,
                               Holding::activation, Holding::workspace};
  for (const Holding holding : order) {
    if (storage.by_kind[kind(holding)] == 0) continue;
    parts_[kind(storage.counted)] = parts_[kind(storage.counted)] - storage.bytes;
    parts_[kind(holding)] += storage.bytes;
    if (storage.counted != holding)
      note(HeapEvent{HeapEvent::Kind::counted, id, static_cast<std::int32_t>(holding)});
    storage.counted = holding;
    return;
  }
}

void Heap::touch(std::int64_t bytes) {
  if (bytes <= 0) return;
  release(allocate(bytes, Holding::workspace), Holding::workspace);
}

void Heap::note_peak() {
  if (alive_bytes() <= peak_bytes_) return;
  peak_bytes_ = alive_bytes();
  for (std::size_t i = 0; i < n_holdings; ++i) peak_parts_[i] = parts_[i].value_or(INT64_MAX);
}

void Heap::start_peak() {
  note(HeapEvent::Kind::step_began);
  peak_bytes_ = alive_bytes();
  for (std::size_t i = 0; i < n_holdings; ++i) peak_parts_[i] = parts_[i].value_or(INT64_MAX);
}

}  // namespace reckon

// The storages of a simulated run: who is alive, since when, for whom. Counting is by reference, as
// in the framework: a storage goes when its last holder lets go.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/checked.h"

namespace reckon {

// The use of a storage. The composition of the peak is told in these words.
enum class Holding : std::uint8_t {
  activation,  // held by the program: an operator's input or output in use
  saved,       // held by autograd for the backward pass (and perhaps by the program too)
  gradient,    // of an activation, on its way back
  param_gradient,
  workspace,  // scratch inside one operator
};
inline constexpr std::size_t n_holdings = 5;

using StorageId = std::int32_t;
inline constexpr StorageId no_storage = -1;  // weights, constants and the caller's own tensors

// What happened, in order: the input of an allocator's simulation (memory/gpu_memory.h), and of the
// list of tensors that are alive (memory/alive.h).
struct HeapEvent {
  enum class Kind : std::uint8_t {
    taken,           // for the Holding `about`
    taken_for_good,  // a parameter's gradient: there until the update is done
    let_go,
    counted,     // from now on for the Holding `about`
    named,       // it is the value `about`, or its gradient
    step_began,  // a point of the timeline
    step_ended,
    backward,  // the backward pass begins, in a thread of its own
    product,   // a matrix product runs
  };
  Kind kind = Kind::taken;
  StorageId id = no_storage;
  std::int32_t about = 0;
};

class Heap {
 public:
  // A new storage with one holder.
  StorageId allocate(std::int64_t bytes, Holding holding);
  // A storage of the caller's (the network's input, the targets): alive before and after, so never
  // counted in alive_bytes(). It has one holder for ever.
  StorageId adopt(std::int64_t bytes);
  // hold() and release() do nothing for no_storage.
  void hold(StorageId id, Holding holding);
  void release(StorageId id, Holding holding);
  int holders(StorageId id) const { return storages_[index(id)].holders; }
  std::int64_t bytes(StorageId id) const { return storages_[index(id)].bytes; }

  // Bytes of all storages that autograd holds now, adopted ones included.
  std::int64_t saved_bytes() const;

  // From now on; the events outlive the heap or record() is called again.
  void record(std::vector<HeapEvent>* events);
  void note(HeapEvent::Kind kind) { note(HeapEvent{kind}); }
  void name(StorageId id, std::int32_t value) {
    if (id != no_storage) note(HeapEvent{HeapEvent::Kind::named, id, value});
  }

  // Scratch that comes and goes within one operator.
  void touch(std::int64_t bytes);

  std::int64_t alive_bytes() const { return alive_.value_or(INT64_MAX); }
  // Highest since the last call of start_peak(), and what it was made of.
  std::int64_t peak_bytes() const { return peak_bytes_; }
  const std::array<std::int64_t, n_holdings>& peak_parts() const { return peak_parts_; }
  void start_peak();
  bool ok() const { return alive_.ok(); }

 private:
  struct Storage {
    std::int64_t bytes = 0;
    int holders = 0;
    bool adopted = false;
    std::array<int, n_holdings> by_kind{};
    Holding counted = Holding::activation;  // under which its bytes stand in parts_
  };
  static std::size_t index(StorageId id) { return static_cast<std::size_t>(id); }
  void recount(StorageId id);
  void note(HeapEvent event);
  void note_peak();

  std::vector<Storage> storages_;
  std::vector<HeapEvent>* events_ = nullptr;
  Checked alive_ = 0;
  std::array<Checked, n_holdings> parts_{};
  std::int64_t peak_bytes_ = 0;
  std::array<std::int64_t, n_holdings> peak_parts_{};
};

}  // namespace reckon

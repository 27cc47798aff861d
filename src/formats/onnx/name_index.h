// From a name to a value, in the order in which names were first seen. Open addressing with the
// keys beside it: a graph of a million values is indexed in a fraction of a second.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace reckon {

class NameIndex {
 public:
  struct Entry {
    std::string_view name;
    std::size_t hash = 0;
    ValueId value = none;
  };

  std::span<const Entry> entries() const { return entries_; }

  void reserve(std::size_t n) {
    entries_.reserve(n);
    while (slots_.size() < n * 2) grow();
  }

  const Entry* find(std::string_view name) const {
    if (entries_.empty()) return nullptr;
    const Slot slot = slots_[probe(name, std::hash<std::string_view>{}(name))];
    return slot.entry == empty ? nullptr : &entries_[slot.entry];
  }

  // The entry of `name`, made with `value` none and `is_new` set when there was none; its `name`
  // is then the caller's view, to be replaced by one that lives long enough. Valid until the next
  // call.
  Entry& find_or_add(std::string_view name, bool& is_new) {
    if ((entries_.size() + 1) * 2 > slots_.size()) grow();
    const std::size_t hash = std::hash<std::string_view>{}(name);
    Slot& slot = slots_[probe(name, hash)];
    is_new = slot.entry == empty;
    if (is_new) {
      slot = {static_cast<std::uint32_t>(entries_.size()), folded(hash)};
      entries_.push_back({name, hash, none});
    }
    return entries_[slot.entry];
  }

 private:
  static constexpr std::uint32_t empty = UINT32_MAX;
  // 32 bits of the hash stand beside the index: a wrong entry is passed without looking at it.
  struct Slot {
    std::uint32_t entry = empty, hash = 0;
  };
  static std::uint32_t folded(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash ^ hash >> 32);
  }

  std::size_t probe(std::string_view name, std::size_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash & mask;
    while (slots_[i].entry != empty &&
           (slots_[i].hash != folded(hash) || entries_[slots_[i].entry].name != name))
      i = (i + 1) & mask;
    return i;
  }

  void grow() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, Slot());
    for (std::uint32_t k = 0; k < entries_.size(); ++k) {
      std::size_t i = entries_[k].hash & (slots_.size() - 1);
      while (slots_[i].entry != empty) i = (i + 1) & (slots_.size() - 1);
      slots_[i] = {k, folded(entries_[k].hash)};
    }
  }

  std::vector<Entry> entries_;
  std::vector<Slot> slots_;  // a power of two of them, at most half full
};

// Words that come again and again, kept once: operator types, domains, attribute names.
class WordSet {
 public:
  explicit WordSet(std::shared_ptr<NameArena> arena) : arena_(std::move(arena)) {}

  std::string_view keep(std::string_view word) {
    bool is_new = false;
    NameIndex::Entry& entry = words_.find_or_add(word, is_new);
    if (is_new) entry.name = arena_->keep(word);
    return entry.name;
  }

 private:
  std::shared_ptr<NameArena> arena_;
  NameIndex words_;
};

}  // namespace reckon

// The state of an open lab. Included by the files of this room that answer about labs.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <unordered_map>

#include "api/lab.h"
#include "formats/model.h"
#include "lab/session.h"
#include "learning/training.h"

namespace reckon {

// A lock without a thread library: the page's has none. It is held for one look-up.
class Hold {
 public:
  explicit Hold(std::atomic_flag& flag) : flag_(flag) {
    while (flag_.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~Hold() { flag_.clear(std::memory_order_release); }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  std::atomic_flag& flag_;
};

// The engine's answers by question, shared by all evaluations of a lab: a slider asks the same
// again and again. Bounded: when full it begins anew.
class AnswerStore {
 public:
  // Nothing (null) where it is not known.
  lab::Value find(const std::string& key) const;
  void add(const std::string& key, const lab::Value& answer);

 private:
  mutable std::atomic_flag flag_;
  std::unordered_map<std::string, lab::Value> answers_;
  std::size_t n_values_ = 0;
};

// Trainings that have begun, by what they are of: a slider over their steps goes on where it was.
// One is with whoever uses it, or here; another thread that asks for the same begins anew.
class TrainerStore {
 public:
  std::optional<Trainer> take(const std::string& key);
  void put(const std::string& key, Trainer trainer);

 private:
  mutable std::atomic_flag flag_;
  std::map<std::string, Trainer> trainers_;
};

struct OpenLab::State {
  std::unique_ptr<const lab::Lab> lab;
  std::map<std::string, std::shared_ptr<const Model>, std::less<>> networks;
  lab::Faculties faculties;
  mutable AnswerStore store;
  mutable TrainerStore trainers;
};

}  // namespace reckon

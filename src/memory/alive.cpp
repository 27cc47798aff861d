// Moments are counted in events: after the first one it is moment 1. Two passes: the fullest moment
// of each step, then for each tensor the steps whose moments lie in its life.
#include "memory/alive.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "memory/timeline.h"

namespace reckon {
namespace {

using Kind = HeapEvent::Kind;

std::int32_t as_step(std::size_t n) {
  return static_cast<std::int32_t>(n);
}
bool takes(const HeapEvent& event) {
  return event.kind == Kind::taken || event.kind == Kind::taken_for_good;
}

Category category_of(std::int32_t holding) {
  switch (static_cast<Holding>(holding)) {
    case Holding::activation:
      return Category::activations;
    case Holding::saved:
      return Category::saved;
    case Holding::gradient:
      return Category::activation_gradients;
    case Holding::param_gradient:
      return Category::gradients;
    case Holding::workspace:
      break;
  }
  return Category::workspace;
}

// By step; the first of several that are equally full, as Heap::peak_bytes() has it.
std::vector<std::size_t> fullest_moments(std::span<const HeapEvent> events, const Heap& heap) {
  std::vector<std::size_t> moments;
  std::int64_t alive = 0, most = 0;
  std::size_t fullest = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const HeapEvent& event = events[i];
    if (takes(event)) {
      alive += heap.bytes(event.id);
      if (alive <= most) continue;
      most = alive;
      fullest = i + 1;
    } else if (event.kind == Kind::let_go) {
      alive -= heap.bytes(event.id);
    } else if (event.kind == Kind::step_began) {
      most = alive;
      fullest = i + 1;
    } else if (event.kind == Kind::step_ended) {
      moments.push_back(fullest);
    }
  }
  return moments;
}

// The lives of storages, each cut where its category changes.
class Lives {
 public:
  Lives(const Graph& graph, const Heap& heap, std::vector<std::size_t> moments)
      : graph_(graph), heap_(heap), moments_(std::move(moments)) {}

  void run(std::span<const HeapEvent> events) {
    std::size_t step = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const HeapEvent& event = events[i];
      if (event.kind == Kind::step_ended) ++step;
      if (takes(event)) {
        life(event.id) = {.begin = i + 1, .step = as_step(step), .holding = event.about};
      } else if (event.kind == Kind::let_go) {
        end(event.id, i);
      } else if (event.kind == Kind::counted) {
        end(event.id, i);
        life(event.id).begin = i + 1;
        life(event.id).holding = event.about;
      } else if (event.kind == Kind::named && life(event.id).name.empty()) {
        life(event.id).name = graph_.values[static_cast<std::size_t>(event.about)].name;
      }
    }
    // What is there in the end is there during the update.
    for (std::size_t id = 0; id < lives_.size(); ++id)
      end(static_cast<StorageId>(id), events.size());
    // By then every name is known.
    for (AliveTensor& tensor : tensors_) tensor.name = life(tensor.storage).name;
    std::ranges::sort(tensors_, {}, [](const AliveTensor& t) {
      return std::tuple(t.first_step, t.storage, t.last_step);
    });
  }

  std::vector<AliveTensor> take() { return std::move(tensors_); }

 private:
  struct Life {
    std::size_t begin = 0;  // moment; 0: it is over
    std::int32_t step = 0;
    std::int32_t holding = 0;
    std::string_view name = {};
  };
  Life& life(StorageId id) {
    const auto at = static_cast<std::size_t>(id);
    if (at >= lives_.size()) lives_.resize(at + 1);
    return lives_[at];
  }
  void end(StorageId id, std::size_t moment) {
    Life& one = life(id);
    const std::size_t begin = std::exchange(one.begin, 0);
    if (begin == 0 || heap_.bytes(id) == 0) return;
    const auto first = std::ranges::lower_bound(moments_, begin);
    const auto last = std::ranges::upper_bound(moments_, moment);
    if (first >= last) return;
    tensors_.push_back({.category = category_of(one.holding),
                        .storage = id,
                        .made_in_step = one.step,
                        .first_step = as_step(static_cast<std::size_t>(first - moments_.begin())),
                        .last_step = as_step(static_cast<std::size_t>(last - moments_.begin())) - 1,
                        .bytes = heap_.bytes(id)});
  }

  const Graph& graph_;
  const Heap& heap_;
  std::vector<std::size_t> moments_;
  std::vector<Life> lives_;  // by StorageId
  std::vector<AliveTensor> tensors_;
};

}  // namespace

void Heap::record(std::vector<HeapEvent>* events) {
  events_ = events;
}

void Heap::note(HeapEvent event) {
  if (events_ != nullptr) events_->push_back(event);
}

std::int32_t peak_step(const Timeline& timeline) {
  const auto& points = timeline.points;
  const auto at = std::ranges::find(points, timeline.peak.bytes, &TimelinePoint::peak_bytes);
  return at == points.end() ? none : as_step(static_cast<std::size_t>(at - points.begin()));
}

std::string_view to_string(Category category) {
  constexpr std::string_view words[] = {"weights",   "buffers",     "input",
                                        "optimizer", "gradients",   "activation_gradients",
                                        "saved",     "activations", "workspace"};
  return words[static_cast<std::size_t>(category)];
}

Result<std::vector<AliveTensor>> alive_tensors(const Graph& graph,
                                               std::span<const HeapEvent> events, const Heap& heap,
                                               std::span<const AlwaysThere> always,
                                               std::optional<std::int64_t> update_bytes) {
  std::vector<std::size_t> moments = fullest_moments(events, heap);
  if (update_bytes) moments.push_back(events.size());
  const std::int32_t last_step = as_step(moments.size()) - 1;
  std::vector<AliveTensor> tensors;
  for (const auto& [category, bytes] : always)
    if (bytes > 0 && last_step >= 0)
      tensors.push_back({.category = category, .last_step = last_step, .bytes = bytes});
  Lives lives(graph, heap, std::move(moments));
  lives.run(events);
  std::ranges::copy(lives.take(), std::back_inserter(tensors));
  if (update_bytes.value_or(0) > 0)
    tensors.push_back({.category = Category::workspace,
                       .made_in_step = last_step,
                       .first_step = last_step,
                       .last_step = last_step,
                       .bytes = *update_bytes});
  return tensors;
}

}  // namespace reckon

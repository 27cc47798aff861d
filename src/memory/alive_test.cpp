#include "memory/alive.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

struct Told {
  Category category;
  std::string_view name;
  std::int64_t bytes;
  std::int32_t first_step, last_step, made_in_step;
  bool operator==(const Told&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Told& t) {
  return out << to_string(t.category) << " " << t.name << " " << t.bytes << " B, steps "
             << t.first_step << " to " << t.last_step << ", made in " << t.made_in_step;
}

// By hand: what comes and goes within a step is there at its fullest moment or not, and autograd
// takes over what the program held.
TEST(Alive, StepsAtTheirFullestMoment) {
  Graph graph;
  const ValueId a = graph.add_value("a", ValueKind::intermediate, DType::float32, Shape{});
  const ValueId b = graph.add_value("b", ValueKind::intermediate, DType::float32, Shape{});
  Heap heap;
  std::vector<HeapEvent> events;
  heap.record(&events);

  heap.start_peak();  // 0: 14 B
  const StorageId x = heap.allocate(10, Holding::activation);
  heap.touch(4);
  heap.touch(3);  // less than before: at no fullest moment
  heap.name(x, a);
  heap.name(x, b);  // a view of it
  heap.note(HeapEvent::Kind::step_ended);

  heap.start_peak();  // 1: 13 B
  heap.hold(x, Holding::saved);
  heap.release(x, Holding::activation);
  const StorageId z = heap.allocate(3, Holding::activation);
  heap.name(z, b);
  heap.note(HeapEvent::Kind::step_ended);

  heap.start_peak();  // 2: 13 B, in its beginning
  heap.release(x, Holding::saved);
  heap.allocate(0, Holding::activation);
  heap.note(HeapEvent::Kind::step_ended);

  const AlwaysThere always[] = {{Category::weights, 100}, {Category::buffers, 0}};
  const auto alive = alive_tensors(graph, events, heap, always, 7);
  ASSERT_TRUE(alive);
  std::vector<Told> told;
  for (const AliveTensor& t : *alive)
    told.push_back({t.category, t.name, t.bytes, t.first_step, t.last_step, t.made_in_step});
  const std::vector<Told> expected = {
      {Category::weights, "", 100, 0, 3, none}, {Category::activations, "a", 10, 0, 0, 0},
      {Category::workspace, "", 4, 0, 0, 0},    {Category::saved, "a", 10, 1, 2, 0},
      {Category::activations, "b", 3, 1, 3, 1}, {Category::workspace, "", 7, 3, 3, 3}};
  EXPECT_EQ(told, expected);
}

}  // namespace
}  // namespace reckon

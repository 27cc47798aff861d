#include "memory/new_pages.h"

#include "memory/system_heap.h"
#include "memory/torch_run.h"

namespace reckon {

Result<std::vector<double>> new_page_bytes(const Graph& graph, const Analysis& analysis,
                                           const TimelineOptions& options) {
  if (!graph.bodies.empty()) return std::vector<double>();
  TorchRun run(graph, analysis, options);
  std::vector<HeapEvent> events;
  run.heap.record(&events);
  run.forward();
  if (!run.heap.ok()) return fail(ErrorCode::overflow, "alive_bytes is beyond 64 bits", "timeline");

  std::vector<double> bytes(graph.nodes.size());
  SystemHeap heap;
  std::vector<SystemHeap::BlockId> blocks;
  const auto place = [](std::int32_t id) { return static_cast<std::size_t>(id); };
  for (const bool again : {false, true}) {
    std::size_t step = 0;
    std::int64_t before = heap.new_page_bytes();
    blocks.clear();
    for (const HeapEvent& event : events) {
      if (event.kind == HeapEvent::Kind::taken) {
        blocks.resize(std::max(blocks.size(), place(event.id) + 1), SystemHeap::no_block);
        blocks[place(event.id)] = heap.allocate(run.heap.bytes(event.id));
      } else if (event.kind == HeapEvent::Kind::let_go) {
        heap.release(std::exchange(blocks[place(event.id)], SystemHeap::no_block));
      } else if (event.kind == HeapEvent::Kind::step_ended) {
        const NodeId node = run.points[step++].node;
        if (again && node != none)
          bytes[place(node)] += static_cast<double>(heap.new_page_bytes() - before);
        before = heap.new_page_bytes();
      }
    }
    for (const SystemHeap::BlockId left : blocks) heap.release(left);
  }
  return bytes;
}

}  // namespace reckon

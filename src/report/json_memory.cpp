// The answer of `reckon memory`: the envelope with the key `memory`.
#include "report/json_parts.h"
#include "report/memory_pages.h"

namespace reckon {
namespace {

void write_ledger(JsonWriter& json, const Ledger& ledger) {
  json.key("ledger");
  json.begin_object();
  for (const LedgerLine& line : ledger.lines) json.member(line.name, line.bytes);
  json.member("total_bytes", ledger.total_bytes);
  json.end_object();
}

void write_peak(JsonWriter& json, const MemoryAnswer& m) {
  json.key("peak");
  json.begin_object();
  json.member("bytes", m.peak_bytes());
  json.member("phase", m.timeline ? to_string(m.timeline->peak.phase) : "step");
  json.key("layer");
  m.timeline ? json.value(m.timeline->peak.layer) : json.null();
  json.key("composition");
  json.begin_object();
  for (const PeakPart& part : peak_parts(m)) json.member(part.name, part.bytes);
  json.end_object();
  json.end_object();
}

// null where only the ledger answers.
void write_timeline(JsonWriter& json, const std::optional<Timeline>& timeline) {
  const auto figure = [&](std::string_view name, std::int64_t Timeline::* member) {
    json.key(name);
    timeline ? json.value((*timeline).*member) : json.null();
  };
  figure("saved_bytes", &Timeline::saved_bytes);
  figure("forward_peak_bytes", &Timeline::forward_peak_bytes);
  figure("step_peak_bytes", &Timeline::step_peak_bytes);
  figure("resident_bytes", &Timeline::resident_bytes);
  json.key("timeline");
  if (!timeline) return json.null();
  json.begin_array();
  for (const TimelinePoint& point : timeline->points) {
    json.begin_object();
    json.member("phase", to_string(point.phase));
    json.member("layer", point.layer);
    json.member("alive_bytes", point.alive_bytes);
    json.member("peak_bytes", point.peak_bytes);
    json.end_object();
  }
  json.end_array();
}

void write_inference(JsonWriter& json, const InferenceMemory& i) {
  json.key("inference");
  json.begin_object();
  json.member("peak_bytes", i.lifetimes.inference_peak_bytes);
  json.member("layer", i.lifetimes.peak_layer);
  json.member("given_order_peak_bytes", i.given_peak_bytes);
  json.member("order", i.order ? "best" : "given");
  json.key("order_optimal");
  i.order ? json.value(i.order->optimal) : json.null();
  json.key("order_lower_bound_bytes");
  i.order ? json.value(i.order->lower_bound) : json.null();
  json.key("steps");
  json.begin_array();
  const auto name = [&](std::size_t task) { json.value(i.tasks.tasks[task].name); };
  if (i.order)
    for (const std::int32_t task : i.order->order) name(static_cast<std::size_t>(task));
  else
    for (std::size_t task = 0; task < i.tasks.tasks.size(); ++task) name(task);
  json.end_array();
  json.member("unknown_tensors", i.lifetimes.n_unknown);
  json.member("flash_bytes", i.flash_bytes);
  json.member("sram_bytes", i.sram_bytes);
  json.end_object();
  json.key("arena");
  json.begin_object();
  json.member("planner", i.planner);
  json.member("total_bytes", i.arena.total_bytes);
  json.member("lower_bound_bytes", i.arena.lower_bound_bytes);
  json.member("optimal", i.arena.optimal);
  json.key("buffers");
  json.begin_array();
  const auto& buffers = i.lifetimes.buffers;
  for (std::size_t at = 0; at < buffers.size(); ++at) {
    json.begin_object();
    json.member("tensor", buffers[at].name);
    json.member("offset", i.arena.offsets[at]);
    json.member("bytes", buffers[at].bytes);
    json.member("first_step", std::int64_t{buffers[at].first_use});
    json.member("last_step", std::int64_t{buffers[at].last_use});
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

// Relative to a step in which nothing is recomputed; milliseconds where a device is known.
void write_time(JsonWriter& json, const CheckpointMemory& c, double extra, double relative) {
  json.member("extra_time", relative);
  json.key("extra_ms");
  c.seconds_per_unit > 0 ? json.value(extra * c.seconds_per_unit * 1000) : json.null();
}

void write_checkpoint(JsonWriter& json, const MemoryAnswer& m, const Graph& graph) {
  const CheckpointMemory& c = *m.checkpoint;
  json.key("checkpoint");
  json.begin_object();
  json.member("policy", std::string_view(c.policy));
  json.member("budget_bytes", c.budget_bytes);
  json.member("solver", c.solver);
  json.member("stages", c.stages);
  json.member("peak_bytes", c.peak_bytes);
  json.member("peak_without_bytes", c.none_peak_bytes);
  write_time(json, c, c.extra_time, c.relative_time);
  json.key("recomputed");
  json.begin_array();
  for (const NodeId id : c.recomputed) {
    const Node& node = graph.nodes[static_cast<std::size_t>(id)];
    json.value(std::string_view(node.name.empty() ? node.op_type : node.name));
  }
  json.end_array();
  json.key("kept");
  json.begin_array();
  for (const std::string_view name : c.kept) json.value(name);
  json.end_array();
  json.key("curve_exact");
  c.curve ? json.value(c.curve_exact) : json.null();
  json.key("curve");
  if (c.curve) {
    json.begin_array();
    for (const CheckpointMemory::Point& point : *c.curve) {
      json.begin_object();
      json.member("memory_bytes", point.memory_bytes);
      write_time(json, c, point.extra_time, point.relative);
      json.end_object();
    }
    json.end_array();
  } else {
    json.null();
  }
  json.end_object();
}

void write_device(JsonWriter& json, const MemoryAnswer& m) {
  const Datum<std::int64_t> usable = usable_memory(*m.device);
  json.key("device");
  json.begin_object();
  json.member("name", std::string_view(m.device->name));
  json.member("usable_bytes", usable.value);
  json.member("standing", to_string(usable.standing));
  json.member("needed_bytes", m.needed_bytes());
  json.member("needed_flash_bytes", m.needed_flash_bytes());
  json.member("fits", m.fits());
  json.end_object();
}

void write_memory(JsonWriter& json, const Subject& subject, const MemoryAnswer& m) {
  json.key("memory");
  json.begin_object();
  json.member("mode", m.training() ? "training" : "inference");
  json.member("batch", m.batch);
  json.member("accumulate", m.accumulate);
  json.member("precision", m.options.setup.precision->name);
  json.key("optimizer");
  m.training() ? json.value(m.options.setup.optimizer->name) : json.null();
  json.member("policy", to_string(m.policy));
  json.key("note");
  m.note.empty() ? json.null() : json.value(std::string_view(m.note));
  write_ledger(json, m.ledger);
  write_peak(json, m);
  write_timeline(json, m.timeline);
  if (m.inference) write_inference(json, *m.inference);
  if (m.checkpoint)
    write_checkpoint(json, m, m.recovered != nullptr ? *m.recovered : *subject.model.graph);
  if (m.device) write_device(json, m);
  json.end_object();
}

}  // namespace

std::string memory_json(const Subject& subject, const MemoryAnswer& memory) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  write_memory(json, subject, memory);
  json.key("explain");
  json.begin_array();
  for (const LedgerLine& line : memory.ledger.lines)
    write_figure(json, {line.name, "B", line.standing, line.figure, ""});
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace reckon

// The JSON of `reckon time`.
#include "machine/layer_kind.h"
#include "report/json_parts.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

void write_work(JsonWriter& json, std::string_view key, const std::optional<WorkTime>& work) {
  json.key(key);
  if (!work) {
    json.null();
    return;
  }
  json.begin_object();
  json.member("seconds", work->seconds);
  json.member("ops", work->ops);
  json.member("bytes", work->bytes);
  json.member("level", work->level);
  json.member("compute_s", work->compute_s);
  json.member("memory_s", work->memory_s);
  json.member("start_s", work->start_s);
  json.member("bound", to_string(work->bound));
  json.member("intensity", work->intensity);
  json.member("utilisation", work->utilisation);
  json.member("wave_fill", work->wave_fill);
  json.end_object();
}

void write_layer(JsonWriter& json, const LayerTime& row, bool training) {
  const Node& node = row.layer->op_node();
  json.begin_object();
  json.member("name", node.name.empty() ? node.op_type : node.name);
  json.member("op", node.op_type);
  json.member("seconds", row.seconds);
  json.member("fused", row.fused);
  json.key("turning_batch");
  row.turning_batch > 0 ? json.value(static_cast<std::int64_t>(row.turning_batch)) : json.null();
  write_work(json, "forward", row.fused ? std::nullopt : std::optional(row.forward));
  if (training) {
    write_work(json, "input_gradient", row.input_gradient);
    write_work(json, "weight_gradient", row.weight_gradient);
    json.member("update_s", row.update_s);
  }
  json.end_object();
}

void write_kinds(JsonWriter& json, const TimeAnswer& t) {
  json.key("kinds");
  json.begin_array();
  for (const KindTime& row : time_by_kind(t.estimate, t.batch)) {
    json.begin_object();
    json.member("kind", to_string(row.kind));
    json.member("layers", row.layers);
    json.member("fused", row.fused);
    json.member("ops", row.ops);
    json.member("bytes", row.bytes);
    json.member("bound", to_string(row.bound));
    json.key("turning_batch");
    row.turning_batch > 0 ? json.value(static_cast<std::int64_t>(row.turning_batch)) : json.null();
    json.member("forward_s", row.forward_s);
    json.member("backward_s", row.backward_s);
    json.member("update_s", row.update_s);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string time_json(const Subject& subject, const TimeAnswer& t) {
  const TimeEstimate& e = t.estimate;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("time");
  json.begin_object();
  json.member("mode", t.options.training ? "training" : "inference");
  json.member("device", std::string_view(t.device.name));
  json.member("batch", t.batch);
  json.member("format", to_string(t.format));
  json.key("optimizer");
  t.optimizer.empty() ? json.null() : json.value(t.optimizer);
  json.member("fused", t.options.fused && !t.options.training);
  json.member("overlap", t.options.overlap);
  json.member("library", to_string(t.options.library));
  json.member("standing", to_string(Standing::modelled));
  json.member("is_lower_bound", e.lower_bound);
  json.member("seconds", e.seconds);
  json.member("samples_per_s", t.samples_per_s());
  json.member("forward_s", e.forward_s);
  json.member("input_gradient_s", e.input_gradient_s);
  json.member("weight_gradient_s", e.weight_gradient_s);
  json.member("update_s", e.update_s);
  json.member("compute_bound_s", e.compute_bound_s);
  json.member("memory_bound_s", e.memory_bound_s);
  json.key("start_bound_s");
  e.rates.start_known ? json.value(e.start_bound_s) : json.null();
  json.member("ops", e.ops);
  json.member("bytes", e.bytes);
  json.member("kernels", e.kernels);
  json.member("utilisation", e.utilisation());
  json.member("overlapped_s", e.overlapped_s);
  json.member("in_turn_s", e.in_turn_s);
  json.member("double_buffer_bytes", static_cast<std::int64_t>(double_buffer_bytes(e.rates)));
  json.member("needed_bytes", t.needed_bytes);
  json.member("needed_flash_bytes", t.needed_flash_bytes);
  json.member("usable_bytes", t.usable_bytes);
  json.key("fits");
  t.needed_bytes ? json.value(t.fits()) : json.null();
  json.member("ops_per_s", e.rates.product_per_s);
  json.member("vector_ops_per_s", e.rates.vector_per_s);
  json.member("bytes_per_s", e.rates.bytes_per_s);
  json.member("ridge_ops_per_byte", e.rates.ridge());
  json.key("assumptions");
  json.begin_array();
  for (const std::string& sentence : e.assumptions) json.value(std::string_view(sentence));
  json.end_array();
  write_kinds(json, t);
  json.key("layers");
  json.begin_array();
  for (const LayerTime& row : e.layers) write_layer(json, row, t.options.training);
  json.end_array();
  json.end_object();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace reckon

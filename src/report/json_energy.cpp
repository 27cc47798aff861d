// The JSON of `reckon energy`.
#include <algorithm>

#include "report/energy_pages.h"
#include "report/json_parts.h"

namespace reckon {
namespace {

void write_real(JsonWriter& json, std::string_view key, const std::optional<double>& x) {
  json.key(key);
  x ? json.value(*x) : json.null();
}

void write_part(JsonWriter& json, const EnergyPart& part) {
  const bool operations = part.kind <= EnergyKind::registers;
  json.begin_object();
  json.member("kind", to_string(part.kind));
  json.member("group", group_of(part.kind));
  json.key("format");
  operations ? json.value(to_string(part.format)) : json.null();
  json.member("count", part.count);
  json.member("unit", part.unit);
  write_real(json, "each_low_pj", part.price.low_pj);
  write_real(json, "each_high_pj", part.price.high_pj);
  json.member("formula", std::string_view(part.price.formula));
  json.key("constants");
  json.begin_array();
  for (const HardwareConstant* row : part.price.sources) json.value(std::string_view(row->name));
  json.end_array();
  json.key("missing");
  part.price.missing.empty() ? json.null() : json.value(std::string_view(part.price.missing));
  write_real(json, "joules", part.price.known() ? std::optional(part.joules()) : std::nullopt);
  write_real(json, "low_j", part.low_j());
  write_real(json, "high_j", part.high_j());
  json.end_object();
}

void write_layer(JsonWriter& json, const LayerEnergy& row, bool training) {
  const Node& node = row.layer->op_node();
  json.begin_object();
  json.member("name", node.name.empty() ? node.op_type : node.name);
  json.member("op", node.op_type);
  json.member("fused", row.fused);
  json.member("joules", row.joules);
  json.member("arithmetic_j", row.arithmetic_j);
  json.member("moving_j", row.moving_j);
  if (training)
    for (std::size_t i = 0; i < n_energy_phases; ++i)
      json.member(std::string(energy_phases[i]) + "_j", row.phases_j[i]);
  json.key("counts");
  json.begin_array();
  for (const double count : row.counts) json.value(count);
  json.end_array();
  json.end_object();
}

void write_used_constants(JsonWriter& json, const EnergyAnswer& a) {
  std::vector<const HardwareConstant*> used;
  for (const EnergyCase& one : a.cases)
    for (const EnergyPart& part : one.energy.parts)
      for (const HardwareConstant* row : part.price.sources)
        if (std::ranges::find(used, row) == used.end()) used.push_back(row);
  write_constants(json, used);
}

void write_sums(JsonWriter& json, const EnergyCase& one, std::int64_t batch) {
  const EnergyEstimate& e = one.energy;
  json.member("is_lower_bound", e.lower_bound);
  json.member("joules", e.joules);
  json.member("low_j", e.low_j);
  json.member("high_j", e.high_j);
  json.member("joules_per_input", e.joules / static_cast<double>(std::max<std::int64_t>(1, batch)));
  json.member("arithmetic_j", e.arithmetic_j);
  json.member("moving_j", e.moving_j);
  json.key("idle_j");
  const bool idle = std::ranges::any_of(
      e.parts, [](const EnergyPart& part) { return part.kind == EnergyKind::idle; });
  idle ? json.value(e.idle_j) : json.null();
  json.member("arithmetic_share", e.share(e.arithmetic_j));
  json.member("moving_share", e.share(e.moving_j));
  write_real(json, "seconds", one.seconds);
  write_real(
      json, "mean_power_w",
      one.seconds && *one.seconds > 0 ? std::optional(e.joules / *one.seconds) : std::nullopt);
}

}  // namespace

std::string energy_json(const Subject& subject, const EnergyAnswer& a) {
  const EnergyCase& one = a.cases[0];
  const EnergyEstimate& e = one.energy;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("energy");
  json.begin_object();
  json.member("mode", a.work.training ? "training" : "inference");
  json.member("node", to_string(a.node));
  json.member("batch", a.batch);
  json.member("format", to_string(one.format));
  json.member("weights_format", to_string(one.weights_format.value_or(one.format)));
  json.member("memory", to_string(a.options.memory));
  json.member("sram", to_string(a.options.sram));
  json.key("device");
  a.device ? json.value(std::string_view(a.device->name)) : json.null();
  json.key("optimizer");
  a.optimizer.empty() ? json.null() : json.value(a.optimizer);
  json.member("standing", to_string(Standing::modelled));
  write_sums(json, one, a.batch);
  write_real(json, "idle_w", a.options.idle_w);
  if (a.work.training)
    for (std::size_t i = 0; i < n_energy_phases; ++i)
      json.member(std::string(energy_phases[i]) + "_j", e.phases_j[i]);
  json.key("parts");
  json.begin_array();
  for (const EnergyPart& part : e.parts) write_part(json, part);
  json.end_array();
  json.key("unknown");
  json.begin_array();
  for (const std::string& sentence : e.unknown) json.value(std::string_view(sentence));
  json.end_array();
  write_used_constants(json, a);
  json.key("formats");
  json.begin_array();
  for (const EnergyCase& other : a.cases) {
    json.begin_object();
    json.member("format", to_string(other.format));
    json.member("weights_format", to_string(other.weights_format.value_or(other.format)));
    write_sums(json, other, a.batch);
    json.end_object();
  }
  json.end_array();
  json.key("assumptions");
  json.begin_array();
  for (const std::string& sentence : a.assumptions) json.value(std::string_view(sentence));
  json.end_array();
  json.key("layers");
  json.begin_array();
  for (const LayerEnergy& row : e.layers) write_layer(json, row, a.work.training);
  json.end_array();
  json.end_object();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace reckon

// The JSON of `reckon chip`.
#include "report/chip_pages.h"
#include "report/json_parts.h"

namespace reckon {
namespace {

void write_design(JsonWriter& json, const ChipDesign& design) {
  json.member("units", design.units);
  json.member("mib", design.mib);
  json.member("gb_per_s", design.gb_per_s);
}

void write_time(JsonWriter& json, const ChipTime& time) {
  json.member("seconds", time.seconds);
  json.member("compute_bound_s", time.compute_bound_s);
  json.member("memory_bound_s", time.memory_bound_s);
  json.member("moved_bytes", time.moved_bytes);
}

void write_lists(JsonWriter& json, const ChipReport& c) {
  json.key("marginals");
  json.begin_array();
  for (const ChipMarginal& m : c.answer.marginals) {
    json.begin_object();
    json.member("what", m.what);
    json.member("more", m.units);
    json.member("area_mm2", m.area_mm2);
    json.member("power_w", m.power_w);
    json.member("seconds", m.seconds);
    json.end_object();
  }
  json.end_array();
  json.key("tenth_more");
  json.begin_array();
  for (const ChipBudgetMarginal& m : c.answer.larger) {
    json.begin_object();
    json.member("what", m.what);
    write_design(json, m.design);
    json.member("seconds", m.seconds);
    json.end_object();
  }
  json.end_array();
  json.key("by_memory");
  json.begin_array();
  for (std::size_t i = 0; i < c.answer.by_memory.size(); ++i) {
    json.begin_object();
    write_design(json, c.answer.by_memory[i]);
    write_time(json, c.answer.by_memory_time[i]);
    json.end_object();
  }
  json.end_array();
  write_constants(json, c.costs.sources);
}

}  // namespace

std::string chip_json(const Subject& subject, const ChipReport& c) {
  const ChipAnswer& a = c.answer;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("chip");
  json.begin_object();
  json.member("area_mm2", c.budget.area_mm2);
  json.member("power_w", c.budget.power_w);
  json.member("node", to_string(c.node));
  json.member("format", to_string(c.format));
  json.member("memory", to_string(c.memory));
  json.member("batch", c.batch);
  json.member("standing", to_string(Standing::modelled));
  json.member("is_lower_bound", c.network.lower_bound);
  json.member("exact", a.exact);
  json.key("steps");
  json.begin_object();
  write_design(json, {c.steps.units, c.steps.mib, c.steps.gb_per_s});
  json.end_object();
  json.member("designs", a.designs);
  json.key("best");
  json.begin_object();
  write_design(json, a.best);
  write_time(json, a.time);
  json.member("samples_per_s",
              a.time.seconds > 0 ? static_cast<double>(c.batch) / a.time.seconds : 0.0);
  json.member("area_mm2", a.area_mm2);
  json.member("power_w", a.power_w);
  json.member("ridge_ops_per_byte", a.ridge);
  json.member("kept_weight_bytes", a.kept_weight_bytes);
  json.member("kept_tensor_bytes", a.kept_tensor_bytes);
  json.end_object();
  json.member("all_bytes", a.all_bytes);
  write_lists(json, c);
  json.end_object();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace reckon

// The answers of `reckon fit` and `reckon devices`.
#include "report/fit_pages.h"
#include "report/json_parts.h"

namespace reckon {
namespace {

void write_workload(JsonWriter& json, const FitReport& fit) {
  const TrainingSetup& setup = fit.workload.options.setup;
  json.member("mode", setup.training ? "training" : "inference");
  json.member("precision", setup.precision->name);
  json.key("optimizer");
  setup.training ? json.value(setup.optimizer->name) : json.null();
  json.member("policy", to_string(fit.workload.policy));
}

void write_budget_device(JsonWriter& json, const FitReport& fit) {
  json.key("device");
  fit.device ? json.value(std::string_view(fit.device->name)) : json.null();
}

void write_largest(JsonWriter& json, const FitReport& fit, const FitAnswer& a) {
  json.key("fit");
  json.begin_object();
  json.member("variable", std::string_view(a.variable));
  json.member("max", a.max);
  json.member("bytes_at_max", a.bytes_at_max);
  json.member("next", a.next);
  json.member("bytes_at_next", a.bytes_at_next);
  json.member("budget_bytes", a.budget_bytes);
  json.member("flash_bytes_at_max", a.flash_bytes_at_max);
  json.member("flash_bytes_at_next", a.flash_bytes_at_next);
  json.member("binding", std::string_view(a.binding));
  json.member("largest", std::string_view(a.largest));
  write_budget_device(json, fit);
  write_workload(json, fit);
  json.member("monotone", a.monotone);
  json.member("exact", a.exact);
  json.member("bytes_are_lower_bound", a.lower_bound);
  json.member("searched_from", a.searched_from);
  json.member("searched_to", a.searched_to);
  json.member("tried", a.tried);
  json.key("gap");
  a.gaps ? json.value(std::string_view(a.gap)) : json.null();
  json.end_object();
}

void write_check(JsonWriter& json, const FitReport& fit, const FitCheck& c) {
  json.key("check");
  json.begin_object();
  json.member("fits", c.fits);
  json.member("needed_bytes", c.needed.bytes);
  json.member("budget_bytes", fit.budget_bytes);
  json.member("flash_bytes", c.needed.flash_bytes);
  json.member("flash_budget_bytes", c.flash_budget_bytes);
  json.member("largest", c.needed.largest().name);
  json.member("bytes_are_lower_bound", c.needed.lower_bound);
  write_budget_device(json, fit);
  write_workload(json, fit);
  json.end_object();
}

void write_smallest(JsonWriter& json, const FitReport& fit, const DeviceAnswer& a) {
  json.key("smallest_device");
  json.begin_object();
  json.member("name", std::string_view(a.device.name));
  json.member("needed_bytes", a.needed_bytes);
  json.member("usable_bytes", a.usable.value);
  json.member("flash_bytes", a.flash_bytes);
  json.member("standing", to_string(a.usable.standing));
  json.member("largest", std::string_view(a.largest));
  json.key("too_small");
  a.too_small ? json.value(std::string_view(a.too_small->name)) : json.null();
  json.key("too_small_bytes");
  a.too_small ? json.value(usable_memory(*a.too_small).value) : json.null();
  write_workload(json, fit);
  json.end_object();
}

void write_advice(JsonWriter& json, const FitReport& fit, const std::vector<Change>& changes) {
  json.key("advice");
  json.begin_object();
  json.member("needed_bytes", fit.needed_bytes);
  json.member("budget_bytes", fit.budget_bytes);
  json.member("fits", fit.needed_bytes <= fit.budget_bytes);
  write_budget_device(json, fit);
  write_workload(json, fit);
  json.key("changes");
  json.begin_array();
  for (const Change& change : changes) {
    json.begin_object();
    json.member("kind", to_string(change.kind));
    json.member("from", std::string_view(change.from));
    json.member("to", std::string_view(change.to));
    json.member("bytes_before", change.bytes_before);
    json.member("bytes_after", change.bytes_after);
    json.member("fits", change.fits);
    json.key("extra_time");
    change.extra_time ? json.value(*change.extra_time) : json.null();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_device(JsonWriter& json, const Device& device) {
  json.begin_object();
  json.member("name", std::string_view(device.name));
  json.member("title", std::string_view(device.title));
  json.member("class", std::string_view(device.kind));
  json.member("year", device.year);
  json.member("confidence", std::string_view(device.confidence));
  json.member("standing", to_string(device.standing));
  json.member("source", std::string_view(device.source));
  json.member("notes", std::string_view(device.notes));
  json.key("figures");
  json.begin_array();
  const auto figure = [&](const DeviceFigure& of, const auto& datum) {
    if (!datum) return;
    json.begin_object();
    json.member("name", of.name);
    json.member("value", datum->value);
    json.member("unit", of.unit);
    json.member("what", of.what);
    json.member("standing", to_string(datum->standing));
    json.member("source", std::string_view(datum->source.empty() ? device.source : datum->source));
    json.end_object();
  };
  for (const DeviceFigure& of : device_figures()) {
    if (of.count != nullptr) figure(of, device.*of.count);
    if (of.rate != nullptr) figure(of, device.*of.rate);
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string fit_json(const Subject& subject, const FitReport& fit) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  if (fit.check) write_check(json, fit, *fit.check);
  if (fit.largest) write_largest(json, fit, *fit.largest);
  if (fit.smallest) write_smallest(json, fit, *fit.smallest);
  if (fit.advice) write_advice(json, fit, *fit.advice);
  json.end_object();
  return out;
}

std::string device_file(const Device& device) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  const auto text = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) json.member(key, std::string_view(value));
  };
  text("name", device.name);
  text("title", device.title);
  text("class", device.kind);
  if (device.year) json.member("year", *device.year);
  text("confidence", device.confidence);
  json.member("standing", to_string(device.standing));
  text("source", device.source);
  text("notes", device.notes);
  const auto figure = [&](const DeviceFigure& of, const auto& datum) {
    if (!datum) return;
    json.key(of.name);
    json.begin_object();
    json.member("value", datum->value);
    json.member("standing", to_string(datum->standing));
    text("source", datum->source);
    json.end_object();
  };
  for (const DeviceFigure& of : device_figures()) {
    if (of.count != nullptr) figure(of, device.*of.count);
    if (of.rate != nullptr) figure(of, device.*of.rate);
  }
  json.end_object();
  out += '\n';
  return out;
}

std::string devices_json(std::span<const Device> devices) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_reckon(json);
  json.key("devices");
  json.begin_array();
  for (const Device& device : devices) write_device(json, device);
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace reckon

// The devices: a table, and one of them with every source.
#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "report/cells.h"
#include "report/fit_pages.h"
#include "report/json_writer.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

// The classes in the order in which the file begins them.
std::vector<const Device*> by_class(std::span<const Device> devices) {
  std::vector<const Device*> out;
  for (const Device& first : devices) {
    if (std::any_of(out.begin(), out.end(), [&](const Device* d) { return d->kind == first.kind; }))
      continue;
    for (const Device& device : devices)
      if (device.kind == first.kind) out.push_back(&device);
  }
  return out;
}

std::string rate_text(double value, std::string_view unit) {
  if (unit == "s") return seconds_text(value);
  return engineering(value, unit);
}

Cell rate_cell(const Rate& rate, std::string_view unit) {
  return Cell::of(rate ? rate_text(rate->value, unit) : std::string());
}

// "85,899,345,920 B, 80.00 GiB"
std::string count_text(std::int64_t value, std::string_view unit) {
  if (unit != "B") return grouped(value);
  return grouped(value) + " B, " + bytes_binary(value);
}

}  // namespace

std::string devices_text(std::span<const Device> devices, const Style& style) {
  Sheet sheet;
  constexpr int class_cells = 9;
  sheet.columns = {{"name", "device"},
                   {"class", "class", false, 2, class_cells},
                   {"memory", "memory", true},
                   {"bandwidth", "B/s", true, 1},
                   {"fp32", "FP32", true, 1},
                   {"half", "FP16", true, 3},
                   {"standing", "standing", false, 2}};
  for (const Device* device : by_class(devices)) {
    const Device& d = *device;
    sheet.rows.push_back(
        {Cell::of(printable(d.name)), Cell::of(printable(d.kind)),
         Cell::of(d.mem_bytes ? bytes_binary(d.mem_bytes->value) : std::string()),
         rate_cell(d.mem_bytes_per_s, ""), rate_cell(d.fp32_flops_per_s, ""),
         rate_cell(d.fp16_flops_per_s ? d.fp16_flops_per_s : d.bf16_flops_per_s, ""),
         Cell::of(to_string(d.standing))});
  }
  Page page(style);
  page.append(to_text(sheet, {.colour = style.colour, .width = style.width}));
  page.line();
  page.paragraph(
      "FP32 and FP16 (or BF16): peak FLOP/s. reckon devices show NAME has every figure with its "
      "source.",
      0, 0, Ink::faint);
  return page.finish();
}

std::string device_text(const Device& device, const Style& style) {
  Page page(style);
  page.title(printable(device.name), printable(device.title));
  page.words("class",
             printable(device.kind) + (device.year ? ", " + std::to_string(*device.year) : ""));
  page.words("standing",
             std::string(to_string(device.standing)) +
                 (device.confidence.empty() ? "" : ", " + printable(device.confidence)));
  if (!device.source.empty()) page.words("source", printable(device.source, 1000));
  if (!device.notes.empty()) page.words("notes", printable(device.notes, 1000));
  page.heading("Figures");
  constexpr int what_cells = 32, value_cells = 30;
  const auto figure = [&](const DeviceFigure& of, const std::string& value, Standing standing,
                          const std::string& source) {
    page.line("  " + pad_right(of.what, what_cells) + pad_right(value, value_cells) +
              std::string(to_string(standing)));
    if (!source.empty()) page.paragraph(printable(source, 1000), 4, 0, Ink::faint);
  };
  for (const DeviceFigure& of : device_figures()) {
    if (of.count != nullptr && device.*of.count) {
      const auto& datum = *(device.*of.count);
      figure(of, count_text(datum.value, of.unit), datum.standing, datum.source);
    }
    if (of.rate != nullptr && device.*of.rate) {
      const auto& datum = *(device.*of.rate);
      figure(of, rate_text(datum.value, of.unit), datum.standing, datum.source);
    }
  }
  const Datum<std::int64_t> usable = usable_memory(device);
  if (!device.usable_bytes)
    page.words("usable",
               count_text(usable.value, "B") + ", " + std::string(to_string(usable.standing)) +
                   ": " + usable.source,
               Ink::faint);
  return page.finish();
}

Sheet devices_sheet(std::span<const Device> devices) {
  Sheet sheet;
  sheet.columns = {{"name", "device"},
                   {"title", "title"},
                   {"class", "class"},
                   {"year", "year", true},
                   {"standing", "standing"}};
  for (const DeviceFigure& of : device_figures())
    sheet.columns.push_back({std::string(of.name), std::string(of.name), true});
  for (const Device* device : by_class(devices)) {
    std::vector<Cell> row = {Cell::of(printable(device->name)), Cell::of(printable(device->title)),
                             Cell::of(printable(device->kind)), Cell::of(device->year),
                             Cell::of(to_string(device->standing))};
    for (const DeviceFigure& of : device_figures()) {
      Cell cell = {.kind = Cell::Kind::unknown};
      if (of.count != nullptr && device->*of.count) cell = Cell::of((device->*of.count)->value);
      if (of.rate != nullptr && device->*of.rate) cell = Cell::of((device->*of.rate)->value, 0);
      row.push_back(std::move(cell));
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet device_sheet(const Device& device) {
  Sheet sheet;
  sheet.columns = {{"figure", "figure"},
                   {"value", "value", true},
                   {"unit", "unit"},
                   {"standing", "standing"},
                   {"source", "source"}};
  const auto add = [&](const DeviceFigure& of, Cell value, Standing standing,
                       const std::string& source) {
    sheet.rows.push_back({Cell::of(of.name), std::move(value), Cell::of(of.unit),
                          Cell::of(to_string(standing)),
                          Cell::of(source.empty() ? device.source : source)});
  };
  for (const DeviceFigure& of : device_figures()) {
    if (of.count != nullptr && device.*of.count) {
      const auto& datum = *(device.*of.count);
      add(of, Cell::of(datum.value), datum.standing, datum.source);
    }
    if (of.rate != nullptr && device.*of.rate) {
      const auto& datum = *(device.*of.rate);
      add(of, Cell::of(datum.value, 2), datum.standing, datum.source);
    }
  }
  return sheet;
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

}  // namespace reckon

// The fields of the answer of `reckon devices`.
#include "base/field_rows.h"
#include "machine/device.h"
#include "questions/answer.h"

namespace reckon {
namespace {

struct FigureShown {
  const DeviceFigure& figure;
  FieldValue value;
  Standing standing;
  std::string_view source;
};
constexpr Row<FigureShown> figure_rows[] = {
    field("name", "", "mem_bytes, fp32_flops_per_s, …",
          [](const FigureShown& f) { return f.figure.name; }),
    [] {
      auto row = field("value", "", "in that unit", [](const FigureShown&) { return 0.0; });
      row.get = [](const void* of, std::string&) {
        return static_cast<const FigureShown*>(of)->value;
      };
      return row;
    }(),
    field("unit", "", "B, FLOP/s, …; empty for a count",
          [](const FigureShown& f) { return f.figure.unit; }),
    field("what", "", "in words", [](const FigureShown& f) { return f.figure.what; }),
    field<&FigureShown::standing>("standing", "", "exact, reference, assumed, …"),
    field<&FigureShown::source>("source", "", "who says so"),
};
constexpr Row<Device> device_rows[] = {
    field<&Device::name>("name", "", "what --device takes"),
    field<&Device::title>("title", "", "in full"),
    field<&Device::kind>("class", "", "dc-gpu, phone, mcu, budget, …"),
    field<&Device::year>("year", "", "of release"),
    field<&Device::confidence>("confidence", "", "word of whoever wrote the row"),
    field<&Device::standing>("standing", "", "of figures without one of their own"),
    field<&Device::source>("source", "", "of the same"),
    field<&Device::notes>("notes", "", "may be empty"),
    list<figure_rows>("figures", "those that somebody knows",
                      [](const Device& d) {
                        return made<FigureShown>(d, [](const Device& device, auto emit) {
                          const auto one = [&](const DeviceFigure& figure, const auto& datum) {
                            if (datum)
                              emit({figure, FieldValue(datum->value), datum->standing,
                                    datum->source.empty() ? device.source : datum->source});
                          };
                          for (const DeviceFigure& figure : device_figures()) {
                            if (figure.count != nullptr) one(figure, device.*figure.count);
                            if (figure.rate != nullptr) one(figure, device.*figure.rate);
                          }
                        });
                      }),
};
constexpr Row<Devices> devices_rows[] = {
    sometimes(list<device_rows>("devices", "with the question devices",
                                [](const Devices& devices) { return devices; })),
};

}  // namespace

constinit const Row<Devices> devices_field = answer<devices_rows>("", "");

}  // namespace reckon

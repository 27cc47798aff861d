#include "lab/shape.h"

namespace reckon::lab {
namespace {

using enum Holds;
constexpr Need optional = Need::may_be_left_out, null = Need::may_be_null;

constexpr Shape row[] = {
    {"label", label},
    {"figure", figure},
    {"textbook", figure, optional},
    {"constant", value, optional},
    {"source", label, optional},
};

// Rows, formulas and curve are written once and evaluated for each card, whose name is `card`.
constexpr Shape card[] = {{"name", word}, {"label", label}, {"shown", flag}};
constexpr Shape activations[] = {
    {"card", tables, Need::always, card, "cards"},
    {"formula_tex", label},
    {"derivative_tex", label},
    {"row", tables, Need::always, row, "rows"},
    {"curve", value},
    {"loop", label},
    {"baseline", word},
};

constexpr Shape axis_x[] = {
    {"label", label}, {"unit", label}, {"scale", word}, {"values", value}, {"marked", value, null}};
constexpr Shape axis_y[] = {{"label", label}, {"unit", label}, {"scale", word}};
constexpr Shape line[] = {
    {"id", word}, {"label", label},         {"style", word},           {"standing", word},
    {"y", value}, {"low", value, optional}, {"high", value, optional},
};
constexpr Shape threshold[] = {{"label", label}, {"y", value}};
constexpr Shape series[] = {
    {"x", table, Need::always, axis_x},
    {"y", table, Need::always, axis_y},
    {"line", tables, Need::always, line, "lines"},
    {"threshold", tables, optional, threshold, "thresholds"},
};

constexpr Shape bar[] = {{"id", word}, {"label", label}, {"figure", figure}, {"explain", prose}};
constexpr Shape limit[] = {{"label", label}, {"figure", figure}};
constexpr Shape bars[] = {
    {"unit", word},
    {"bar", tables, Need::always, bar, "bars"},
    {"total", figure},
    {"limit", table, null, limit},
    {"textbook", figure, null},
};

constexpr Shape share[] = {{"label", label}, {"figure", figure}, {"share", value}};
constexpr Shape certificate[] = {
    {"accepted", value}, {"text", prose}, {"row", tables, Need::always, row, "rows"}};
constexpr Shape challenge[] = {
    {"goal", prose},
    {"variable", word},
    {"used", figure},
    {"budget", figure},
    {"fits", value},
    {"share", tables, Need::always, share, "shares"},
    {"certificate", table, Need::always, certificate},
};

constexpr Shape step[] = {{"id", word}, {"label", label}, {"figure", figure}};
constexpr Shape waterfall[] = {
    {"unit", word},
    {"step", tables, Need::always, step, "steps"},
    {"total", figure},
    {"limit_series", table, Need::always, series},
};

constexpr Shape region_axis[] = {{"label", label}, {"unit", label}, {"scale", word},
                                 {"min", value},   {"max", value},  {"value", value}};
constexpr Shape region[] = {
    {"id", word},     {"label", label},   {"from", value, null}, {"to", value, null},
    {"used", figure}, {"budget", figure}, {"text", prose},
};
constexpr Shape discovery[] = {{"from", value}, {"to", value}, {"text", prose}};
constexpr Shape regions[] = {
    {"variable", table, Need::always, region_axis},
    {"row", tables, Need::always, region, "rows"},
    {"discovery", table, null, discovery},
};

constexpr InstrumentShape types[] = {
    {"activations", activations}, {"series", series},       {"bars", bars},
    {"challenge", challenge},     {"waterfall", waterfall}, {"regions", regions},
};

}  // namespace

std::span<const InstrumentShape> instrument_shapes() {
  return types;
}

const Part* Part::part(std::string_view key) const {
  for (const Part& one : parts)
    if (one.shape != nullptr && one.shape->key == key) return &one;
  return nullptr;
}

}  // namespace reckon::lab

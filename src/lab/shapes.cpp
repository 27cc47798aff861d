#include "lab/shape.h"

namespace reckon::lab {
namespace {

using enum Holds;
constexpr Need always = Need::always, optional = Need::may_be_left_out, null = Need::may_be_null,
               at_first = Need::null_at_first, made = Need::made;

// With its type in TypeScript and a note for the page.
constexpr Shape as(Words type, Shape shape, Words note = {}) {
  shape.type = type, shape.note = note;
  return shape;
}

constexpr Shape row[] = {
    {"label", label},
    {"figure", figure},
    as("", {"textbook", figure, optional}, "what the book says, for the textbook mode"),
    as("string", {"constant", value, optional},
       "id of the control of type \"constant\" that holds it"),
    {"source", label, optional},
};

constexpr Shape card[] = {
    {"name", word},
    {"label", label},
    as("", {"shown", flag}, "from the start; the others can be added"),
};
constexpr Shape activations[] = {
    {"card", tables, always, card, "cards"},
    {"formula_tex", label},
    {"derivative_tex", label},
    {"row", tables, always, row, "rows"},
    as("{ x: number[]; value: number[]; derivative: number[]; saturated: [number | null, number | "
       "null][] }",
       {"curve", value},
       "the same x for both; `saturated` are intervals of x, ±Infinity given as null"),
    as("", {"loop", label}, "the activation of the engine's loop that measures it here"),
    as("", {"baseline", word}, "name of the card that its time is told against"),
};

constexpr Words scale = "\"linear\" | \"log\"";
constexpr Shape axis_x[] = {
    {"label", label},
    {"unit", label},
    as(scale, {"scale", word}),
    as("number[]", {"values", value}),
    as("number", {"marked", value, null}, "where the control stands"),
};
constexpr Shape axis_y[] = {{"label", label}, {"unit", label}, as(scale, {"scale", word})};
constexpr Shape line[] = {
    {"id", word},
    {"label", label},
    as("\"bound\" | \"points\"", {"style", word},
       "a computed line, or measured points with their spread"),
    as("Standing", {"standing", word}),
    as("(number | null)[]", {"y", value}),
    as("number[]", {"low", value, optional}),
    as("number[]", {"high", value, optional}),
};
constexpr Shape threshold[] = {{"label", label}, as("number", {"y", value})};
constexpr Shape series[] = {
    {"x", table, always, axis_x},
    {"y", table, always, axis_y},
    {"line", tables, always, line, "lines"},
    {"threshold", tables, optional, threshold, "thresholds"},
};

constexpr Shape bar[] = {{"id", word}, {"label", label}, {"figure", figure}, {"explain", prose}};
constexpr Shape limit[] = {{"label", label}, {"figure", figure}};
constexpr Shape bars[] = {
    as("\"bytes\" | \"macs\" | \"flops\" | \"transistors\"", {"unit", word}),
    as("", {"bar", tables, always, bar, "bars"}, "can be switched off in the page"),
    {"total", figure},
    {"limit", table, null, limit},
    as("", {"textbook", figure, null}, "the total by the book"),
};

constexpr Shape share[] = {{"label", label}, {"figure", figure}, as("number", {"share", value})};
constexpr Shape certificate[] = {
    as("boolean", {"accepted", value}), {"text", prose}, {"row", tables, always, row, "rows"}};
constexpr Shape challenge[] = {
    {"goal", prose},
    as("", {"variable", word}, "the control that the student moves"),
    {"used", figure},
    {"budget", figure},
    as("boolean", {"fits", value}),
    as("", {"share", tables, always, share, "shares"}, "the pie; shares sum to 1"),
    as("", {"certificate", table, at_first, certificate},
       "once its question (id of the instrument) is in `answers`, field \"committed\""),
};

constexpr Shape step[] = {
    {"id", word}, {"label", label}, {"figure", figure}, as("number", {"value", value, made})};
constexpr Shape waterfall[] = {
    as("\"macs\" | \"flops\"", {"unit", word}),
    {"step", tables, always, step, "steps"},
    {"total", figure},
    as("", {"limit_series", table, always, series}, "total ÷ forward against depth"),
};

constexpr Shape region_axis[] = {
    {"label", label},
    {"unit", label},
    as(scale, {"scale", word}),
    as("number", {"min", value}),
    as("number", {"max", value}),
    as("number", {"value", value}),
};
constexpr Shape region[] = {
    {"id", word},
    {"label", label},
    as("number", {"from", value, null}),
    as("number", {"to", value, null}),
    {"fits_now", flag, made},
    {"used", figure},
    {"budget", figure},
    {"text", prose},
};
constexpr Shape discovery[] = {
    as("number", {"from", value}),
    as("number", {"to", value}),
    {"inside", flag, made},
    {"text", prose},
};
constexpr Shape regions[] = {
    {"variable", table, always, region_axis},
    {"row", tables, always, region, "rows"},
    {"discovery", table, null, discovery},
};

constexpr InstrumentShape types[] = {
    {"activations", activations, "card"},
    {"series", series},
    {"bars", bars},
    {"challenge", challenge},
    {"waterfall", waterfall},
    {"regions", regions},
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

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

constexpr std::string_view scales[] = {"linear", "log"};
constexpr std::string_view styles[] = {"bound", "points"};
constexpr std::string_view standings[] = {"exact", "measured", "modelled", "reference", "assumed"};
constexpr std::string_view operations[] = {"macs", "flops"};
constexpr std::string_view units[] = {"bytes",       "macs",       "flops",
                                      "ops",         "parameters", "transistors",
                                      "activations", "seconds",    "joules"};
// The words are the program's, which checks labs: the page's engine takes those that were checked.
constexpr Shape one_of(std::string_view key, std::span<const std::string_view> words,
                       Words note = {}) {
  return {.key = key,
          .holds = word,
          .note = note,
          .words = in_page ? std::span<const std::string_view>() : words};
}

constexpr Shape axis_x[] = {
    {"label", label},
    {"unit", label},
    one_of("scale", scales),
    as("number[]", {"values", value}),
    as("number", {"marked", value, null}, "where the control stands"),
};
constexpr Shape axis_y[] = {{"label", label}, {"unit", label}, one_of("scale", scales)};
constexpr Shape line[] = {
    {"id", word},
    {"label", label},
    one_of("style", styles, "a computed line, or measured points with their spread"),
    one_of("standing", standings),
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
    one_of("unit", units),
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
    one_of("unit", operations),
    {"step", tables, always, step, "steps"},
    {"total", figure},
    as("", {"limit_series", table, always, series}, "total ÷ forward against depth"),
};

constexpr Shape region_axis[] = {
    {"label", label},
    {"unit", label},
    one_of("scale", scales),
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

constexpr Shape block[] = {{"id", word}, {"label", label}, {"group", label}, {"figure", figure}};
constexpr Shape blocks[] = {
    one_of("unit", units),
    as("", {"block", tables, always, block, "blocks"}, "areas in proportion; told apart by group"),
    {"total", figure},
};

// Pictures that the page draws by itself, and lets a student walk over: each is a component of
// web/src/pictures, which says what its data are.
constexpr std::string_view pictures[] = {
    "window",   "cone",     "attention", "cube",     "ladder", "skyline", "conveyor", "court",
    "pendulum", "roofline", "lanes",     "triangle", "curves", "levels",  "timeline"};
constexpr Shape picture[] = {
    one_of("draws", pictures),
    as("unknown", {"data", value}, "what it is drawn from: its component says what that is"),
    as("", {"row", tables, optional, row, "rows"}, "the figures beside it"),
};

constexpr Shape drawn[] = {one_of("scale", scales), {"guess", figure}, {"truth", figure}};
constexpr Shape opening_row[] = {{"label", label}, {"values", value}};
constexpr Shape opening[] = {
    {"caption", prose}, {"forward", flag, optional}, {"row", tables, always, opening_row, "rows"}};

constexpr InstrumentShape types[] = {
    {"activations", activations, "card"},
    {"series", series},
    {"bars", bars},
    {"challenge", challenge},
    {"waterfall", waterfall},
    {"regions", regions},
    {"blocks", blocks},
    {"picture", picture},
};

}  // namespace

std::span<const InstrumentShape> instrument_shapes() {
  return types;
}

std::span<const Shape> drawn_shapes() {
  return drawn;
}
std::span<const Shape> opening_shapes() {
  return opening;
}

const Part* Part::part(std::string_view key) const {
  for (const Part& one : parts)
    if (one.shape != nullptr && one.shape->key == key) return &one;
  return nullptr;
}

}  // namespace reckon::lab

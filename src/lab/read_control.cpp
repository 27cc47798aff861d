// Controls, and constants of a textbook that the student may change.
#include <algorithm>

#include "base/text.h"
#include "lab/reader.h"

namespace reckon::lab {
namespace {

constexpr std::string_view types[] = {"choice", "number_choice", "range", "toggle"};
constexpr std::string_view scales[] = {"linear", "log"};

Status read_options(Table& table, Control& control) {
  RECKON_ASSIGN(std::vector<Table> options, table.tables("option"));
  const bool numbers = control.type == ControlType::number_choice;
  for (Table& one : options) {
    Control::Option option;
    if (numbers) {
      RECKON_ASSIGN(option.value, one.number("value"));
    } else {
      RECKON_ASSIGN(option.value, one.word("value"));
    }
    RECKON_ASSIGN(option.label, one.prose("label"));
    RECKON_ASSIGN(option.when, one.maybe_expression("when"));
    RECKON_TRY(one.done());
    control.options.push_back(std::move(option));
  }
  // `values = [1, 8, 16]` where the numbers are their own labels.
  RECKON_ASSIGN(const Tree* values, table.maybe("values", TreeKind::list));
  if (values != nullptr)
    for (const Tree& value : values->items) {
      if (!numbers || value.kind != TreeKind::number)
        return wrong_at(value.place, "'values' are the numbers of a number_choice");
      Control::Option option;
      option.value = value.number;
      RECKON_ASSIGN(Expression number, table.reader().expression(value));
      option.label.markdown = "⟦0⟧";
      option.label.figures.push_back({std::move(number), {}});
      control.options.push_back(std::move(option));
    }
  if (control.options.empty()) return table.wrong("a choice needs options");
  return {};
}

Status read_choice(Table& table, Control& control) {
  RECKON_TRY(read_options(table, control));
  if (control.type == ControlType::number_choice) {
    RECKON_ASSIGN(control.default_value, table.number("default"));
  } else {
    RECKON_ASSIGN(control.default_value, table.word("default"));
  }
  const auto is_default = [&](const Control::Option& o) {
    return o.value == control.default_value;
  };
  if (std::none_of(control.options.begin(), control.options.end(), is_default))
    return table.wrong("the default of '" + control.id + "' is none of its options");
  return {};
}

Status read_range(Table& table, Control& control) {
  RECKON_ASSIGN(control.min, table.number("min"));
  RECKON_ASSIGN(control.max, table.number("max"));
  RECKON_ASSIGN(const auto step, table.maybe_number("step"));
  control.step = step.value_or(1);
  RECKON_ASSIGN(const std::string scale, table.word_or("scale", "linear"));
  RECKON_ASSIGN(const std::size_t at, one_of(scale, scales, "scale", table.place()));
  control.logarithmic = at == 1;
  RECKON_ASSIGN(const double value, table.number("default"));
  control.default_value = value;
  RECKON_ASSIGN(control.plays, table.flag_or("plays", false));
  if (!(control.min < control.max && control.step > 0 && control.min <= value &&
        value <= control.max))
    return table.wrong("a range needs min < max, a positive step and a default between them");
  if (control.logarithmic && control.min <= 0)
    return table.wrong("a logarithmic range begins above zero");
  RECKON_ASSIGN(const Tree* samples, table.maybe("check_at", TreeKind::list));
  if (samples != nullptr)
    for (const Tree& sample : samples->items) {
      RECKON_ASSIGN(Expression e, table.reader().expression(sample));
      control.samples.push_back(std::move(e));
    }
  return {};
}

}  // namespace

std::string_view to_string(ControlType type) {
  return type == ControlType::constant ? "constant" : types[static_cast<std::size_t>(type)];
}

Status read_control(Table& table, ControlType type) {
  Control control;
  control.place = table.place();
  control.type = type;
  RECKON_ASSIGN(control.id, table.word("id"));
  RECKON_TRY(check_id(control.id, control.place));
  RECKON_ASSIGN(control.label, table.prose("label"));
  RECKON_ASSIGN(control.help, table.maybe_prose("help"));
  if (type == ControlType::constant) {
    RECKON_ASSIGN(const double value, table.number("default"));
    control.default_value = value;
    RECKON_ASSIGN(control.min, table.number("min"));
    RECKON_ASSIGN(control.max, table.number("max"));
    RECKON_ASSIGN(const auto step, table.maybe_number("step"));
    control.step = step.value_or(0);
    if (!(control.min <= value && value <= control.max && control.step >= 0))
      return table.wrong("a constant needs min, max and a default between them");
    RECKON_ASSIGN(control.source, table.word("source"));
    RECKON_ASSIGN(const auto standing, standing_of(table));
    control.standing = standing.value_or(Standing::reference);
  } else {
    RECKON_ASSIGN(const std::string word, table.word("type"));
    RECKON_ASSIGN(const std::size_t at, one_of(word, types, "type of control", table.place()));
    control.type = static_cast<ControlType>(at);
    if (control.type == ControlType::range) {
      RECKON_TRY(read_range(table, control));
    } else if (control.type == ControlType::toggle) {
      RECKON_ASSIGN(control.default_value, table.flag_or("default", false));
    } else {
      RECKON_TRY(read_choice(table, control));
    }
  }
  RECKON_TRY(table.done());
  table.reader().lab().controls.push_back(std::move(control));
  return {};
}

}  // namespace reckon::lab

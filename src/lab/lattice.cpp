#include "lab/lattice.h"

#include <algorithm>
#include <cmath>

namespace reckon::lab {
namespace {

constexpr std::size_t most_states = 200'000;

// The values are sorted and each is there once.
std::vector<Value> numbers(std::set<double> all) {
  std::vector<Value> out;
  for (const double x : all) out.emplace_back(x);
  return out;
}

Result<std::vector<Value>> control_values(Session& session, const Control& control) {
  std::vector<Value> values;
  switch (control.type) {
    case ControlType::choice:
    case ControlType::number_choice:
      for (const Control::Option& option : control.options) values.push_back(option.value);
      return values;
    case ControlType::toggle:
      return std::vector<Value>{Value(false), Value(true)};
    case ControlType::constant: {
      const double x = *control.default_value.number();
      // Its limits, and some way between them and the default, as its step allows.
      std::set<double> all = {control.min, x, control.max};
      for (double between :
           {std::sqrt(control.min * x), x / 2, x * 2, std::sqrt(x * control.max)}) {
        if (control.step > 0)
          between = control.min + std::round((between - control.min) / control.step) * control.step;
        all.insert(std::clamp(between, control.min, control.max));
      }
      return numbers(std::move(all));
    }
    case ControlType::range:
      break;
  }
  std::set<double> all = {control.min, control.max, *control.default_value.number()};
  constexpr int n_between = 6;
  for (int i = 1; i < n_between; ++i) {
    const double t = static_cast<double>(i) / n_between;
    const double x = control.logarithmic ? control.min * std::pow(control.max / control.min, t)
                                         : control.min + t * (control.max - control.min);
    all.insert(control.min + std::round((x - control.min) / control.step) * control.step);
  }
  for (const Expression& sample : control.samples) {
    RECKON_ASSIGN(const Value value, session.value(sample));
    if (value.number() != nullptr)
      all.insert(std::clamp(*value.number(), control.min, control.max));
  }
  return numbers(std::move(all));
}

Result<std::vector<Value>> field_values(Session& session, const Field& field) {
  std::vector<Value> values;
  if (field.type == FieldType::choice) {
    for (const Field::Option& option : field.options) values.emplace_back(option.id);
    return values;
  }
  if (field.type == FieldType::text) return std::vector<Value>{Value(std::string("A sentence."))};
  std::set<double> all;
  if (field.min) all.insert(*field.min);
  if (field.max) all.insert(*field.max);
  if (field.key) {
    RECKON_ASSIGN(const Value key, session.value(*field.key));
    if (key.number() != nullptr)
      for (const double times : {0.5, 1.0, 2.0}) all.insert(*key.number() * times);
  }
  for (const Expression& sample : field.samples) {
    RECKON_ASSIGN(const Value value, session.value(sample));
    if (value.number() != nullptr) all.insert(*value.number());
  }
  if (all.empty()) all.insert(1);
  return numbers(std::move(all));
}

struct Axis {
  std::string control, question, field;
  std::vector<Value> values;
};

// The axis of an answer by its path: that of its field, or of a challenge's commitment.
Result<Axis> answer_axis(const Lab& lab, Session& session, const std::string& path) {
  Axis axis;
  const std::size_t point = path.rfind('.');
  axis.question = path.substr(0, point);
  axis.field = path.substr(point + 1);
  if (const Question* const question = lab.question(axis.question)) {
    for (const Field& field : question->fields)
      if (field.id == axis.field) {
        RECKON_ASSIGN(axis.values, field_values(session, field));
      }
    return axis;
  }
  for (const Act& act : lab.acts)
    for (const Instrument& instrument : act.instruments)
      if (instrument.id == axis.question)
        if (const Control* const variable = lab.control(instrument.body.part("variable")->word)) {
          RECKON_ASSIGN(axis.values, control_values(session, *variable));
        }
  return axis;
}

}  // namespace

void Dependencies::add(const Dependencies& other) {
  controls.insert(other.controls.begin(), other.controls.end());
  answers.insert(other.answers.begin(), other.answers.end());
}

void Dependencies::add(const Lab& lab, const Expr& expr) {
  if (const std::string path = answer_path(expr);
      path.size() > std::string_view("answers.").size()) {
    answers.insert(path.substr(std::string_view("answers.").size()));
    return;
  }
  if (expr.kind == ExprKind::name) {
    if (lab.control(expr.text) != nullptr) controls.insert(expr.text);
    // A figure that refers to itself is an error of its evaluation.
    if (const auto at = lab.figure(expr.text); at && seen_figures.insert(*at).second)
      add(lab, lab.figures[*at].value.root);
    return;
  }
  const bool call = expr.kind == ExprKind::call;
  if (call && expr.text == "defaults") return;
  if (call && (expr.text == "at" || expr.text == "first") && !expr.args.empty()) {
    const bool is_first = expr.text == "first";
    Dependencies inner;
    inner.seen_figures = seen_figures;
    inner.add(lab, expr.args[is_first ? std::min<std::size_t>(3, expr.args.size() - 1) : 0]);
    if (is_first) inner.controls.erase(expr.args[0].text);
    for (const std::string& name : expr.arg_names) inner.controls.erase(name);
    add(inner);
    for (std::size_t i = 1; i < expr.args.size(); ++i)
      if (!is_first || i != 3) add(lab, expr.args[i]);
    return;
  }
  for (const Expr& argument : expr.args) add(lab, argument);
}

void Dependencies::add(const Lab& lab, const Prose& prose) {
  for (const Shown& shown : prose.figures) add(lab, shown.value.root);
}

void Dependencies::add(const Lab& lab, const Text& text) {
  for (const Text::Case& one : text.cases) {
    if (one.when) add(lab, one.when->root);
    add(lab, one.prose);
  }
}

void Dependencies::add(const Lab& lab, const Part& part) {
  add(lab, part.label);
  add(lab, part.prose);
  add(lab, part.figure.value.root);
  add(lab, part.value.root);
  for (const Part& one : part.parts) add(lab, one);
}

void Dependencies::close(const Lab& lab) {
  for (std::size_t before = 0; before != controls.size();) {
    before = controls.size();
    const std::set<std::string> known = controls;
    for (const std::string& id : known)
      for (const Control::Option& option : lab.control(id)->options)
        if (option.when) add(lab, option.when->root);
  }
}

Result<std::vector<State>> lattice(const Lab& lab, const Faculties& faculties,
                                   const Dependencies& dependencies) {
  Session session(lab, faculties, {}, {});
  RECKON_TRY(session.begin());
  std::vector<Axis> axes;
  for (const std::string& id : dependencies.controls) {
    Axis axis;
    axis.control = id;
    RECKON_ASSIGN(axis.values, control_values(session, *lab.control(id)));
    axes.push_back(std::move(axis));
  }
  for (const std::string& path : dependencies.answers) {
    RECKON_ASSIGN(Axis axis, answer_axis(lab, session, path));
    if (!axis.values.empty()) axes.push_back(std::move(axis));
  }
  std::size_t n = 1;
  for (const Axis& axis : axes)
    if (n > most_states || (n *= axis.values.size()) > most_states)
      return fail(ErrorCode::limit, "more than 200,000 states to try; use fewer controls at once");
  std::vector<State> states;
  for (std::size_t i = 0; i < n; ++i) {
    State state;
    std::size_t rest = i;
    for (const Axis& axis : axes) {
      const Value& value = axis.values[rest % axis.values.size()];
      rest /= axis.values.size();
      if (axis.control.empty())
        state.answers[axis.question][axis.field] = value;
      else
        state.controls[axis.control] = value;
    }
    Session here(lab, faculties, state.controls, {});
    RECKON_TRY(here.begin());
    const bool allowed = std::all_of(
        state.controls.begin(), state.controls.end(),
        [&](const auto& one) { return here.controls().find(one.first)->second == one.second; });
    if (allowed) states.push_back(std::move(state));
  }
  return states;
}

std::string witness(const Lab& lab, const State& state) {
  std::string out;
  const auto add = [&](const std::string& name, const Value& value) {
    out += (out.empty() ? "" : ", ") + name + " = " +
           (value.text() != nullptr ? *value.text() : value.to_json().dump());
  };
  for (const auto& [id, value] : state.controls)
    if (!(value == lab.control(id)->default_value)) add(id, value);
  for (const auto& [question, fields] : state.answers)
    for (const auto& [field, value] : fields) add(question + "." + field, value);
  return out.empty() ? "as it begins" : out;
}

}  // namespace reckon::lab

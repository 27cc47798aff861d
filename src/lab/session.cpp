#include "lab/session.h"

#include <array>
#include <bit>
#include <cmath>

#include "base/text.h"
#include "lab/world.h"

namespace reckon::lab {
namespace {

std::unexpected<Error> bad(std::string message, std::string where) {
  return fail(ErrorCode::bad_argument, std::move(message), std::move(where));
}

// A control's value from JSON: of the right kind and within its bounds.
Result<Value> setting(const Control& control, const Json& json, const std::string& where) {
  const Value value = Value::of(json);
  switch (control.type) {
    case ControlType::choice:
    case ControlType::number_choice:
      for (const Control::Option& option : control.options)
        if (option.value == value) return value;
      return bad("'" + control.id + "' has no such option", where);
    case ControlType::toggle:
      if (value.boolean() == nullptr) return bad("true or false is expected", where);
      return value;
    case ControlType::range:
      if (value.number() == nullptr || !(*value.number() >= control.min) ||
          !(*value.number() <= control.max))
        return bad("'" + control.id + "' is a number from " + json_number(control.min).dump() +
                       " to " + json_number(control.max).dump(),
                   where);
      return value;
    case ControlType::constant:
      if (value.number() == nullptr || !(*value.number() >= control.min) ||
          !(*value.number() <= control.max) ||
          (control.step > 0 && std::remainder(*value.number() - control.min, control.step) != 0))
        return bad(std::string(control.step == 1 ? "a whole number" : "a number") + " from " +
                       json_number(control.min).dump() + " to " + json_number(control.max).dump() +
                       " is expected",
                   where);
      return value;
  }
  return value;
}

}  // namespace

Result<Settings> read_settings(const Lab& lab, const Json& json, std::string_view where) {
  Settings settings;
  if (json.is_null()) return settings;
  if (!json.is_object()) return bad("an object of controls is expected", std::string(where));
  for (const auto& [id, value] : json.items()) {
    const std::string at = std::string(where) + "." + printable(id);
    const Control* const control = lab.control(id);
    if (control == nullptr) {
      std::vector<std::string_view> known;
      for (const auto& [name, i] : lab.control_index) known.push_back(name);
      return bad("there is no control " + quoted(std::string_view(id)) + did_you_mean(id, known),
                 at);
    }
    RECKON_ASSIGN(settings[id], setting(*control, value, at));
  }
  return settings;
}

Result<Answers> read_answers(const Lab& lab, const Json& json) {
  Answers answers;
  if (json.is_null()) return answers;
  if (!json.is_object()) return bad("an object of questions is expected", "answers");
  const auto is_challenge = [&](std::string_view id) {
    for (const Act& act : lab.acts)
      for (const Instrument& one : act.instruments)
        if (one.id == id && one.type == "challenge") return true;
    return false;
  };
  for (const auto& [id, fields] : json.items()) {
    const std::string at = "answers." + printable(id);
    const Question* const question = lab.question(id);
    const bool challenge = question == nullptr && is_challenge(id);
    if (question == nullptr && !challenge)
      return bad("there is no question " + quoted(std::string_view(id)), at);
    if (!fields.is_object()) return bad("an object of fields is expected", at);
    auto& answer = answers[id];
    for (const auto& [name, json_value] : fields.items()) {
      const Value value = Value::of(json_value);
      // Beside a number, the label of the unit in which it was typed.
      if (name == "unit" || name.ends_with(".unit")) {
        if (value.text() == nullptr) return bad("a unit is text", at + "." + printable(name));
        continue;
      }
      const Field* field = nullptr;
      if (question != nullptr)
        for (const Field& one : question->fields)
          if (one.id == name) field = &one;
      if (field == nullptr && !(challenge && name == "committed"))
        return bad("the question has no field " + quoted(std::string_view(name)),
                   at + "." + printable(name));
      const FieldType type = field == nullptr ? FieldType::number : field->type;
      if (type == FieldType::number ? value.number() == nullptr : value.text() == nullptr)
        return bad(type == FieldType::number ? "a number is expected" : "text is expected",
                   at + "." + printable(name));
      if (type == FieldType::choice) {
        bool known = false;
        for (const Field::Option& option : field->options) known |= option.id == *value.text();
        if (!known) return bad("the question has no such option", at + "." + printable(name));
      }
      answer[name] = value;
    }
  }
  return answers;
}

Session::Session(const Lab& lab, const Faculties& faculties, Settings controls, Answers answers,
                 std::optional<Settings> previous)
    : lab_(lab),
      faculties_(faculties),
      given_(std::move(controls)),
      answers_(std::move(answers)),
      previous_(std::move(previous)) {}

Session::~Session() = default;

World& Session::world(Settings controls) {
  for (const Control& control : lab_.controls) controls.emplace(control.id, control.default_value);
  // The same controls in the same order: their values tell worlds apart.
  std::string key;
  for (const auto& [id, value] : controls) {
    if (const double* const x = value.number()) {
      const auto bits = std::bit_cast<std::array<char, sizeof(double)>>(*x);
      key.append(bits.data(), bits.size());
    } else if (value.text() != nullptr) {
      key += *value.text();
    } else {
      key += value.boolean() == nullptr ? '?' : *value.boolean() ? 'y' : 'n';
    }
    key += '\n';
  }
  auto& world = worlds_[key];
  if (world == nullptr) {
    world = std::make_unique<World>();
    world->controls = std::move(controls);
    world->figures.resize(lab_.figures.size());
  }
  return *world;
}

// Controls resolve in the order of the file: an earlier one decides what the later ones may be.
Result<Settings> Session::resolve(Settings controls) {
  for (const Control& control : lab_.controls) controls.emplace(control.id, control.default_value);
  for (const Control& control : lab_.controls) {
    const Control::Option* first = nullptr;
    bool stands = control.options.empty();
    bool default_allowed = false;
    for (const Control::Option& option : control.options) {
      bool allowed = true;
      if (option.when) {
        RECKON_ASSIGN(const Evaluated is,
                      Evaluator(*this, world(controls)).evaluated(*option.when));
        allowed = is.value.boolean() != nullptr && *is.value.boolean();
      }
      if (!allowed) continue;
      if (first == nullptr) first = &option;
      default_allowed |= option.value == control.default_value;
      stands |= option.value == controls[control.id];
    }
    if (stands) continue;
    if (first == nullptr)
      return fail(ErrorCode::bad_argument, "no option of '" + control.id + "' is allowed here",
                  control.place.text());
    controls[control.id] = default_allowed ? control.default_value : first->value;
  }
  return controls;
}

Status Session::begin() {
  RECKON_ASSIGN(Settings now, resolve(given_));
  now_ = &world(std::move(now));
  if (previous_) {
    RECKON_ASSIGN(Settings then, resolve(*previous_));
    before_ = &world(std::move(then));
  }
  return {};
}

const Settings& Session::controls() const {
  return now_->controls;
}

Result<std::map<std::string, std::vector<Value>>> Session::allowed() {
  std::map<std::string, std::vector<Value>> out;
  for (const Control& control : lab_.controls) {
    bool depends = false;
    std::vector<Value> values;
    for (const Control::Option& option : control.options) {
      bool allowed = true;
      if (option.when) {
        depends = true;
        RECKON_ASSIGN(allowed, holds(*option.when));
      }
      if (allowed) values.push_back(option.value);
    }
    if (depends) out[control.id] = std::move(values);
  }
  return out;
}

Result<Evaluated> Session::evaluate(const Expression& expression, const Locals& locals) {
  return Evaluator(*this, *now_, locals).evaluated(expression);
}

Result<Value> Session::value(const Expression& expression, const Locals& locals) {
  RECKON_ASSIGN(Evaluated is, evaluate(expression, locals));
  return std::move(is.value);
}

Result<Value> Session::value_before(const Expression& expression) {
  RECKON_ASSIGN(Evaluated is, Evaluator(*this, *before_).evaluated(expression));
  return std::move(is.value);
}

Result<bool> Session::holds(const Expression& expression, const Locals& locals) {
  RECKON_ASSIGN(const Value is, value(expression, locals));
  if (is.is_null()) return false;
  if (is.boolean() == nullptr)
    return fail(ErrorCode::bad_argument,
                "a condition is true or false, not " + std::string(is.kind()),
                expression.place.text());
  return *is.boolean();
}

Result<std::string> Session::show(const Value& value, std::string_view format, const Place& place) {
  if (value.is_null()) return "—";
  if (value.text() != nullptr) return *value.text();
  if (value.boolean() != nullptr) return *value.boolean() ? "yes" : "no";
  if (value.number() == nullptr)
    return fail(ErrorCode::bad_argument, std::string(value.kind()) + " cannot be shown",
                place.text());
  auto text = faculties_.format(*value.number(), format);
  if (!text) return fail(text.error().code, text.error().message, place.text());
  return text;
}

Result<Json> Session::figure(const Shown& shown, const Locals& locals) {
  RECKON_ASSIGN(const Evaluated is, evaluate(shown.value, locals));
  RECKON_ASSIGN(std::string text, show(is.value, shown.format, shown.value.place));
  Json json = object_of({{"text", std::move(text)},
                         {"value", is.value.to_json()},
                         {"expression", shown.value.text},
                         {"standing", is.given ? "given" : reckon::to_string(is.standing)}});
  if (derives_) {
    Derivation from = Evaluator(*this, *now_, locals).derivation(shown.value);
    if (!from.words.empty()) {
      json["words"] = std::move(from.words);
      json["numbers"] = std::move(from.numbers);
    }
  }
  return json;
}

Result<Json> Session::prose(const Prose& prose, const Locals& locals) {
  Json figures = Json::array();
  for (const Shown& shown : prose.figures) {
    if (observer_ != nullptr) {
      RECKON_ASSIGN(const Value is, value(shown.value, locals));
      observer_->figure(shown, is);
    }
    RECKON_ASSIGN(Json one, figure(shown, locals));
    figures.push_back(std::move(one));
  }
  return object_of({{"markdown", prose.markdown}, {"figures", std::move(figures)}});
}

Result<std::string> Session::label(const Prose& prose, const Locals& locals) {
  std::string out;
  std::string_view rest = prose.markdown;
  for (std::size_t i = 0; i < prose.figures.size(); ++i) {
    const Shown& shown = prose.figures[i];
    const std::string mark = "⟦" + std::to_string(i) + "⟧";
    const std::size_t at = rest.find(mark);
    RECKON_ASSIGN(const Evaluated is, evaluate(shown.value, locals));
    RECKON_ASSIGN(const std::string text, show(is.value, shown.format, shown.value.place));
    if (at == std::string_view::npos) continue;
    out += rest.substr(0, at);
    out += text;
    rest.remove_prefix(at + mark.size());
  }
  return out.append(rest);
}

Result<bool> Session::first_holds_at(const FoundFirst& found, double x) {
  Settings controls = now_->controls;
  controls[found.call->args[0].text] = x;
  Expression condition;
  condition.root = found.call->args[3];
  RECKON_ASSIGN(const Evaluated is,
                Evaluator(*this, world(std::move(controls))).evaluated(condition));
  return is.value.boolean() != nullptr && *is.value.boolean();
}

Result<int> Session::case_of(const Text& text, const Locals& locals) {
  for (std::size_t i = 0; i < text.cases.size(); ++i) {
    const auto& when = text.cases[i].when;
    if (!when) return static_cast<int>(i);
    RECKON_ASSIGN(const bool here, holds(*when, locals));
    if (here) return static_cast<int>(i);
  }
  return -1;
}

Result<Json> Session::text(const Text& text, const Locals& locals) {
  RECKON_ASSIGN(const int at, case_of(text, locals));
  if (observer_ != nullptr) observer_->text(text, at);
  if (at < 0) return Json(nullptr);
  return prose(text.cases[static_cast<std::size_t>(at)].prose, locals);
}

}  // namespace reckon::lab

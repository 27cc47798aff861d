// The document of a lab: all that never changes while a student works, evaluated with every control
// at its default.
#include "lab/evaluate.h"
#include "lab/instrument_value.h"

namespace reckon::lab {
namespace {

Result<Json> text_or_empty(Session& session, const Text& text) {
  RECKON_ASSIGN(Json json, session.text(text));
  return json.is_null() ? empty_text() : std::move(json);
}

Result<Json> control_json(Session& session, const Control& control) {
  RECKON_ASSIGN(const std::string label, session.label(control.label));
  RECKON_ASSIGN(const std::string help, session.label(control.help));
  Json json = object_of({{"id", control.id},
                         {"type", to_string(control.type)},
                         {"label", label},
                         {"default", control.default_value.to_json()},
                         {"help", help}});
  if (!control.options.empty()) {
    json["options"] = Json::array();
    for (const Control::Option& option : control.options) {
      RECKON_ASSIGN(const std::string name, session.label(option.label));
      json["options"].push_back(object_of({{"value", option.value.to_json()}, {"label", name}}));
    }
  }
  if (control.type == ControlType::range) {
    json["min"] = json_number(control.min);
    json["max"] = json_number(control.max);
    json["step"] = json_number(control.step);
    json["scale"] = control.logarithmic ? "log" : "linear";
    json["plays"] = control.plays;
  }
  if (control.type == ControlType::constant) {
    json["standing"] = reckon::to_string(control.standing);
    json["source"] = control.source;
    json["min"] = json_number(control.min);
    json["max"] = json_number(control.max);
    json["step"] = json_number(control.step);
  }
  return json;
}

Result<Json> field_json(Session& session, const Field& field) {
  static constexpr std::string_view types[] = {"choice", "number", "text"};
  RECKON_ASSIGN(const std::string label, session.label(field.label));
  Json json = {
      {"id", field.id}, {"type", types[static_cast<std::size_t>(field.type)]}, {"label", label}};
  if (field.type == FieldType::choice) {
    json["options"] = Json::array();
    for (const Field::Option& option : field.options) {
      RECKON_ASSIGN(const std::string name, session.label(option.label));
      json["options"].push_back(object_of({{"id", option.id}, {"label", name}}));
    }
  } else if (field.type == FieldType::number) {
    json["units"] = Json::array();
    for (const Field::Unit& unit : field.units)
      json["units"].push_back(
          object_of({{"label", unit.label}, {"factor", json_number(unit.factor)}}));
    json["min"] = field.min ? json_number(*field.min) : Json(nullptr);
    json["max"] = field.max ? json_number(*field.max) : Json(nullptr);
  } else {
    json["max_length"] = field.max_length;
  }
  return json;
}

Result<Json> question_json(Session& session, const Question& question) {
  RECKON_ASSIGN(Json prompt, text_or_empty(session, question.prompt));
  Json fields = Json::array();
  for (const Field& field : question.fields) {
    RECKON_ASSIGN(Json one, field_json(session, field));
    fields.push_back(std::move(one));
  }
  return object_of({{"id", question.id},
                    {"prompt", std::move(prompt)},
                    {"fields", std::move(fields)},
                    {"optional", question.optional},
                    {"lock_label", question.lock_label}});
}

Result<Json> questions_json(Session& session, const std::vector<Question>& questions) {
  Json json = Json::array();
  for (const Question& question : questions) {
    RECKON_ASSIGN(Json one, question_json(session, question));
    json.push_back(std::move(one));
  }
  return json;
}

Result<Json> act_json(Session& session, const Act& act) {
  Json json = object_of({{"id", act.id},
                         {"title", act.title},
                         {"minutes", json_number(act.minutes)},
                         {"reveal", object_of({{"id", act.id + ".reveal"}})}});
  RECKON_ASSIGN(json["intro"], text_or_empty(session, act.intro));
  RECKON_ASSIGN(json["prediction"], question_json(session, act.prediction));
  RECKON_ASSIGN(json["reflections"], questions_json(session, act.reflections));
  RECKON_ASSIGN(json["decisions"], questions_json(session, act.decisions));
  json["instruments"] = Json::array();
  for (const Instrument& instrument : act.instruments) {
    RECKON_ASSIGN(Json intro, text_or_empty(session, instrument.intro));
    json["instruments"].push_back(object_of({{"id", instrument.id},
                                             {"type", instrument.type},
                                             {"title", instrument.title},
                                             {"intro", std::move(intro)},
                                             {"controls", instrument.controls}}));
  }
  json["peeks"] = Json::array();
  for (const Peek& peek : act.peeks) {
    RECKON_ASSIGN(Json text, text_or_empty(session, peek.text));
    json["peeks"].push_back(
        object_of({{"id", peek.id}, {"title", peek.title}, {"text", std::move(text)}}));
  }
  return json;
}

}  // namespace

Result<Json> document(const Lab& lab, const Faculties& faculties) {
  Session session(lab, faculties, {}, {});
  RECKON_TRY(session.begin());
  session.derive();
  Json json = object_of(
      {{"schema", 1},
       {"id", lab.id},
       {"chapter", lab.chapter},
       {"title", lab.title},
       {"minutes", Json::array({json_number(lab.minutes_from), json_number(lab.minutes_to)})},
       {"engine", faculties.engine_version},
       {"textbook", lab.textbook}});
  RECKON_ASSIGN(json["intro"], text_or_empty(session, lab.intro));
  RECKON_ASSIGN(json["closing"], text_or_empty(session, lab.closing));
  json["opening"] = nullptr;
  if (lab.opening) {
    RECKON_ASSIGN(json["opening"], shaped_value(session, opening_shapes(), *lab.opening));
  }
  json["controls"] = Json::array();
  for (const Control& control : lab.controls) {
    RECKON_ASSIGN(Json one, control_json(session, control));
    json["controls"].push_back(std::move(one));
  }
  json["acts"] = Json::array();
  for (const Act& act : lab.acts) {
    RECKON_ASSIGN(Json one, act_json(session, act));
    json["acts"].push_back(std::move(one));
  }
  Json keys = Json::array();
  for (const LedgerKey& key : lab.ledger_keys) keys.push_back(key.name);
  json["ledger"] = object_of({{"file_name", lab.ledger_file_name}, {"keys", std::move(keys)}});
  return json;
}

}  // namespace reckon::lab

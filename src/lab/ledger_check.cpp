#include "lab/ledger_check.h"

#include "lab/ledger.h"

namespace reckon::lab {
namespace {

// The entries of a student who does everything there is to do, or only locks the predictions.
Json story(const Lab& lab, bool all) {
  Json entries = Json::array();
  const auto add = [&](const char* kind, const std::string& element, Json value) {
    entries.push_back(Json{{"at", "2026-01-01T00:00:00Z"},
                           {"kind", kind},
                           {"element", element},
                           {"value", std::move(value)}});
  };
  const auto answer = [&](const char* kind, const Question& question) {
    Json fields = Json::object();
    for (const Field& field : question.fields)
      fields[field.id] = field.type == FieldType::choice   ? Json(field.options[0].id)
                         : field.type == FieldType::number ? json_number(field.min.value_or(1))
                                                           : Json("A sentence.");
    add(kind, question.id, std::move(fields));
  };
  for (const Act& act : lab.acts) {
    answer("lock", act.prediction);
    if (!all) continue;
    for (const Instrument& one : act.instruments) {
      for (const std::string& id : one.controls)
        add("move", id, lab.control(id)->default_value.to_json());
      if (one.type == "activations") add("measure", one.id, Json::object());
      if (one.type == "challenge")
        add("commit", one.id,
            lab.control(one.body.part("variable")->word)->default_value.to_json());
    }
    for (const Question& question : act.reflections) answer("answer", question);
    for (const Question& question : act.decisions) answer("decision", question);
  }
  return entries;
}

// What a ledger holds before the acts are done is what the student did, and no answer.
void check_early(const Lab& lab, const Faculties& faculties, bool locked,
                 std::vector<std::string>& problems) {
  const auto ledger = make_ledger(lab, faculties, locked ? story(lab, false) : Json::array());
  if (!ledger) {
    problems.push_back("ledger: " + ledger.error().message);
    return;
  }
  const auto told = [&](const LedgerKey& key, const Json& value) {
    const bool is_own = locked && !answer_path(key.value.root).empty();
    if (!value.is_null() && !is_own)
      problems.push_back(key.value.place.text() + ": the ledger tells '" + key.name +
                         "' to a student who has done nothing for it: say 'after'");
  };
  for (const LedgerKey& key : lab.ledger_keys) told(key, *ledger->find(key.name));
  const Json& computed = *ledger->find("evidence")->find("computed");
  for (const LedgerKey& key : lab.ledger_computed)
    if (computed.contains(key.name)) told(key, computed[key.name]);
}

}  // namespace

std::vector<std::string> ledger_problems(const Lab& lab, const Faculties& faculties) {
  std::vector<std::string> problems;
  check_early(lab, faculties, /*locked=*/false, problems);
  check_early(lab, faculties, /*locked=*/true, problems);
  const auto ledger = make_ledger(lab, faculties, story(lab, true));
  if (!ledger) {
    problems.push_back("ledger: " + ledger.error().message + " (" + ledger.error().where + ")");
    return problems;
  }
  for (const LedgerKey& key : lab.ledger_keys)
    if (ledger->find(key.name)->is_null())
      problems.push_back(key.value.place.text() + ": the ledger's '" + key.name +
                         "' has no value when everything is answered");
  const auto verdict = verify_ledger(lab, faculties, *ledger);
  if (!verdict || !verdict->whole)
    problems.push_back("ledger: its own verification refuses it" +
                       (verdict ? ": " + verdict->finding : std::string()));
  return problems;
}

}  // namespace reckon::lab

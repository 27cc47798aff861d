#include "lab/ledger_story.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace reckon::lab {
namespace {

// What the entries so far make of the lab.
struct Story {
  Settings controls;
  std::set<std::string> answered;  // questions
  std::string last_at;             // without its Z, so that a later one is the greater text
  std::set<std::string> explored;  // acts in which something was moved or measured
};

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::bad_argument, std::move(message));
}

bool has_control(const Instrument& instrument, std::string_view id) {
  if (std::ranges::find(instrument.controls, id) != instrument.controls.end()) return true;
  // Constants stand in the rows of cards.
  const Part* const rows = instrument.body.part("row");
  if (rows == nullptr) return false;
  for (const Part& row : rows->parts)
    if (const Part* const constant = row.part("constant"))
      if (constant->value.text.find(id) != std::string::npos) return true;
  return false;
}

bool is_open(const Act& act, const Story& story) {
  return story.answered.contains(act.prediction.id);
}

// The page shows a control in the acts whose predictions are locked, and nowhere else.
Status apply_move(const Lab& lab, const std::string& control, const Json& value, Story& story) {
  Json moved = Json::object();
  moved[control] = value;
  auto read = read_settings(lab, moved, "controls");
  if (!read) return wrong(read.error().message);
  bool shown = false;
  for (const Act& act : lab.acts) {
    if (!is_open(act, story)) continue;
    for (const Instrument& one : act.instruments)
      if (has_control(one, control)) {
        shown = true;
        story.explored.insert(act.id);
      }
  }
  if (!shown) return wrong("'" + control + "' is moved before any prediction beside it is locked");
  story.controls[control] = read->begin()->second;
  return {};
}

// What is asked in an act comes behind its lock and its instruments.
Status apply_answer(const Act& act, const Question& question, std::string_view kind,
                    const Story& story) {
  const auto in = [&](const std::vector<Question>& questions) {
    return std::ranges::any_of(questions, [&](const Question& q) { return &q == &question; });
  };
  const std::string_view of_it = &question == &act.prediction ? "lock"
                                 : in(act.reflections)        ? "answer"
                                                              : "decision";
  if (kind != of_it) return wrong("'" + question.id + "' takes the kind " + std::string(of_it));
  if (story.answered.contains(question.id))
    return wrong("'" + question.id + "' is " + (kind == "lock" ? "locked" : "answered") +
                 " a second time");
  if (kind == "lock") return {};
  if (!is_open(act, story))
    return wrong("'" + question.id + "' is answered before its act's prediction is locked");
  const bool can_explore = std::ranges::any_of(act.instruments, [](const Instrument& one) {
    return !one.controls.empty() || one.type == "activations";
  });
  if (can_explore && !story.explored.contains(act.id))
    return wrong("'" + question.id + "' is answered before anything in its act was moved");
  if (kind == "decision")
    for (const Question& asked : act.reflections)
      if (!asked.optional && !story.answered.contains(asked.id))
        return wrong("'" + question.id + "' is decided before '" + asked.id + "' is answered");
  return {};
}

// A challenge is committed where its variable stands.
Status apply_commit(const Lab& lab, const Act& act, const Instrument& challenge, const Json& fields,
                    const Story& story) {
  if (challenge.type != "challenge") return wrong("'" + challenge.id + "' is no challenge");
  if (!is_open(act, story))
    return wrong("'" + challenge.id + "' is committed before its act's prediction is locked");
  const std::string& variable = challenge.body.part("variable")->word;
  const auto moved = story.controls.find(variable);
  const Value stands =
      moved == story.controls.end() ? lab.control(variable)->default_value : moved->second;
  if (const auto value = fields.find("committed");
      value != fields.end() && Value::of(*value) == stands)
    return {};
  return wrong("'" + challenge.id + "' is committed where " + variable + " did not stand: at " +
               stands.to_json().dump());
}

Status apply_entry(const Lab& lab, const Json& entry, Story& story) {
  std::string at = entry["at"].get<std::string>();
  at.pop_back();
  if (at < story.last_at) return wrong("the time runs backwards here");
  story.last_at = std::move(at);
  const std::string element = entry["element"].get<std::string>();
  const std::string kind = entry["kind"].get<std::string>();
  if (kind == "move") return apply_move(lab, element, entry["value"], story);
  Json fields = entry["value"];
  if (kind == "commit" && !fields.is_object()) fields = object_of({{"committed", entry["value"]}});
  for (const Act& act : lab.acts) {
    for (const Instrument& instrument : act.instruments) {
      if (instrument.id != element) continue;
      if (kind == "measure") {
        if (!is_open(act, story))
          return wrong("'" + element + "' is measured before its act's prediction is locked");
        story.explored.insert(act.id);
        return {};
      }
      RECKON_TRY(apply_commit(lab, act, instrument, fields, story));
    }
    const auto apply = [&](const Question& question) -> Status {
      return question.id == element ? apply_answer(act, question, kind, story) : Status();
    };
    RECKON_TRY(apply(act.prediction));
    for (const Question& question : act.reflections) RECKON_TRY(apply(question));
    for (const Question& question : act.decisions) RECKON_TRY(apply(question));
  }
  if (kind == "measure")
    return wrong("there is no instrument " + quoted(std::string_view(element)));
  story.answered.insert(element);
  return {};
}

}  // namespace

Status check_story(const Lab& lab, const Json& entries) {
  Story story;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (Status possible = apply_entry(lab, entries[i], story); !possible)
      return wrong("entry " + std::to_string(i + 1) + " of " + std::to_string(entries.size()) +
                   ": " + possible.error().message);
  return {};
}

}  // namespace reckon::lab

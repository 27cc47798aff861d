#include "lab/check.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "lab/evaluate.h"
#include "lab/instrument_value.h"
#include "lab/lattice.h"
#include "lab/ledger_check.h"

namespace reckon::lab {
namespace {

constexpr std::size_t most_problems = 100;

class Checker {
 public:
  Checker(const Lab& lab, const Faculties& faculties) : lab_(lab), faculties_(faculties) {
    observer_.text = [this](const Text& text, int chosen) { seen(text, chosen); };
    observer_.figure = [this](const Shown& shown, const Value& value) { figure(shown, value); };
  }

  Result<Report> run() {
    for (const std::string& warning : lab_.warnings) problem(warning);
    RECKON_ASSIGN(const Json begins, document(lab_, faculties_));
    find_empty(begins, "the document");
    check_figures();
    check_ids();
    for (const Act& act : lab_.acts) check_act(act);
    check_claims();
    for (std::string& one : ledger_problems(lab_, faculties_)) problem(std::move(one));
    check_firsts();
    return std::move(report_);
  }

 private:
  // Seen so far of a text: by case, and whether it was silent.
  struct Coverage {
    std::map<int, std::string> witnesses;
  };

  void problem(std::string what) {
    if (report_.problems.size() < most_problems) report_.problems.push_back(std::move(what));
  }
  void seen(const Text& text, int chosen) {
    coverage_[&text].witnesses.emplace(chosen, witness(lab_, *state_));
  }
  void figure(const Shown& shown, const Value& value) {
    if (shown_.insert(&shown).second) ++report_.n_figures;
    if (value.is_null() && empty_.insert(&shown).second)
      problem(shown.value.place.text() + ": the figure '" + shown.value.text +
              "' has no value where " + witness(lab_, *state_));
  }

  // Figures of a finished answer that have no value.
  void find_empty(const Json& json, const std::string& where) {
    if (json.is_object() && json.contains("expression") && json.contains("value") &&
        json.find("value")->is_null())
      problem(where + ": the figure " + json.find("expression")->dump() + " has no value");
    if (json.is_structured())
      for (const Json& one : json) find_empty(one, where);
  }

  // A state from which one move leads to the i-th: another control each time, from its default or
  // from where it stood in the state visited before; from the same state for the first.
  Settings move_before(const std::vector<State>& states, std::size_t i) const {
    Settings before = states[i].controls;
    if (before.empty() || i == 0) return before;
    auto moved = before.begin();
    std::advance(moved, static_cast<std::ptrdiff_t>(i % before.size()));
    const Value& begin = lab_.control(moved->first)->default_value;
    const bool at_default = moved->second == begin;
    moved->second = at_default ? states[i - 1].controls.find(moved->first)->second : begin;
    return before;
  }

  // Every named figure has a value as the lab begins, or waits for an answer.
  void check_figures() {
    const State begins;
    state_ = &begins;
    Session session(lab_, faculties_, {}, {});
    if (!session.begin()) return;
    for (const NamedFigure& one : lab_.figures)
      if (const auto value = session.value(one.value); !value)
        problem("the figure '" + one.name + "': " + value.error().message + " (" +
                value.error().where + ")");
    for (const FoundFirst& found : session.found_firsts())
      firsts_.emplace(found.call, std::pair(found, begins));
  }

  // Runs `visit` in every state that `needs` can tell apart; the state before is `previous`.
  template <class Visit>
  void in_every_state(const std::string& what, Dependencies needs, bool moves, Visit visit) {
    needs.close(lab_);
    const auto states = lattice(lab_, faculties_, needs);
    if (!states) {
      problem(what + ": " + states.error().message + " (" + states.error().where + ")");
      return;
    }
    for (std::size_t i = 0; i < states->size(); ++i) {
      state_ = &(*states)[i];
      std::optional<Settings> previous;
      if (moves) previous = move_before(*states, i);
      Session session(lab_, faculties_, state_->controls, state_->answers, previous);
      session.observe(&observer_);
      ++report_.n_states;
      Status status = session.begin();
      if (status) status = visit(session);
      for (const FoundFirst& found : session.found_firsts())
        if (firsts_.size() < 1000) firsts_.emplace(found.call, std::pair(found, *state_));
      if (!status) {
        problem(what + ": " + status.error().message + " (" + status.error().where + ") where " +
                witness(lab_, *state_));
        break;
      }
    }
  }

  // Each case of a text shows somewhere; an alert is silent somewhere too.
  void check_cases(const std::string& what, const Text& text, bool must_be_silent = false) {
    if (text.empty()) return;
    const Coverage& coverage = coverage_[&text];
    const bool conditional = text.cases.size() > 1 || text.cases[0].when || must_be_silent;
    if (!conditional) return;
    for (std::size_t i = 0; i < text.cases.size(); ++i) {
      const std::string name = what + ", case " + std::to_string(i + 1);
      const auto found = coverage.witnesses.find(static_cast<int>(i));
      if (found == coverage.witnesses.end())
        problem(text.cases[i].prose.place.text() + ": " + name + " is never reached");
      else
        report_.reached.push_back({name, found->second});
    }
    const auto silent = coverage.witnesses.find(-1);
    if (!must_be_silent) return;
    if (silent == coverage.witnesses.end())
      problem(text.cases[0].prose.place.text() + ": " + what + " never clears");
    else
      report_.reached.push_back({what + " clears", silent->second});
  }

  void check_parts(const std::string& what, const Part& part) {
    check_cases(what, part.prose);
    for (const Part& one : part.parts)
      check_parts(what + (one.shape == nullptr ? "" : "." + std::string(one.shape->key)), one);
  }

  void check_instrument(const Instrument& instrument) {
    Dependencies needs;
    needs.add(lab_, instrument.body);
    needs.add(lab_, instrument.note);
    needs.add(lab_, instrument.alert);
    needs.add(lab_, instrument.change);
    const auto visit = [&](Session& session) -> Status {
      RECKON_ASSIGN(const Json value, instrument_value(session, instrument));
      return {};
    };
    in_every_state(instrument.id, needs, /*moves=*/true, visit);
    check_cases(instrument.id + ": note", instrument.note);
    check_cases(instrument.id + ": alert", instrument.alert, /*must_be_silent=*/true);
    check_cases(instrument.id + ": change", instrument.change);
    check_parts(instrument.id, instrument.body);
    for (const std::string& id : instrument.controls) shown_controls_.insert(id);
    if (const Part* const rows = instrument.body.part("row"); instrument.type == "activations")
      for (const Part& row : rows->parts)
        if (const Part* const constant = row.part("constant"))
          for (const Control& control : lab_.controls)
            if (constant->value.text.find(control.id) != std::string::npos)
              shown_controls_.insert(control.id);
  }

  void check_choice(const Question& question, const Field& field) {
    const std::string name = question.id + "." + field.id;
    Dependencies needs;
    needs.answers.insert(name);
    for (const Field::Option& option : field.options) {
      if (option.correct) needs.add(lab_, option.correct->root);
      needs.add(lab_, option.why);
    }
    std::map<std::string, std::string> key_witness;
    in_every_state(name, needs, /*moves=*/false, [&](Session& session) -> Status {
      RECKON_ASSIGN(const Json json, feedback(session, question));
      int n_keys = 0;
      for (const Field::Option& option : field.options) {
        if (!option.correct) continue;
        RECKON_ASSIGN(const bool is_key, session.holds(*option.correct));
        if (!is_key) continue;
        ++n_keys;
        key_witness.emplace(option.id, witness(lab_, *state_));
      }
      if (field.graded() && n_keys != 1)
        return fail(ErrorCode::bad_argument, std::to_string(n_keys) + " options are right",
                    field.place.text());
      const Json& answered = json["fields"][field.id];
      if (answered["correct"] == false && answered["text"]["markdown"] == "")
        return fail(ErrorCode::bad_argument, "a wrong option has no explanation",
                    field.place.text());
      return {};
    });
    for (const Field::Option& option : field.options) {
      check_cases(name + "." + option.id, option.why);
      if (!option.correct) continue;
      const auto found = key_witness.find(option.id);
      if (found == key_witness.end())
        problem(option.place.text() + ": " + name + ": '" + option.id + "' is never the key");
      else
        report_.reached.push_back({name + ": '" + option.id + "' is the key", found->second});
    }
  }

  void check_value(const Question& question, const Field& field) {
    const std::string name = question.id + "." + field.id;
    Dependencies needs;
    needs.answers.insert(name);
    if (field.key) needs.add(lab_, field.key->root);
    if (field.tolerance) needs.add(lab_, field.tolerance->root);
    needs.add(lab_, field.why);
    std::map<bool, std::string> sides;
    in_every_state(name, needs, /*moves=*/false, [&](Session& session) -> Status {
      RECKON_ASSIGN(const Json json, feedback(session, question));
      const Json& answered = json["fields"][field.id];
      if (answered["correct"].is_boolean())
        sides.emplace(answered["correct"].get<bool>(), witness(lab_, *state_));
      if (field.key && answered["text"]["markdown"] == "")
        return fail(ErrorCode::bad_argument, "an answer is not explained", field.place.text());
      return {};
    });
    check_cases(name + ": why", field.why);
    if (!field.key) return;
    for (const bool right : {true, false}) {
      const std::string what = name + (right ? ": a right answer" : ": a wrong answer");
      if (const auto found = sides.find(right); found != sides.end())
        report_.reached.push_back({what, found->second});
      else
        problem(field.place.text() + ": " + what + " is impossible");
    }
  }

  void check_question(const Question& question) {
    for (const Field& field : question.fields)
      field.type == FieldType::choice ? check_choice(question, field)
                                      : check_value(question, field);
  }

  void check_act(const Act& act) {
    check_question(act.prediction);
    for (const Instrument& instrument : act.instruments) check_instrument(instrument);
    Dependencies needs;
    needs.add(lab_, act.reveal);
    if (act.drawn) needs.add(lab_, *act.drawn);
    for (const Field& field : act.prediction.fields)
      needs.answers.insert(act.prediction.id + "." + field.id);
    in_every_state(act.id + ".reveal", needs, /*moves=*/false, [&](Session& session) -> Status {
      RECKON_ASSIGN(const Json text, session.text(act.reveal));
      if (text.is_null())
        return fail(ErrorCode::bad_argument, "nothing is revealed",
                    act.reveal.cases[0].prose.place.text());
      if (!act.drawn) return {};
      RECKON_ASSIGN(const Json drawn, shaped_value(session, drawn_shapes(), *act.drawn));
      for (const char* end : {"guess", "truth"})
        if (!drawn.find(end)->find("value")->is_number())
          return fail(ErrorCode::bad_argument, "what is drawn is two numbers",
                      act.drawn->place.text());
      return {};
    });
    check_cases(act.id + ".reveal", act.reveal);
    for (const Question& question : act.reflections) check_question(question);
    for (const Question& question : act.decisions) check_question(question);
  }

  void check_ids() {
    std::set<std::string> ids = {lab_.id};
    for (const Act& act : lab_.acts) {
      ids.insert(act.id);
      ids.insert(act.id + ".reveal");
      for (const Instrument& one : act.instruments) ids.insert(one.id);
      for (const Peek& one : act.peeks) ids.insert(one.id);
    }
    for (const Question* question : lab_.questions()) ids.insert(question->id);
    for (const Claim& claim : lab_.claims)
      if (!ids.contains(claim.element))
        problem(claim.place.text() + ": claim '" + claim.id + "' is about '" + claim.element +
                "', which is no element");
  }

  void check_claims() {
    in_every_state("claims", {}, /*moves=*/false, [&](Session& session) -> Status {
      RECKON_ASSIGN(const Json json, traceability(session));
      for (const Json& claim : json["claims"]) find_empty(claim["computed"], "a claim");
      for (const Claim& claim : lab_.claims) {
        RECKON_ASSIGN(const Locals locals, claim_locals(session, claim));
        RECKON_ASSIGN(const std::string verdict, verdict_of(session, claim, locals));
        ++report_.n_claims;
        if (verdict != claim.verdict)
          problem(claim.place.text() + ": claim '" + claim.id + "': the engine says '" + verdict +
                  "', the lab expects '" + claim.verdict + "'");
      }
      return {};
    });
    for (const Claim& claim : lab_.claims) check_cases("claim " + claim.id, claim.text);
    for (const Control& control : lab_.controls)
      if (!shown_controls_.contains(control.id))
        problem(control.place.text() + ": no instrument shows the control '" + control.id + "'");
  }

  // The condition of a first() changes once: it is false before and true from there on. All values
  // of a short range, else those near the change and some hundreds spread over the rest.
  void check_firsts() {
    for (const auto& [call, about] : firsts_) {
      const auto& [found, state] = about;
      ++report_.n_firsts;
      std::set<double> at;
      constexpr double all = 2048, near = 64, spread = 400;
      const double n_values = (found.high - found.low) / found.step;
      const double n_at = (found.at - found.low) / found.step;
      for (double n = 0; n <= n_values && n_values <= all; ++n) at.insert(n);
      for (double n = n_at - near; n <= n_at + near; ++n)
        if (n >= 0 && n <= n_values) at.insert(n);
      for (double i = 0; i <= spread; ++i) at.insert(std::floor(n_values * i / spread));
      Session session(lab_, faculties_, state.controls, state.answers);
      if (!session.begin()) continue;
      for (const double n : at) {
        const double x = found.low + n * found.step;
        const auto holds = session.first_holds_at(found, x);
        if (holds && *holds == (x >= found.at)) continue;
        problem(call->place.text() + ": the condition of first() does not change once, at " +
                json_number(found.at).dump() + ": see " + json_number(x).dump());
        break;
      }
    }
  }

  const Lab& lab_;
  const Faculties& faculties_;
  Observer observer_;
  Report report_;
  const State* state_ = nullptr;
  std::map<const Text*, Coverage> coverage_;
  std::set<const Shown*> shown_, empty_;
  std::set<std::string> shown_controls_;
  std::map<const Expr*, std::pair<FoundFirst, State>> firsts_;
};

}  // namespace

Result<Report> check(const Lab& lab, const Faculties& faculties) {
  return Checker(lab, faculties).run();
}

}  // namespace reckon::lab

#include "lab/evaluate.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "lab/instrument_value.h"

namespace reckon::lab {
namespace {

std::unexpected<Error> bad(std::string message, std::string where) {
  return fail(ErrorCode::bad_argument, std::move(message), std::move(where));
}

Result<Json> choice_feedback(Session& session, const Field& field, const Value& given) {
  Json key;
  Json text = empty_text();
  std::optional<bool> correct;
  for (const Field::Option& option : field.options) {
    bool is_key = false;
    if (option.correct) {
      RECKON_ASSIGN(is_key, session.holds(*option.correct));
    }
    if (is_key && key.is_null()) key = option.id;
    if (given.text() == nullptr || option.id != *given.text()) continue;
    if (field.graded()) correct = is_key;
    RECKON_ASSIGN(Json why, session.text(option.why));
    if (!why.is_null()) text = std::move(why);
  }
  return object_of({{"correct", correct ? Json(*correct) : Json(nullptr)},
                    {"text", std::move(text)},
                    {"key", std::move(key)}});
}

Result<Json> value_feedback(Session& session, const Field& field, const Value& given) {
  Value key;
  Json correct;
  if (field.key) {
    RECKON_ASSIGN(key, session.value(*field.key));
    double tolerance = 0;
    if (field.tolerance) {
      RECKON_ASSIGN(const Value share, session.value(*field.tolerance));
      if (share.number() != nullptr) tolerance = *share.number();
    }
    if (key.number() != nullptr && given.number() != nullptr)
      correct = std::abs(*given.number() - *key.number()) <= tolerance * std::abs(*key.number());
  }
  RECKON_ASSIGN(Json text, session.text(field.why, {{"given", given}, {"key", key}}));
  return object_of({{"correct", std::move(correct)},
                    {"text", text.is_null() ? empty_text() : std::move(text)},
                    {"key", key.to_json()}});
}

// The elements that are asked for.
class Wanted {
 public:
  static Result<Wanted> read(const Json& question) {
    Wanted wanted;
    const auto found = question.find("elements");
    if (found == question.end() || found->is_null()) return wanted;
    wanted.all_ = false;
    if (!found->is_array()) return bad("a list of ids is expected", "elements");
    for (const Json& id : *found) {
      if (!id.is_string()) return bad("a list of ids is expected", "elements");
      wanted.ids_.push_back(id.get<std::string>());
    }
    return wanted;
  }
  bool has(const std::string& act, const std::string& id) {
    if (all_) return true;
    bool found = false;
    for (std::size_t i = 0; i < ids_.size(); ++i)
      if (ids_[i] == id || ids_[i] == act) {
        seen_.push_back(ids_[i]);
        found = true;
      }
    return found;
  }
  // An id that nothing has.
  Status check() const {
    for (const std::string& id : ids_)
      if (std::find(seen_.begin(), seen_.end(), id) == seen_.end())
        return bad("there is no element " + quoted(std::string_view(id)), "elements");
    return {};
  }
  bool names(std::string_view id) {
    const bool found = std::find(ids_.begin(), ids_.end(), id) != ids_.end();
    if (found) seen_.emplace_back(id);
    return found;
  }

 private:
  bool all_ = true;
  std::vector<std::string> ids_, seen_;
};

Result<Json> reveal_of(Session& session, const Act& act) {
  RECKON_ASSIGN(Json text, session.text(act.reveal));
  Json drawn;
  if (act.drawn) {
    RECKON_ASSIGN(drawn, shaped_value(session, drawn_shapes(), *act.drawn));
  }
  return object_of({{"type", "reveal"},
                    {"text", text.is_null() ? empty_text() : std::move(text)},
                    {"drawn", std::move(drawn)}});
}

// Elements that were asked for, and in `failed` what was wrong with one: it stops no other.
class Elements {
 public:
  Elements(Session& session, Wanted& wanted) : session_(session), wanted_(wanted) {}

  void add(const Act& act) {
    const std::string reveal = act.id + ".reveal";
    if (wanted_.has(act.id, reveal) && session_.answers().contains(act.prediction.id))
      put(reveal, [&] { return reveal_of(session_, act); });
    add(act, act.prediction);
    for (const Question& question : act.reflections) add(act, question);
    for (const Question& question : act.decisions) add(act, question);
    for (const Instrument& instrument : act.instruments)
      if (wanted_.has(act.id, instrument.id))
        put(instrument.id, [&] { return instrument_value(session_, instrument); });
  }
  template <class Make>
  void put(const std::string& id, Make make) {
    session_.begin_element();
    if (Result<Json> value = make())
      values[id] = *std::move(value);
    else
      failed[id] = object_of({{"message", value.error().message}, {"where", value.error().where}});
  }

  Json values = Json::object(), failed = Json::object();

 private:
  void add(const Act& act, const Question& question) {
    if (wanted_.has(act.id, question.id) && session_.answers().contains(question.id))
      put(question.id, [&] { return feedback(session_, question); });
  }

  Session& session_;
  Wanted& wanted_;
};

}  // namespace

Result<Json> feedback(Session& session, const Question& question) {
  Json fields = Json::object();
  const auto& answer = session.answers().find(question.id)->second;
  for (const Field& field : question.fields) {
    const auto given = answer.find(field.id);
    if (given == answer.end()) continue;
    if (field.type == FieldType::choice) {
      RECKON_ASSIGN(fields[field.id], choice_feedback(session, field, given->second));
    } else {
      RECKON_ASSIGN(fields[field.id], value_feedback(session, field, given->second));
    }
  }
  return object_of({{"type", "feedback"}, {"fields", std::move(fields)}});
}

Result<Locals> claim_locals(Session& session, const Claim& claim) {
  Locals locals;
  if (claim.textbook) {
    RECKON_ASSIGN(Value textbook, session.value(claim.textbook->value));
    locals.emplace_back("textbook", std::move(textbook));
  } else {
    locals.emplace_back("textbook", Value());
  }
  Value computed;
  if (claim.computed) {
    RECKON_ASSIGN(computed, session.value(claim.computed->value));
  }
  locals.emplace_back("computed", std::move(computed));
  return locals;
}

Result<std::string> verdict_of(Session& session, const Claim& claim, const Locals& locals) {
  if (!claim.holds) return "to be measured";
  RECKON_ASSIGN(const bool holds, session.holds(*claim.holds, locals));
  if (holds) return "holds";
  if (!claim.only_if) return "does not hold";
  RECKON_ASSIGN(const bool only_if, session.holds(*claim.only_if, locals));
  return only_if ? "holds only if" : "does not hold";
}

Result<Json> traceability(Session& session) {
  Json claims = Json::array();
  for (const Claim& claim : session.lab().claims) {
    RECKON_ASSIGN(const Locals locals, claim_locals(session, claim));
    Json one = object_of({{"id", claim.id}, {"element", claim.element}, {"textbook", nullptr}});
    RECKON_ASSIGN(const std::string sentence, session.label(claim.claim, locals));
    one["claim"] = sentence;
    if (claim.textbook) {
      RECKON_ASSIGN(one["textbook"], session.figure(*claim.textbook, locals));
    }
    one["computed"] = nullptr;
    if (claim.computed) {
      RECKON_ASSIGN(one["computed"], session.figure(*claim.computed, locals));
    }
    RECKON_ASSIGN(one["verdict"], verdict_of(session, claim, locals));
    RECKON_ASSIGN(Json text, session.text(claim.text, locals));
    one["text"] = text.is_null() ? empty_text() : std::move(text);
    one["source"] = claim.source;
    if (!claim.measure.empty()) one["measure"] = claim.measure;
    claims.push_back(std::move(one));
  }
  return object_of({{"type", "traceability"}, {"claims", std::move(claims)}});
}

Result<Json> evaluate(const Lab& lab, const Faculties& faculties, const Json& question) {
  static constexpr std::string_view keys[] = {"question", "controls", "answers",
                                              "elements", "previous", "derive"};
  for (const auto& [key, value] : question.items())
    if (std::find(std::begin(keys), std::end(keys), key) == std::end(keys))
      return bad("a question has no key " + quoted(std::string_view(key)) + did_you_mean(key, keys),
                 "question");
  const auto part = [&](const char* key) {
    const auto found = question.find(key);
    return found == question.end() ? Json(nullptr) : *found;
  };
  RECKON_ASSIGN(Settings controls, read_settings(lab, part("controls"), "controls"));
  RECKON_ASSIGN(Answers answers, read_answers(lab, part("answers")));
  std::optional<Settings> previous;
  if (const Json before = part("previous"); !before.is_null()) {
    RECKON_ASSIGN(previous, read_settings(lab, before, "previous"));
  }
  RECKON_ASSIGN(Wanted wanted, Wanted::read(question));
  Session session(lab, faculties, std::move(controls), std::move(answers), std::move(previous));
  RECKON_TRY(session.begin());
  if (part("derive") == true) session.derive();
  Elements elements(session, wanted);
  for (const Act& act : lab.acts) elements.add(act);
  if (wanted.names("traceability"))
    elements.put("traceability", [&] { return traceability(session); });
  RECKON_TRY(wanted.check());
  Json allowed = Json::object();
  RECKON_ASSIGN(const auto options, session.allowed());
  for (const auto& [id, values] : options) {
    Json list = Json::array();
    for (const Value& value : values) list.push_back(value.to_json());
    allowed[id] = std::move(list);
  }
  return object_of({{"elements", std::move(elements.values)},
                    {"failed", std::move(elements.failed)},
                    {"allowed", std::move(allowed)}});
}

}  // namespace reckon::lab

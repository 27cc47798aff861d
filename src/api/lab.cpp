#include "api/lab.h"

#include <nlohmann/json.hpp>

#include "api/answer.h"
#include "api/lab_format.h"
#include "api/lab_state.h"
#include "base/text.h"
#include "base/version.h"
#include "lab/evaluate.h"
#include "lab/ledger.h"
#include "questions/unit_inquiry.h"
#include "report/pages.h"
#include "report/silicon_pages.h"

namespace reckon {
namespace {

using lab::Json;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Training goes on where it was asked for fewer steps before.
Status answer_training(TrainerStore& store, const Json& question, SeeAnswer see) {
  RECKON_ASSIGN(const TrainingAsked asked, [&]() -> Result<TrainingAsked> {
    RECKON_ASSIGN(const Asked read, asked_in(question));
    return training_asked(read);
  }());
  Json whole = question;
  whole.erase("steps");
  const std::string key = dumped(whole);
  std::optional<Trainer> trainer = store.take(key);
  if (!trainer) {
    RECKON_ASSIGN(trainer, Trainer::make(asked.experiment));
  }
  RECKON_TRY(trainer->run_to(asked.steps));
  WholeAnswer(training_field, {*trainer, asked.steps})(see);
  store.put(key, *std::move(trainer));
  return {};
}

Result<lab::Value> ask(const OpenLab::State& state, std::string_view network,
                       const Json& question) {
  const std::string key = std::string(network) + "\n" + dumped(question);
  if (lab::Value known = state.store.find(key); !known.is_null()) return known;
  std::shared_ptr<const Model> model;
  if (!network.empty()) model = state.networks.find(network)->second;
  lab::Value known;
  auto read = [&](SeeAnswer::Parts parts) { known = lab::Value::of(parts); };
  RECKON_TRY(question["question"] == "training" ? answer_training(state.trainers, question, read)
                                                : answer(std::move(model), question, read));
  state.store.add(key, known);
  return known;
}

Result<std::string> try_answer(const OpenLab::State& state, std::string_view text) {
  constexpr std::size_t longest_question_bytes = std::size_t{4} << 20;
  if (text.size() > longest_question_bytes)
    return fail(ErrorCode::limit, "the question is longer than 4 MiB", "question");
  const Json question = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  static constexpr std::string_view kinds[] = {"document", "evaluate", "ledger"};
  if (!question.is_object() || !question.contains("question") ||
      !question.find("question")->is_string())
    return fail(ErrorCode::bad_argument,
                "a question is a JSON object, such as {\"question\":\"document\"}", "question");
  const std::string kind = question.find("question")->get<std::string>();
  if (kind == "document") {
    RECKON_ASSIGN(const Json json, lab::document(*state.lab, state.faculties));
    return dumped(json);
  }
  if (kind == "evaluate") {
    RECKON_ASSIGN(const Json json, lab::evaluate(*state.lab, state.faculties, question));
    return dumped(json);
  }
  if (kind == "ledger") {
    const auto entries = question.find("entries");
    RECKON_ASSIGN(const Json json,
                  lab::make_ledger(*state.lab, state.faculties,
                                   entries == question.end() ? Json(nullptr) : *entries));
    return dumped(json);
  }
  return fail(ErrorCode::bad_argument,
              "a lab has no question " + quoted(std::string_view(kind)) + did_you_mean(kind, kinds),
              "question");
}

}  // namespace

lab::Value AnswerStore::find(const std::string& key) const {
  const Hold hold(flag_);
  const auto found = answers_.find(key);
  return found == answers_.end() ? lab::Value() : found->second;
}

std::optional<Trainer> TrainerStore::take(const std::string& key) {
  const Hold hold(flag_);
  auto node = trainers_.extract(key);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

void TrainerStore::put(const std::string& key, Trainer trainer) {
  constexpr std::size_t most_trainers = 64;
  const Hold hold(flag_);
  if (trainers_.size() >= most_trainers) trainers_.clear();
  trainers_.insert_or_assign(key, std::move(trainer));
}

void AnswerStore::add(const std::string& key, const lab::Value& answer) {
  constexpr std::size_t most_values = std::size_t{1} << 20;
  const std::size_t n_values = answer.size();
  const Hold hold(flag_);
  if (n_values_ + n_values > most_values) {
    answers_.clear();
    n_values_ = 0;
  }
  n_values_ += n_values;
  answers_.insert_or_assign(key, answer);
}

OpenLab::OpenLab(std::unique_ptr<State> state) : state_(std::move(state)) {}
OpenLab::~OpenLab() = default;

Result<std::unique_ptr<const OpenLab>> OpenLab::open(
    const std::map<std::string, std::string>& files) {
  auto state = std::make_unique<State>();
  RECKON_ASSIGN(state->lab, lab::read_lab(files));
  for (const lab::Network& network : state->lab->networks) {
    auto model = open_network_text(network.text, network.name);
    if (!model)
      return fail(model.error().code, model.error().message,
                  network.place.text() + " (" + model.error().where + ")");
    state->networks.emplace(network.name, std::make_shared<const Model>(*std::move(model)));
  }
  const State& kept = *state;
  state->faculties.ask = [&kept](std::string_view network, const Json& question) {
    return ask(kept, network, question);
  };
  state->faculties.format = format_number;
  state->faculties.engine_version = std::string(version);
  return std::unique_ptr<const OpenLab>(new OpenLab(std::move(state)));
}

Result<std::unique_ptr<const OpenLab>> OpenLab::open_json(std::string_view files_json) {
  const Json json = Json::parse(files_json, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return fail(ErrorCode::bad_argument, "the files of a lab are an object {\"lab.toml\": text, …}",
                "files");
  std::map<std::string, std::string> files;
  for (const auto& [name, text] : json.items()) {
    if (!text.is_string())
      return fail(ErrorCode::bad_argument, "the text of a file is expected", printable(name));
    files[name] = text.get<std::string>();
  }
  return open(files);
}

std::string OpenLab::answer(std::string_view question) const {
  auto text = try_answer(*state_, question);
  return text ? *std::move(text) : error_json(text.error());
}

std::string_view OpenLab::id() const {
  return state_->lab->id;
}

}  // namespace reckon

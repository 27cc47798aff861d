#include "api/answer.h"

#include <algorithm>

#include "analysis/explain.h"
#include "api/lab_answers.h"
#include "api/machine_answers.h"
#include "api/read_question.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/fit_inquiry.h"
#include "questions/memory_inquiry.h"
#include "questions/spelling.h"
#include "report/json_fields.h"
#include "report/memory_pages.h"
#include "report/pages.h"

namespace reckon {
namespace {

Status answer_report(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(Question question, question_of(asked));
  question.receptive_fields = true;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  see_layers(see, inquiry.subject(), asked);
  return {};
}

Status answer_explain(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(Question question, question_of(asked));
  question.receptive_fields = true;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  const Layer* layer = nullptr;
  if (asked.has("layer")) {
    RECKON_ASSIGN(layer, find_layer(inquiry.analysis, asked.text("layer")));
  }
  return see_explained(see, inquiry.subject(), layer, asked);
}

Status answer_memory(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const MemoryInquiry found, inquire_memory(of, asked));
  memory_answer(see, found.inquiry.subject(), found.memory);
  return {};
}

Status answer_fit(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const FitInquiry found, inquire_fit(of, asked));
  WholeAnswer(found.inquiry.subject(), fit_fields, found.fit)(see);
  return {};
}

Status answer_devices(const Asked&, SeeAnswer see) {
  RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
  WholeAnswer(devices_field, devices)(see);
  return {};
}

Status answer_networks(const Asked&, SeeAnswer see) {
  WholeAnswer(networks_field, {built_in_networks()})(see);
  return {};
}

Status answer_version(const Asked&, SeeAnswer see) {
  version_answer(see);
  return {};
}

// A question that JSON asks: about a model, alone, or either.
struct Answerer {
  std::string_view name;
  Status (*about_model)(const ModelRef& of, const Asked& asked, SeeAnswer see) = nullptr;
  Status (*alone)(const Asked& asked, SeeAnswer see) = nullptr;
};
constexpr Answerer answerers[] = {
    {"report", answer_report},
    {"layers", answer_report},
    {"explain", answer_explain},
    {"graph", answer_graph},
    {"diff", answer_diff},
    {"memory", answer_memory},
    {"fit", answer_fit},
    {"time", answer_time},
    {"energy", answer_energy},
    {"chip", answer_chip},
    {"step", answer_step},
    {"activation_share", answer_activation_share},
    {"rules", answer_rules, answer_all_rules},
    {"devices", nullptr, answer_devices},
    {"networks", nullptr, answer_networks},
    {"version", nullptr, answer_version},
    {"silicon", nullptr, answer_silicon},
    {"curve", nullptr, answer_curve},
    {"gradients", answer_network_gradients, answer_gradients},
    {"training", nullptr, answer_training},
    {"activation_loop", nullptr, answer_activation_loop},
    {"pointer_chase", nullptr, answer_pointer_chase},
};

Status try_answer(std::shared_ptr<const Model> model, const Asked& asked, SeeAnswer see) {
  const std::string_view name = asked.question();
  for (const Answerer& answerer : answerers) {
    if (answerer.name != name) continue;
    const bool about = answerer.about_model != nullptr && model != nullptr;
    if (answerer.alone != nullptr && !about) return answerer.alone(asked, see);
    if (model == nullptr)
      return fail(ErrorCode::bad_argument, "this question needs a model", "question");
    return answerer.about_model(std::move(model), asked, see);
  }
  return fail(ErrorCode::internal, "nobody answers the question", "question");
}

}  // namespace

Result<Asked> asked_in(const nlohmann::json& question) {
  std::vector<std::string_view> names;
  for (const Answerer& answerer : answerers) names.push_back(answerer.name);
  return read_question(question, names);
}

Status answer(std::shared_ptr<const Model> model, const nlohmann::json& question, SeeAnswer see) {
  RECKON_ASSIGN(const Asked asked, asked_in(question));
  Status answered = try_answer(std::move(model), asked, see);
  if (!answered)
    return std::unexpected(spelled_as_key(std::move(answered).error(), asked.question()));
  return answered;
}

std::string answer(std::shared_ptr<const Model> model, std::string_view question) {
  return answer_text([&](SeeAnswer see) -> Status {
    RECKON_ASSIGN(const nlohmann::json object, parse_question(question));
    return answer(std::move(model), object, see);
  });
}

}  // namespace reckon

// The C interface where two models are asked about.
#include "api/answer.h"
#include "api/handle.h"
#include "api/read_question.h"
#include "questions/spelling.h"
#include "report/diff_pages.h"
#include "report/json_fields.h"
#include "report/pages.h"

namespace {

using reckon::ErrorCode;

reckon::Status answer(const reckon_model& model, const reckon_model& other,
                      std::string_view question, reckon::SeeAnswer see) {
  RECKON_ASSIGN(const nlohmann::json object, reckon::parse_question(question));
  RECKON_ASSIGN(const reckon::Asked asked, reckon::asked_in(object));
  if (asked.question() != "diff")
    return reckon::fail(ErrorCode::bad_argument, "this question is about one model", "question");
  auto diff = reckon::inquire_diff(model.model, other.model, asked);
  if (!diff)
    return std::unexpected(reckon::spelled_as_key(std::move(diff).error(), asked.question()));
  reckon::diff_answer(see, *diff);
  return {};
}

std::string answer(const reckon_model* model, const reckon_model* other,
                   std::string_view question) {
  for (const reckon_model* one : {model, other})
    if (one != nullptr && !one->error.empty()) return one->error;
  if (model == nullptr || other == nullptr)
    return reckon::error_json(
        {ErrorCode::bad_argument, "this question needs two models", "question"});
  return reckon::answer_text(
      [&](reckon::SeeAnswer see) { return answer(*model, *other, question, see); });
}

}  // namespace

extern "C" char* reckon_answer_two(const reckon_model* model, const reckon_model* other,
                                   const char* question) {
  return reckon::copied(
      answer(model, other, question == nullptr ? R"({"question":"diff"})" : question));
}

// reckon train, in the program that has LibTorch: trains a network, and measures one more step.
#include "measure/measure.h"
#include "output_file.h"
#include "report/train_pages.h"
#include "train_compare.h"
#include "train_one.h"

namespace reckon::cli {

Answer run_train(const Call& call) {
  RECKON_TRY(needs_model(call));
  const Asked& asked = call.asked;
  if (call.model() == "compare") return run_train_compare(call);
  for (const OptionName name : {OptionName("full"), OptionName("shipped")})
    if (asked.has(name))
      return fail(ErrorCode::bad_argument, "it goes with a comparison: reckon train compare",
                  "`" + std::string(name) + "`");
  RECKON_TRY(check_training_words(asked));
  RECKON_ASSIGN(TrainInquiry done, train_one(call.model(), asked));
  // Kept until the process ends, as command.h's keep() does.
  static TrainInquiry* kept = nullptr;
  kept = new TrainInquiry(std::move(done));
  TrainAnswer& answer = kept->answer;
  MeasureOptions once;
  once.training = true;
  once.optimizer = answer.step.options.setup.optimizer;
  once.frozen = answer.step.options.setup.frozen;
  once.threads = answer.what.run.threads;
  RECKON_ASSIGN(answer.step.measured, measure(*answer.step.graph, *answer.step.analysis, once));

  const Subject subject = kept->inquiry.subject();
  if (asked.has("plot")) RECKON_TRY(write_file(asked.text("plot"), train_svg(answer)));
  if (asked.has("out")) {
    RECKON_ASSIGN(const std::string json, json_of({subject, train_field, answer}));
    RECKON_TRY(write_file(asked.text("out"), json));
  }
  if (call.format == Format::json) return json_of({subject, train_field, answer});
  if (call.format == Format::text) return train_text(subject, answer, call.style);
  return page_of(train_sheet(answer), call);
}

}  // namespace reckon::cli

#include "questions/measure_inquiry.h"

#include "questions/time_inquiry.h"

namespace reckon {
namespace {

// Of the question time, which calls the device otherwise.
Status predict_time(const ModelRef& of, const Asked& asked, MeasureAnswer& answer) {
  Asked time("time");
  for (const OptionName name : {OptionName("batch"), OptionName("set"), OptionName("train"),
                                OptionName("optimizer"), OptionName("freeze")})
    if (const Said* const value = asked.given(name)) time.give(name, *value);
  time.give("device", *asked.given("on"));
  // Every operator is a kernel of its own here.
  time.give("fused", {.text = "off"});
  if (asked.text("device") != "cuda") time.give("library", {.text = "libtorch"});
  auto found = inquire_time(of, time);
  if (!found) {
    if (found.error().where == "`device`") found.error().where = "`on`";
    return std::unexpected<Error>(std::move(found).error());
  }
  answer.predicted_on = found->time.device.name;
  answer.estimate = std::move(found->time.estimate);
  answer.time_graph = std::move(found->time.recovered);
  answer.time_analysis = found->time.analysis != nullptr
                             ? std::move(found->time.analysis)
                             : std::make_unique<Analysis>(std::move(found->inquiry.analysis));
  answer.time_model = found->inquiry.model;
  return {};
}

}  // namespace

Result<MeasureSetup> measure_setup(const Asked& asked) {
  MeasureSetup setup;
  const auto number = [&](OptionName name) {
    return static_cast<int>(asked.whole(name).value_or(0));
  };
  setup.cuda = asked.text("device") == "cuda";
  setup.threads = number("threads");
  setup.warmup = number("warmup");
  setup.repeats = number("repeats");
  setup.values = number("values");
  RECKON_TRY(timeline_options(asked));
  if (asked.has("on")) RECKON_TRY(asked.device("on"));
  return setup;
}

Result<MeasureInquiry> inquire_measure(const ModelRef& of, const Asked& asked, int threads,
                                       const TorchPolicy& torch) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  MeasureAnswer answer;
  RECKON_ASSIGN(answer.options, timeline_options(asked));
  answer.options.threads = threads;
  answer.options.torch = torch;
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  RECKON_TRY(check_frozen(*inquiry.model->graph, asked.names("freeze")));
  RECKON_ASSIGN(answer.analysis, analyze_layers(*inquiry.model->graph, nullptr,
                                                inquiry.analyze_options(), answer.recovered));
  answer.graph = answer.analysis->shapes->graph;
  auto timeline = make_timeline(*answer.graph, *answer.analysis, answer.options);
  if (!timeline && timeline.error().code != ErrorCode::unsupported)
    return std::unexpected<Error>(std::move(timeline).error());
  if (timeline) answer.timeline = *std::move(timeline);
  if (asked.has("on")) RECKON_TRY(predict_time(of, asked, answer));
  return MeasureInquiry{std::move(inquiry), std::move(answer)};
}

}  // namespace reckon

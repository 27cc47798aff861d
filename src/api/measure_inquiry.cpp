#include "api/measure_inquiry.h"

#include <array>

#include "api/time_inquiry.h"
#include "base/text.h"

namespace reckon {
namespace {

Result<int> number(std::string_view word, std::string_view option, int least, int most,
                   int otherwise) {
  if (word.empty()) return otherwise;
  const auto n = parse_int(word);
  if (!n)
    return fail(ErrorCode::bad_argument, quoted(word) + " is not a whole number",
                std::string(option));
  if (*n < least || *n > most)
    return fail(ErrorCode::bad_argument,
                "between " + std::to_string(least) + " and " + std::to_string(most) +
                    " is possible, not " + std::to_string(*n),
                std::string(option));
  return static_cast<int>(*n);
}

// Another command calls this device by another option.
std::unexpected<Error> of_on(Error error) {
  if (error.where == "--device") error.where = "--on";
  return std::unexpected<Error>(std::move(error));
}

MemoryWords memory_words(const MeasureWords& words) {
  MemoryWords same;
  same.train = words.train;
  same.optimizer = words.optimizer;
  same.in_place = words.in_place;
  same.freeze = words.freeze;
  return same;
}

Status predict_time(std::string_view spec, const Question& question, const MeasureWords& words,
                    MeasureAnswer& answer) {
  TimeWords same;
  same.device = words.on;
  same.own_devices = words.own_devices;
  // Every operator is a kernel of its own here.
  same.fused = "off";
  if (words.device != "cuda") same.library = "libtorch";
  same.train = words.train;
  same.optimizer = words.optimizer;
  same.freeze = words.freeze;
  auto found = inquire_time(spec, question, same);
  if (!found) return of_on(std::move(found).error());
  answer.predicted_on = found->time.device.name;
  answer.estimate = std::move(found->time.estimate);
  answer.time_graph = std::move(found->time.recovered);
  answer.time_analysis = std::move(found->time.analysis);
  answer.time_model = found->inquiry.model;
  return {};
}

}  // namespace

Result<MeasureSetup> measure_setup(const MeasureWords& words) {
  constexpr int most_threads = 1024, most_passes = 1'000'000, most_values = 1'000'000;
  MeasureSetup setup;
  if (!words.device.empty() && words.device != "cpu" && words.device != "cuda") {
    constexpr std::array<std::string_view, 2> devices = {"cpu", "cuda"};
    const std::string guess = did_you_mean(words.device, devices);
    return fail(ErrorCode::bad_argument,
                "a run is on cpu or cuda, not " + quoted(std::string_view(words.device)) +
                    (guess.empty() ? "; --on DEVICE predicts the time for a device" : guess),
                "--device");
  }
  setup.cuda = words.device == "cuda";
  RECKON_ASSIGN(setup.threads, number(words.threads, "--threads", 1, most_threads, setup.threads));
  RECKON_ASSIGN(setup.warmup, number(words.warmup, "--warmup", 0, most_passes, setup.warmup));
  RECKON_ASSIGN(setup.repeats, number(words.repeats, "--repeats", 1, most_passes, setup.repeats));
  RECKON_ASSIGN(setup.values, number(words.values, "--values", 0, most_values, setup.values));
  // The same checks as those of the other commands, before anything is opened.
  RECKON_TRY(timeline_options(memory_words(words)));
  if (!words.on.empty())
    if (auto device = find_device(words.on, words.own_devices); !device)
      return of_on(std::move(device).error());
  return setup;
}

Result<MeasureInquiry> inquire_measure(std::string_view spec, const Question& question,
                                       const MeasureWords& words, int threads) {
  Question one = question;
  one.receptive_fields = false;
  MeasureAnswer answer;
  RECKON_ASSIGN(answer.options, timeline_options(memory_words(words)));
  answer.options.threads = threads;
  RECKON_ASSIGN(Inquiry inquiry, inquire(spec, one));
  RECKON_TRY(check_frozen(*inquiry.model->graph, words.freeze));
  RECKON_ASSIGN(answer.analysis, analyze_layers(inquiry, {}, answer.recovered));
  answer.graph = answer.analysis->shapes->graph;
  auto timeline = make_timeline(*answer.graph, *answer.analysis, answer.options);
  if (!timeline && timeline.error().code != ErrorCode::unsupported)
    return std::unexpected<Error>(std::move(timeline).error());
  if (timeline) answer.timeline = *std::move(timeline);
  if (!words.on.empty()) RECKON_TRY(predict_time(spec, one, words, answer));
  return MeasureInquiry{std::move(inquiry), std::move(answer)};
}

}  // namespace reckon

// A training, from words to its figures, with a line of progress.
#include "train_one.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "base/byte_source.h"
#include "base/number.h"
#include "base/text.h"
#include "measure/measure.h"
#include "measure/train.h"
#include "output_file.h"
#include "report/time_pages.h"

namespace reckon::cli {
namespace {

// One line on standard error, rewritten, where that is a terminal.
class Progress {
 public:
  explicit Progress(std::string name)
      : name_(printable(std::move(name))), shown_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }
  void operator()(const TrainingProgress& now) const {
    if (!shown_) return;
    const std::string line = name_ + ": epoch " + grouped(now.epoch) + " of " +
                             grouped(now.epochs) + ", step " + grouped(now.step) + " of " +
                             grouped(now.steps) + ", loss " + fixed(now.loss, 4) + ", " +
                             seconds_text(now.left_s) + " left";
    std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  }

 private:
  std::string name_;
  bool shown_;
};

Result<std::string> read_whole(const std::string& path) {
  RECKON_ASSIGN(const auto source, open_file(path));
  constexpr std::uint64_t most_bytes = std::uint64_t{16} << 30;
  if (source->size_bytes() > most_bytes)
    return fail(ErrorCode::limit, "a checkpoint of more than 16 GiB", printable(path));
  std::string bytes(static_cast<std::size_t>(source->size_bytes()), '\0');
  RECKON_TRY(source->read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

Result<TrainOptions> options_of(const Asked& asked) {
  TrainOptions how;
  RECKON_ASSIGN(how.optimizer, find_optimizer(asked.text("optimizer")));
  how.rate = asked.real("rate").value_or(usual_rate(how.optimizer->name));
  constexpr double most_rate = 1000;
  if (!(how.rate > 0 && how.rate <= most_rate))
    return fail(ErrorCode::bad_argument, "a rate above 0 and of at most 1,000 is expected",
                "`rate`");
  how.schedule = static_cast<RateSchedule>(asked.choice("schedule"));
  how.epochs = static_cast<int>(asked.whole("epochs").value_or(1));
  how.seed = static_cast<std::uint64_t>(asked.whole("seed").value_or(1));
  if (asked.has("initialisation")) {
    RECKON_ASSIGN(how.initialisation, find_initialisation(asked.text("initialisation")));
  }
  how.frozen = asked.names("freeze");
  how.threads = static_cast<int>(asked.whole("threads").value_or(0));
  how.patience = static_cast<int>(asked.whole("patience").value_or(0));
  how.save_every = asked.whole("every").value_or(0);
  for (const OptionName name : {OptionName("resume"), OptionName("every")})
    if (asked.has(name) && !asked.has("checkpoint"))
      return fail(ErrorCode::bad_argument, "it goes with a file: --checkpoint FILE",
                  "`" + std::string(name) + "`");
  return how;
}

}  // namespace

// Everything that is written is asked for first: a training is long.
Status check_training_words(const Asked& asked) {
  RECKON_TRY(options_of(asked));
  for (const OptionName name : {OptionName("checkpoint"), OptionName("out"), OptionName("plot")})
    if (asked.has(name)) RECKON_TRY(check_writable(asked.text(name)));
  return {};
}

Result<TrainInquiry> train_one(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(TrainOptions how, options_of(asked));
  const int threads = measure_threads(how.threads);
  RECKON_ASSIGN(TrainInquiry found,
                inquire_train(of, asked, threads, measured_torch(/*cuda=*/false)));
  const MeasureAnswer& step = found.answer.step;
  RECKON_ASSIGN(const Trainable network, trainable(*step.graph, *step.analysis, how.frozen));
  RECKON_ASSIGN(Dataset data, read_dataset(std::string(asked.text("data")), network.image,
                                           network.n_classes, how.seed));
  if (const auto subset = asked.whole("subset")) data.train.cut(*subset);
  TrainedNetwork& what = found.answer.what;
  what.rate = how.rate;
  what.schedule = asked.text("schedule");
  what.seed = static_cast<std::int64_t>(how.seed);
  how.model = what.network;
  const std::string checkpoint(asked.text("checkpoint"));
  std::error_code unknown;
  if (asked.flag("resume") && std::filesystem::exists(checkpoint, unknown)) {
    RECKON_ASSIGN(how.from, read_whole(checkpoint));
  }
  if (!checkpoint.empty())
    how.save = [&](std::string_view bytes) { return write_file(checkpoint, bytes); };
  const Progress progress(what.network);
  how.progress = [&](const TrainingProgress& now) { progress(now); };
  auto run = train(*step.graph, *step.analysis, data, how);
  if (!run) {
    Error error = std::move(run).error();
    if (error.where.empty() && !how.from.empty()) error.where = printable(checkpoint);
    return std::unexpected<Error>(std::move(error));
  }
  what.run = *std::move(run);
  return found;
}

}  // namespace reckon::cli

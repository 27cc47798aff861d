// reckon measure, in the program that has LibTorch: runs it.
#include <unistd.h>

#include <cstdio>

#include "command.h"
#include "measure/measure.h"
#include "questions/measure_inquiry.h"
#include "report/measure_pages.h"

namespace reckon::cli {
namespace {

// One line on standard error, rewritten, where that is a terminal.
class Progress {
 public:
  Progress() : shown_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }
  void operator()(int done, int all) const {
    if (shown_) std::fprintf(stderr, "\rrunning: pass %d of %d", done, all);
  }

 private:
  bool shown_;
};

}  // namespace

Answer run_measure(const Call& call) {
  RECKON_TRY(needs_model(call));
  RECKON_ASSIGN(const MeasureSetup setup, measure_setup(call.asked));
  const int threads = measure_threads(setup.threads);
  RECKON_ASSIGN(MeasureInquiry found,
                inquire_measure(call.model(), call.asked, threads, measured_torch(setup.cuda)));
  // Kept until the process ends, as command.h's keep() does.
  static const MeasureInquiry* kept = nullptr;
  auto* const inquiry = new MeasureInquiry(std::move(found));
  kept = inquiry;
  MeasureAnswer& answer = inquiry->answer;
  MeasureOptions how;
  how.training = call.asked.flag("train");
  how.optimizer = answer.options.setup.optimizer;
  how.frozen = answer.options.setup.frozen;
  how.in_place = answer.options.in_place;
  how.cuda = setup.cuda;
  how.threads = setup.threads;
  how.warmup = setup.warmup;
  how.repeats = setup.repeats;
  how.output_values = setup.values;
  if (answer.timeline) how.expected_bytes = answer.timeline->peak.bytes;
  {
    const Progress progress;
    how.watch = call.asked.watch();
    how.progress = [&](int done, int all) { progress(done, all); };
    auto measured = measure(*answer.graph, *answer.analysis, how);
    if (!measured) return std::unexpected<Failure>(std::move(measured).error());
    answer.measured = *std::move(measured);
  }
  const Subject subject = kept->inquiry.subject();
  if (call.format == Format::json) return json_of({subject, measure_field, answer});
  if (call.format == Format::text) return measure_text(subject, answer, call.style);
  return page_of(measure_sheet(answer), call);
}

}  // namespace reckon::cli

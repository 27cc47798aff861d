// reckon gradients MODEL --measure, in the program that has LibTorch: back-propagates the network.
#include <unistd.h>

#include <cstdio>

#include "attention.h"
#include "measure/gradient_run.h"
#include "measure/measure.h"
#include "measured_gradients.h"
#include "memory/timeline.h"

namespace reckon::cli {
namespace {

constexpr int usual_seeds = 4;

// What a training step is predicted to need; 0 where nobody knows.
std::int64_t step_bytes(const NetworkGradientsAnswer& answer, const Analysis& analysis,
                        int threads) {
  TimelineOptions step;
  step.torch = measured_torch(/*cuda=*/false);
  step.threads = threads;
  const auto timeline = make_timeline(*answer.graph, analysis, step);
  return timeline ? timeline->peak.bytes : 0;
}

// One line on standard error, rewritten, where that is a terminal.
void tell(int done, int all) {
  if (::isatty(STDERR_FILENO) != 1) return;
  if (done == all)
    std::fputs("\r\x1b[K", stderr);
  else
    std::fprintf(stderr, "\rback-propagated: %d of %d networks\x1b[K", done, all);
}

}  // namespace

Answer run_measured_gradients(const Call& call) {
  const Asked& asked = call.asked;
  RECKON_ASSIGN(NetworkGradientsInquiry found, inquire_network_gradients(call.model(), asked));
  NetworkGradientsAnswer& answer = found.answer;
  const Analysis& analysis = answer.analysis ? *answer.analysis : found.inquiry.analysis;
  GradientRunOptions how;
  if (asked.has("initialisation")) {
    RECKON_ASSIGN(how.rule, find_initialisation(asked.text("initialisation")));
  }
  how.seeds = asked.has("seeds") ? static_cast<int>(asked.whole("seeds").value_or(usual_seeds))
                                 : usual_seeds;
  how.threads = static_cast<int>(asked.whole("threads").value_or(0));
  how.expected_bytes = step_bytes(answer, analysis, measure_threads(how.threads));
  how.progress = tell;
  how.watch = &watch();
  const Attention attention("gradients");  // Ctrl-C ends it with the networks that are done
  RECKON_ASSIGN(answer.run, run_gradients(*answer.graph, analysis, how, answer.found));
  return page_of_gradients(found.inquiry.subject(), answer, call);
}

}  // namespace reckon::cli

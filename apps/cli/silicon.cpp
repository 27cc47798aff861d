// reckon silicon [--measure]: what activations take of hardware, and of this processor.
//
// A measurement takes the shortest of several runs of the engine's loop, loading and storing
// included: a ReLU takes no longer than the copy around it, and less that it would take nothing.
// Cycles are told from a chain of additions, each of which waits for the one before: on the
// processors of the last twenty years an integer addition takes one cycle, whatever the clock does
// meanwhile (A. Fog, "Instruction tables").
#include <algorithm>
#include <chrono>

#include "base/number.h"
#include "base/text.h"
#include "command.h"
#include "questions/unit_inquiry.h"
#include "report/silicon_pages.h"

namespace reckon::cli {
namespace {

constexpr std::int64_t evaluations = 1 << 18, chain_steps = 1 << 20;
constexpr int n_runs = 7;

template <class Work>
double shortest_ns(Work work) {
  double best = 1e300;
  for (int run = 0; run < n_runs; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
    best = std::min(best, taken.count());
  }
  return best;
}

// An addition that the compiler can neither join with the next nor leave out. Of two registers:
// some processors do away with the addition of a constant before it is executed.
double addition_ns() {
  const double ns = shortest_ns([] {
    std::uint64_t x = 1, y = 3;
    __asm__ volatile("" : "+r"(y));
    const auto add = [&] {
      x += y;
      __asm__ volatile("" : "+r"(x));
    };
    for (std::int64_t step = 0; step < chain_steps; step += 8) {
      add();
      add();
      add();
      add();
      add();
      add();
      add();
      add();
    }
  });
  return ns / static_cast<double>(chain_steps);
}

Status measure(SiliconReport& report) {
  const auto ns_of = [](std::string_view name) -> Result<double> {
    RECKON_TRY(run_activation_loop(name, 1));
    return shortest_ns([&] { (void)run_activation_loop(name, evaluations); }) /
           static_cast<double>(evaluations);
  };
  RECKON_ASSIGN(const double loop_ns, ns_of("none"));
  const double cycle_ns = addition_ns();
  for (const ActivationSilicon& row : report.rows) {
    RECKON_ASSIGN(const double ns, ns_of(row.name));
    report.measured.push_back({row.name, ns, ns / cycle_ns});
  }
  report.clock =
      "the shortest of 7 runs of 262,144 evaluations over 1,024 floats in the cache, loading and "
      "storing included, which alone take " +
      fixed(loop_ns, 3) + " ns; a cycle is one step of a chain of dependent integer additions (" +
      fixed(cycle_ns, 3) + " ns)";
  return {};
}

}  // namespace

Answer run_silicon(const Call& call) {
  RECKON_ASSIGN(HardwareConstants constants, constants_of(call.asked));
  RECKON_ASSIGN(SiliconReport report, silicon_report(std::move(constants)));
  if (call.asked.flag("measure")) RECKON_TRY(measure(report));
  if (call.format == Format::json) return json_of({silicon_field, report});
  if (call.format == Format::text) return silicon_text(report, call.style);
  return page_of(silicon_sheet(report), call);
}

}  // namespace reckon::cli

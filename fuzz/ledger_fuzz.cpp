// Any text as a design ledger of a small lab, and as a list of entries of which one is made. An
// error, or a verdict; what was made is whole, or the verdict names what cannot have happened.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "api/lab.h"
#include "api/lab_state.h"
#include "lab/ledger.h"

namespace {

constexpr const char* lab_text = R"lab(
schema = 1
id = "tiny"
chapter = 1
title = "How many weights?"
minutes = [3, 5]
intro = "A layer."
closing = "Kept."
[ledger]
file_name = "tiny.json"
[[ledger.key]]
name = "neurons"
value = "answers.count.ship.neurons"
[networks]
layer = "param n = 8 in 1..64\ninput values 10\nlinear n"
[[control]]
id = "n"
type = "range"
label = "Neurons"
min = 1
max = 64
default = 8
[figures]
params = "layers(layer, n=n).totals.params"
[act]
id = "count"
title = "Count them"
minutes = 3
intro = "Guess first."
reveal = "There are {{ defaults(params) | int }}."
[act.prediction]
prompt = "How many? ⟪params⟫"
[[act.prediction.field]]
id = "params"
type = "number"
label = "Numbers"
min = 1
max = 1000
key = "defaults(params)"
why = [{ text = "There are {{ key | int }}." }]
[[act.instrument]]
id = "sizes"
type = "bars"
title = "Weights"
controls = ["n"]
unit = "transistors"
total = "params | int"
note = "{{ params | int }} numbers."
[[act.instrument.bar]]
id = "weights"
label = "Weights"
figure = "params | int"
explain = "All."
[[act.decision]]
id = "ship"
prompt = "How many would you take? ⟪neurons⟫"
[[act.decision.field]]
id = "neurons"
type = "number"
label = "Neurons"
min = 1
max = 64
)lab";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  using namespace reckon;
  static const auto lab = OpenLab::open({{"lab.toml", lab_text}});
  if (!lab) {
    std::fprintf(stderr, "%s (%s)\n", lab.error().message.c_str(), lab.error().where.c_str());
    std::abort();
  }
  const OpenLab::State& state = (*lab)->state();
  const auto json =
      lab::parse_ledger(std::string_view(reinterpret_cast<const char*>(data), n_bytes));
  if (!json) return 0;
  (void)lab::lab_of_ledger(*json);
  const auto verdict = lab::verify_ledger(*state.lab, state.faculties, *json);
  if (!verdict && verdict.error().code == ErrorCode::internal) std::abort();
  if (verdict && verdict->finding.empty()) std::abort();
  const auto made = lab::make_ledger(*state.lab, state.faculties, *json);
  if (!made) return 0;
  const auto again = lab::verify_ledger(*state.lab, state.faculties, *made);
  if (!again || (!again->whole && again->finding.empty())) std::abort();
  return 0;
}

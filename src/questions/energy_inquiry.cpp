#include "questions/energy_inquiry.h"

#include <algorithm>

#include "analysis/fold_norms.h"
#include "analysis/recover.h"
#include "base/text.h"
#include "machine/sustained.h"
#include "machine/time.h"
#include "questions/cast_layers.h"
#include "questions/step_words.h"
#include "questions/time_inquiry.h"
#include "questions/unit_inquiry.h"

namespace reckon {
namespace {

constexpr std::size_t most_formats = 16;

// Nobody has told which memory a device has; its class and its bandwidth tell most of the time.
MemoryKind memory_of(const Device& device) {
  constexpr double hbm_from_bytes_per_s = 1e12;
  const std::string_view kind = device.kind;
  if (kind == "mcu" || device.flash_bytes) return MemoryKind::sram;
  if (kind.find("gpu") == std::string_view::npos && kind != "dc-acc" && kind != "tpu")
    return MemoryKind::ddr;
  const bool data_centre = kind.starts_with("dc-") || kind == "tpu";
  return data_centre && device.mem_bytes_per_s &&
                 device.mem_bytes_per_s->value >= hbm_from_bytes_per_s
             ? MemoryKind::hbm2
             : MemoryKind::gddr6;
}

Status choose_memory(const Asked& asked, EnergyAnswer& answer) {
  if (asked.has("memory")) {
    RECKON_ASSIGN(answer.options.memory, find_memory_kind(asked.text("memory")));
    return {};
  }
  if (answer.device && answer.node != ProcessNode::nm45)
    answer.options.memory = memory_of(*answer.device);
  answer.assumptions.push_back("memory is " + std::string(to_string(answer.options.memory)) +
                               " (another one: `memory`)");
  return {};
}

Result<EnergyAnswer> begin(const Asked& asked, std::vector<FormatPair>& formats) {
  EnergyAnswer answer;
  if (asked.has("precision")) {
    RECKON_ASSIGN(formats, read_formats(asked.text("precision")));
  } else {
    formats = {{.as_in_file = true}};
  }
  if (asked.has("node")) {
    RECKON_ASSIGN(answer.node, find_process_node(asked.text("node")));
  }
  if (asked.has("sram")) {
    RECKON_ASSIGN(answer.options.sram, find_sram_size(asked.text("sram")));
  }
  if (asked.has("device")) {
    RECKON_ASSIGN(answer.device, asked.device("device"));
  }
  RECKON_TRY(choose_memory(asked, answer));
  RECKON_ASSIGN(HardwareConstants constants, constants_of(asked));
  answer.constants = std::make_unique<HardwareConstants>(std::move(constants));
  const std::optional<double> idle_w = asked.real("idle-w");
  if (idle_w && !(*idle_w >= 0 && *idle_w <= 1e9))
    return fail(ErrorCode::bad_argument, "a power of 0 to 1e9 W is expected", "`idle_w`");
  if (idle_w && !answer.device)
    return fail(ErrorCode::bad_argument,
                "idle power takes energy for as long as the network runs; name a `device`",
                "`idle_w`");
  if (answer.device && answer.device->idle_w) answer.options.idle_w = answer.device->idle_w->value;
  if (idle_w) answer.options.idle_w = idle_w;
  answer.work.fused = asked.on("fused");
  answer.work.fold_norms = asked_fold_norms(asked);
  answer.work.training = asked.flag("train");
  answer.work.frozen = asked.names("freeze");
  RECKON_TRY(check_training(asked));
  if (asked.flag("train") &&
      std::ranges::any_of(formats, [](const auto& f) { return f.weights.has_value(); }))
    return fail(ErrorCode::bad_argument, "weights of a format of their own are for inference",
                "`precision`");
  return answer;
}

// How long it takes; nothing where no device is named. What runs on a GPU, and how, is the question
// `time`'s to say, unless the hardware is asked about (`fused`).
Status time_case(const ModelRef& of, const Asked& asked, const FormatPair& pair,
                 const EnergyAnswer& answer, const NetworkWork& work, EnergyCase& one) {
  if (!answer.device) return {};
  const auto take = [&](const TimeEstimate& time) {
    one.seconds = time.seconds;
    one.start_known = time.rates.start_known;
  };
  if (is_gpu(*answer.device) && !asked.has("fused")) {
    Asked time("time");
    for (const OptionName name : {OptionName("device"), OptionName("batch"), OptionName("set"),
                                  OptionName("shape"), OptionName("train"), OptionName("optimizer"),
                                  OptionName("freeze"), OptionName("fold-norms")})
      if (const Said* const value = asked.given(name)) time.give(name, *value);
    if (!pair.as_in_file) time.give("precision", {.text = std::string(pair.word)});
    RECKON_ASSIGN(const TimeInquiry timed, inquire_time(of, time));
    take(timed.time.estimate);
    return {};
  }
  RECKON_ASSIGN(const MachineRates rates, machine_rates(*answer.device, one.format));
  take(time_of_network(work, rates, answer.batch));
  return {};
}

Result<EnergyCase> price_case(const ModelRef& of, const FormatPair& pair, const Inquiry& inquiry,
                              const Asked& asked, EnergyAnswer& answer) {
  EnergyCase one{.format = pair.format, .weights_format = pair.weights};
  WorkOptions how = answer.work;
  if (!pair.as_in_file) how.floats_in = pair.format;
  std::vector<std::string> more;
  if (folds_norms(how, answer.device ? &*answer.device : nullptr)) {
    FoldedNorms folded = fold_norms(*inquiry.model->graph);
    one.folded = std::move(folded.graph);
    if (one.folded != nullptr)
      more.push_back(std::to_string(folded.found) +
                     " batch normalisations run inside the layers before them (otherwise: "
                     "`fold_norms` off)");
  }
  const auto floats_as = pair.as_in_file         ? std::nullopt
                         : pair.autocast.empty() ? stored_as(pair.format)
                                                 : DType::float32;
  RECKON_ASSIGN(one.analysis,
                analyze_layers(one.folded != nullptr ? *one.folded : *inquiry.model->graph,
                               one.folded != nullptr ? nullptr : &inquiry.analysis,
                               inquiry.analyze_options(floats_as), one.recovered));
  bool master = pair.master;
  if (!pair.autocast.empty()) {
    const bool on_gpu = !answer.device || is_gpu(*answer.device);
    RECKON_ASSIGN(const bool casts, cast_layers(inquiry, pair.autocast, pair.format, on_gpu,
                                                one.recovered, one.analysis, more));
    if (casts) how.floats_in.reset();
    how.autocast = casts;
    master = !casts;
  }
  const Analysis& analysis = one.analysis != nullptr ? *one.analysis : inquiry.analysis;
  answer.batch = analysis.bound.batch;
  if (asked.flag("train")) {
    RECKON_ASSIGN(answer.optimizer, price_update(asked.text("optimizer"), master, how, more));
  }
  RECKON_ASSIGN(NetworkWork work, network_work(*analysis.shapes->graph, analysis, how));
  if (pair.as_in_file) {
    one.format = main_format(work);
    if (answer.device) {
      RECKON_ASSIGN(one.format, format_on(*answer.device, work, more));
    }
  }
  EnergyOptions options = answer.options;
  options.format = one.format;
  options.weights_format = pair.weights;
  RECKON_TRY(time_case(of, asked, pair, answer, work, one));
  options.seconds = one.seconds;
  const EnergyPrices prices(*answer.constants, answer.node);
  one.energy = energy_of(std::move(work), prices, options);
  one.energy.assumptions.insert(one.energy.assumptions.end(), more.begin(), more.end());
  return one;
}

void say_what_is_assumed(EnergyAnswer& answer) {
  const EnergyPrices prices(*answer.constants, answer.node);
  const std::string side = std::to_string(static_cast<std::int64_t>(prices.array_side()));
  auto& said = answer.assumptions;
  said.push_back("products are computed in arrays of " + side + " × " + side +
                 " multipliers, fed from SRAM of the " +
                 std::string(to_string(answer.options.sram)) + " kind");
  said.emplace_back("between kernels everything goes to memory: nothing stays on the chip");
  said.emplace_back(
      "registers and wires around a multiply-add take as much as the constant "
      "registers.relative says");
  if (answer.device && !answer.options.idle_w)
    said.push_back("the idle power of " + printable(answer.device->name) +
                   " is not known and not counted (`idle_w`)");
  if (answer.device)
    said.push_back("the energies are those of a process of " + std::string(to_string(answer.node)) +
                   ", whatever the device is made in");
  const auto& more = answer.cases[0].energy.assumptions;
  said.insert(said.end(), more.begin(), more.end());
}

}  // namespace

Result<std::vector<FormatPair>> read_formats(std::string_view list) {
  std::vector<FormatPair> pairs;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view word = list.substr(begin, end - begin);
    const std::size_t slash = word.find('/');
    FormatPair pair;
    const std::string_view rest = slash == std::string_view::npos ? word : word.substr(slash + 1);
    RECKON_ASSIGN(const StepFormat step, find_step_format(rest));
    pair.format = step.format, pair.master = step.master;
    pair.word = rest;
    if (step.autocast) pair.autocast = rest;
    if (slash != std::string_view::npos) {
      RECKON_ASSIGN(const NumberFormat weights, find_number_format(word.substr(0, slash)));
      if (weights != pair.format) pair.weights = weights;
    }
    if (pairs.size() == most_formats)
      return fail(ErrorCode::limit, "at most 16 formats are compared", "`precision`");
    pairs.push_back(pair);
    begin = end + 1;
  }
  return pairs;
}

Result<EnergyInquiry> inquire_energy(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  std::vector<FormatPair> formats;
  RECKON_ASSIGN(EnergyAnswer answer, begin(asked, formats));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  if (answer.work.training) RECKON_TRY(undo_inference_export(inquiry));
  RECKON_TRY(check_frozen(*inquiry.model->graph, answer.work.frozen));
  for (const FormatPair& pair : formats) {
    RECKON_ASSIGN(EnergyCase one, price_case(of, pair, inquiry, asked, answer));
    answer.cases.push_back(std::move(one));
  }
  say_what_is_assumed(answer);
  return EnergyInquiry{std::move(inquiry), std::move(answer)};
}

}  // namespace reckon

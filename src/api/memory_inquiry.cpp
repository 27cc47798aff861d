#include "api/memory_inquiry.h"

#include <algorithm>
#include <array>

#include "analysis/recover.h"
#include "api/checkpoint_inquiry.h"
#include "base/text.h"

namespace reckon {
namespace {

constexpr std::array<std::string_view, 2> switches = {"on", "off"};
constexpr std::array<std::string_view, 3> update_words = {"single", "foreach", "fused"};
constexpr std::array<std::string_view, 3> planner_words = {"greedy", "best", "optimal"};
constexpr std::array<std::string_view, 2> order_words = {"given", "best"};

std::unexpected<Error> wrong(std::string message, std::string_view option) {
  return fail(ErrorCode::bad_argument, std::move(message), std::string(option));
}

std::string list_of(std::span<const std::string_view> words) {
  std::string out;
  for (const auto word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

// The place of `word` in `words`; the empty word is `otherwise`.
Result<std::size_t> choice(std::string_view word, std::span<const std::string_view> words,
                           std::string_view option, std::size_t otherwise = 0) {
  if (word.empty()) return otherwise;
  const auto at = std::find(words.begin(), words.end(), word);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  const std::string guess = did_you_mean(word, words);
  return wrong("there is no " + std::string(option.substr(2)) + " " + quoted(word) +
                   (guess.empty() ? " (" + list_of(words) + ")" : guess),
               option);
}

Result<Placement> plan(std::string_view planner, std::span<const Buffer> buffers) {
  constexpr std::int64_t aligned = 16;  // MicroArenaBufferAlignment() of TensorFlow Lite Micro
  if (planner == "greedy") return plan_greedy_tflm(buffers, aligned);
  if (planner == "optimal") return plan_optimal(buffers, {}, aligned);
  return plan_best_fit(buffers, aligned);
}

Result<InferenceMemory> inference(const Analysis& analysis, const MemoryAnswer& answer,
                                  const MemoryWords& words) {
  InferenceMemory m;
  LifetimeOptions options;
  options.in_place = answer.options.in_place;
  RECKON_ASSIGN(m.tasks, inference_tasks(analysis, options));
  store_floats_in(m.tasks, analysis, answer.options.setup.precision->activation_bits);
  RECKON_ASSIGN(const PeakOfOrder given, peak_of_order(m.tasks));
  m.given_peak_bytes = given.bytes;
  RECKON_ASSIGN(const std::size_t order, choice(words.order, order_words, "--order"));
  if (order_words[order] == "best") {
    RECKON_ASSIGN(m.order, better_order(m.tasks));
  }
  RECKON_ASSIGN(m.lifetimes,
                lifetimes_in_order(m.tasks, m.order ? std::span<const std::int32_t>(m.order->order)
                                                    : std::span<const std::int32_t>()));
  RECKON_ASSIGN(const std::size_t planner, choice(words.arena, planner_words, "--arena", 1));
  m.planner = planner_words[planner];
  RECKON_ASSIGN(m.arena, plan(m.planner, m.lifetimes.buffers));
  m.flash_bytes = answer.ledger.lines[0].bytes + answer.ledger.lines[1].bytes;
  m.sram_bytes = m.arena.total_bytes;
  return m;
}

Status choose_policy(const Graph& graph, const MemoryWords& words, MemoryAnswer& answer) {
  std::optional<MemoryPolicy> asked;
  if (!words.policy.empty()) {
    RECKON_ASSIGN(asked, find_memory_policy(words.policy));
  }
  const TrainingSetup& setup = answer.options.setup;
  answer.policy = answering_policy(asked, answer.device ? &*answer.device : nullptr, graph, setup);
  if (asked != MemoryPolicy::textbook) answer.note = why_not_simulated(graph, setup);
  return {};
}

Result<MemoryInquiry> answered(Inquiry inquiry, MemoryAnswer answer, const MemoryWords& words) {
  const Graph& graph = *inquiry.model->graph;
  RECKON_TRY(check_frozen(graph, words.freeze));
  RECKON_ASSIGN(answer.ledger, make_ledger(inquiry.analysis, answer.options.setup));
  const bool recompute = !words.checkpoint.empty() && words.checkpoint != "none";
  if (recompute && !answer.training())
    return wrong("an inference keeps nothing that could be computed again; add --train",
                 "--checkpoint");
  const Graph* run = &graph;
  const Analysis* run_analysis = &inquiry.analysis;
  RECKON_TRY(choose_policy(graph, words, answer));
  const bool simulated = answer.policy != MemoryPolicy::textbook &&
                         why_not_simulated(graph, answer.options.setup).empty();
  if (simulated || recompute) {
    const auto dtype = step_dtype(*answer.options.setup.precision);
    if (dtype) {
      answer.recovered = recover_layers(graph);
      if (answer.recovered != nullptr) run = answer.recovered.get();
    }
    if (dtype && (answer.recovered != nullptr || *dtype)) {
      RECKON_ASSIGN(answer.step_analysis,
                    analyze(*run, {inquiry.bindings, /*receptive_fields=*/false, *dtype}));
      run_analysis = &*answer.step_analysis;
    }
    if (dtype && answer.options.setup.precision->master_bits > 0)
      answer.note =
          "everything that runs has 16 bits, the optimizer keeps an FP32 copy of the weights; "
          "torch.autocast keeps some activations in FP32 besides";
  }
  if (simulated) {
    RECKON_ASSIGN(answer.timeline, make_timeline(*run, *run_analysis, answer.options));
  }
  if (recompute) {
    RECKON_ASSIGN(answer.checkpoint, checkpointing(*run, *run_analysis, answer, words.checkpoint));
  }
  if (!answer.training()) {
    RECKON_ASSIGN(answer.inference, inference(inquiry.analysis, answer, words));
  }
  return MemoryInquiry{std::move(inquiry), std::move(answer)};
}

// What is known before the model is open; the question becomes that of one part of the batch.
Result<MemoryAnswer> begin(Question& question, const MemoryWords& words) {
  MemoryAnswer answer;
  RECKON_ASSIGN(answer.options, timeline_options(words));
  if (!words.policy.empty()) {
    RECKON_ASSIGN(const MemoryPolicy policy, find_memory_policy(words.policy));
    if (policy == MemoryPolicy::arena && words.train)
      return wrong("an arena is planned for inference, not for training", "--policy");
  }
  RECKON_TRY(choice(words.arena, planner_words, "--arena"));
  RECKON_TRY(choice(words.order, order_words, "--order"));
  const bool plans = !words.arena.empty() || !words.order.empty();
  if (words.train && plans)
    return wrong("an arena is planned for inference; leave --train out",
                 words.arena.empty() ? "--order" : "--arena");
  answer.accumulate = words.accumulate.value_or(1);
  if (answer.accumulate < 1)
    return wrong("at least one part is needed, not " + std::to_string(answer.accumulate),
                 "--accumulate");
  if (answer.accumulate > 1) {
    if (!words.train) return wrong("only training accumulates; add --train", "--accumulate");
    if (!question.batch)
      return wrong("say which batch is to be taken in parts: --batch N", "--accumulate");
    if (*question.batch % answer.accumulate != 0)
      return wrong("a batch of " + std::to_string(*question.batch) + " has no " +
                       std::to_string(answer.accumulate) + " equal parts",
                   "--accumulate");
    *question.batch /= answer.accumulate;
    // From the second part on, the gradients of the first are there.
    answer.options.set_to_none = false;
  }
  if (!words.device.empty()) {
    RECKON_ASSIGN(answer.device, find_device(words.device, words.own_devices));
  }
  question.receptive_fields = false;
  return answer;
}

Result<MemoryInquiry> finish(Result<Inquiry> inquiry, MemoryAnswer answer,
                             const MemoryWords& words) {
  if (!inquiry) return std::unexpected<Error>(std::move(inquiry).error());
  answer.batch = inquiry->analysis.bound.batch * answer.accumulate;
  return answered(*std::move(inquiry), std::move(answer), words);
}

}  // namespace

Result<TimelineOptions> timeline_options(const MemoryWords& words) {
  TimelineOptions options;
  options.setup.training = words.train;
  options.setup.frozen = words.freeze;
  if (!words.precision.empty()) {
    RECKON_ASSIGN(options.setup.precision, find_precision(words.precision));
  }
  if (!words.optimizer.empty()) {
    if (!words.train) return wrong("only training has an optimizer; add --train", "--optimizer");
    RECKON_ASSIGN(options.setup.optimizer, find_optimizer(words.optimizer));
  }
  if (!words.train && !words.freeze.empty())
    return wrong("only training can leave layers as they are; add --train", "--freeze");
  RECKON_ASSIGN(const std::size_t off, choice(words.in_place, switches, "--inplace"));
  options.in_place = off == 0;
  RECKON_ASSIGN(const std::size_t update, choice(words.update, update_words, "--update"));
  options.update = static_cast<UpdateLoop>(update);
  return options;
}

Status check_frozen(const Graph& graph, const std::vector<std::string>& frozen) {
  for (const std::string& prefix : frozen) {
    if (prefix.empty()) return wrong("a name or the beginning of one is expected", "--freeze");
    bool found = false;
    std::vector<std::string_view> names;
    for (const Node& node : graph.nodes) {
      found = found || node.name.starts_with(prefix) || node.module.starts_with(prefix);
      if (!node.module.empty()) names.push_back(node.module);
      if (!node.name.empty()) names.push_back(node.name);
    }
    if (!found)
      return wrong("no layer or module begins with " + quoted(std::string_view(prefix)) +
                       did_you_mean(prefix, names),
                   "--freeze");
  }
  return {};
}

Result<MemoryInquiry> inquire_memory(std::string_view spec, const Question& question,
                                     const MemoryWords& words) {
  Question one = question;
  RECKON_ASSIGN(MemoryAnswer answer, begin(one, words));
  return finish(inquire(spec, one), std::move(answer), words);
}

Result<MemoryInquiry> inquire_memory(std::shared_ptr<const Model> model, const Question& question,
                                     const MemoryWords& words) {
  Question one = question;
  RECKON_ASSIGN(MemoryAnswer answer, begin(one, words));
  return finish(inquire(std::move(model), one), std::move(answer), words);
}

std::span<const std::string_view> update_loops() {
  return update_words;
}
std::span<const std::string_view> arena_planners() {
  return planner_words;
}

}  // namespace reckon

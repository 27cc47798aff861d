#include "questions/memory_inquiry.h"

#include <algorithm>

#include "analysis/backward.h"
#include "base/text.h"
#include "memory/recompute/chain_make.h"
#include "memory/step_graph.h"
#include "questions/byte_size.h"
#include "questions/checkpoint_inquiry.h"
#include "questions/step_words.h"

namespace reckon {
namespace {

std::unexpected<Error> wrong(std::string message, std::string_view option) {
  return fail(ErrorCode::bad_argument, std::move(message), std::string(option));
}

// A name that outlives the question.
std::string_view planner_of(std::string_view word) {
  for (const std::string_view one : {"greedy", "optimal"})
    if (word == one) return one;
  return "best";
}

Result<Placement> plan(std::string_view planner, std::span<const Buffer> buffers, Watch* watch) {
  constexpr std::int64_t aligned = 16;  // MicroArenaBufferAlignment() of TensorFlow Lite Micro
  if (planner == "greedy") return plan_greedy_tflm(buffers, aligned);
  if (planner == "optimal") return plan_optimal(buffers, {.watch = watch}, aligned);
  return plan_best_fit(buffers, aligned);
}

Result<InferenceMemory> inference(const Analysis& analysis, const MemoryAnswer& answer,
                                  const Asked& asked) {
  InferenceMemory m;
  LifetimeOptions options;
  options.in_place = answer.options.in_place;
  RECKON_ASSIGN(m.tasks, inference_tasks(analysis, options));
  store_floats_in(m.tasks, analysis, *answer.options.setup.precision);
  RECKON_ASSIGN(const PeakOfOrder given, peak_of_order(m.tasks));
  m.given_peak_bytes = given.bytes;
  if (asked.text("order") == "best") {
    RECKON_ASSIGN(m.order, better_order(m.tasks, {.watch = asked.watch()}));
  }
  RECKON_ASSIGN(m.lifetimes,
                lifetimes_in_order(m.tasks, m.order ? std::span<const std::int32_t>(m.order->order)
                                                    : std::span<const std::int32_t>()));
  m.planner = planner_of(asked.text("arena"));
  RECKON_ASSIGN(m.arena, plan(m.planner, m.lifetimes.buffers, asked.watch()));
  m.flash_bytes = answer.ledger.flash_bytes();
  m.sram_bytes = m.arena.total_bytes;
  return m;
}

Result<MemoryInquiry> answered(Inquiry inquiry, MemoryAnswer answer, const Asked& asked) {
  const TrainingSetup& setup = answer.options.setup;
  answer.options.setup.precision = named_precision(inquiry.analysis, setup.precision);
  RECKON_TRY(check_frozen(*inquiry.model->graph, setup.frozen));
  RECKON_ASSIGN(const std::optional<MemoryPolicy> policy, policy_of(asked));
  answer.policy = answering_policy(policy, answer.device ? &*answer.device : nullptr,
                                   *inquiry.model->graph, setup);
  if (answer.training()) RECKON_TRY(undo_inference_export(inquiry));
  if (folds_norms(answer.options, answer.policy)) RECKON_TRY(fold_norms_of(inquiry));
  const Graph& graph = *inquiry.model->graph;
  RECKON_ASSIGN(answer.ledger, make_ledger(inquiry.analysis, answer.options.setup));
  const std::string_view checkpoint = asked.text("checkpoint");
  const bool recompute = !checkpoint.empty() && checkpoint != "none";
  if (recompute && !answer.training())
    return wrong("an inference keeps nothing that could be computed again; add `train`",
                 "`checkpoint`");
  if (!policy && answer.policy == MemoryPolicy::arena && !step_dtype(*setup.precision))
    answer.note =
        "PyTorch's eager step does not compute in integers: the weights and one arena answer, as "
        "runtimes plan their memory";
  else if (policy != MemoryPolicy::textbook)
    answer.note = why_not_simulated(graph, setup);
  const bool on_gpu = answer.device && where_it_runs(*answer.device) == TorchWhere::cuda;
  if (on_gpu && (answer.policy == MemoryPolicy::textbook || !answer.options.torch.is_on_gpu()))
    answer.note +=
        std::string(answer.note.empty() ? "" : "; ") +
        (answer.policy == MemoryPolicy::textbook
             ? "a sum of tensors is held against a GPU: what its allocator reserves and its "
               "context are not in it"
             : "a processor's figure is held against a GPU, as `where` asks");
  const bool simulated = answer.policy != MemoryPolicy::textbook &&
                         why_not_simulated(graph, answer.options.setup).empty();
  if (setup.precision->autocast && !simulated)
    return wrong(
        "autocast chooses a format for each operator of a simulated step: the ledger knows one for "
        "everything",
        "`precision`");
  if (simulated || recompute) {
    auto dtype = step_dtype(*setup.precision);
    if (dtype && *dtype && all_floats_are(*inquiry.analysis.shapes, **dtype)) dtype->reset();
    if (dtype) {
      LayersBehind layers(graph);
      RECKON_ASSIGN(StepGraph step, step_graph(layers, &inquiry.analysis,
                                               inquiry.analyze_options(*dtype), answer.options));
      answer.recovered = step.joined != nullptr ? std::move(step.joined) : layers.take();
      answer.step_analysis = std::move(step.analysis);
    }
    if (dtype && answer.options.setup.precision->master_bits > 0)
      answer.note +=
          std::string(answer.note.empty() ? "" : "; ") +
          "everything that runs has 16 bits, the optimizer keeps an FP32 copy of the weights; "
          "torch.autocast keeps some activations in FP32 besides";
    const Graph& run = answer.recovered != nullptr ? *answer.recovered : graph;
    const Analysis& run_analysis = answer.step_analysis ? *answer.step_analysis : inquiry.analysis;
    if (recompute) RECKON_TRY(check_recomputable(run, answer.options));
    RECKON_ASSIGN(Timeline step, make_timeline(run, run_analysis, answer.options, answer.ledger));
    if (recompute) {
      RECKON_ASSIGN(answer.checkpoint,
                    checkpointing(run, run_analysis, answer, step, checkpoint, asked.watch()));
    }
    if (simulated) answer.timeline = std::move(step);
    // Each value has a type of its own.
    if (setup.precision->autocast) {
      RECKON_ASSIGN(answer.ledger, make_ledger(run_analysis, setup));
    }
  }
  if (!answer.training()) {
    RECKON_ASSIGN(answer.inference, inference(inquiry.analysis, answer, asked));
  }
  note_interruption(asked, inquiry);
  return MemoryInquiry{std::move(inquiry), std::move(answer)};
}

// The answer before the model is open; the question becomes that of one part of the batch.
Result<MemoryAnswer> begin(Question& question, const Asked& asked) {
  MemoryAnswer answer;
  RECKON_ASSIGN(answer.options, timeline_options(asked));
  const bool train = asked.flag("train");
  if (train && asked.text("policy") == "arena")
    return wrong("an arena is planned for inference, not for training", "`policy`");
  if (train && (asked.has("arena") || asked.has("order")))
    return wrong("an arena is planned for inference; leave `train` out",
                 asked.has("arena") ? "`arena`" : "`order`");
  answer.accumulate = asked.whole("accumulate").value_or(1);
  if (answer.accumulate < 1)
    return wrong("at least one part is needed, not " + std::to_string(answer.accumulate),
                 "`accumulate`");
  if (answer.accumulate > 1) {
    if (!train) return wrong("only training accumulates; add `train`", "`accumulate`");
    if (!question.batch)
      return wrong("say which batch is to be taken in parts: `batch` N", "`accumulate`");
    if (*question.batch % answer.accumulate != 0)
      return wrong("a batch of " + std::to_string(*question.batch) + " has no " +
                       std::to_string(answer.accumulate) + " equal parts",
                   "`accumulate`");
    *question.batch /= answer.accumulate;
    // From the second part on, the gradients of the first are there.
    answer.options.set_to_none = false;
  }
  RECKON_ASSIGN(answer.margin, margin_of(asked));
  if (asked.has("device")) {
    RECKON_ASSIGN(answer.device, asked.device("device"));
    RECKON_TRY(check_rate(*answer.device, answer.options.setup));
  }
  return answer;
}

}  // namespace

Result<TorchPolicy> torch_policy(const Asked& asked) {
  TorchPolicy policy;
  policy.version = static_cast<TorchVersion>(asked.choice("torch"));
  policy.attention = static_cast<TorchAttention>(asked.choice("attention"));
  if (asked.has("where")) {
    policy.where = static_cast<TorchWhere>(asked.choice("where"));
  } else if (asked.has("device") && asked.question() != "measure") {  // there it is cpu or cuda
    RECKON_ASSIGN(const Device device, asked.device("device"));
    policy.where = where_it_runs(device);
  }
  return policy;
}

Result<Margin> margin_of(const Asked& asked) {
  Margin margin;
  std::string_view text = asked.text("margin");
  if (text.empty()) return margin;
  if (!text.ends_with('%')) {
    RECKON_ASSIGN(margin.bytes, parse_byte_size(text, "`margin`"));
    return margin;
  }
  // "5%" or "2.5%"
  text.remove_suffix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto whole = parse_int(text.substr(0, point));
  const auto tenths =
      point < text.size() ? parse_int(text.substr(point + 1)) : std::optional<std::int64_t>(0);
  if (!whole || *whole < 0 || *whole > 100 || !tenths || *tenths < 0 || *tenths > 9 ||
      *whole * 10 + *tenths > 1000)
    return wrong("a size in bytes or a share from 0% to 100%, such as 5% or 2.5%, is expected",
                 "`margin`");
  margin.thousandths = *whole * 10 + *tenths;
  return margin;
}

Result<TimelineOptions> timeline_options(const Asked& asked) {
  RECKON_TRY(check_training(asked));
  TimelineOptions options;
  options.setup.training = asked.flag("train");
  options.setup.frozen = asked.names("freeze");
  if (asked.has("precision")) {
    RECKON_ASSIGN(options.setup.precision, find_precision(asked.text("precision")));
  }
  if (asked.has("optimizer")) {
    RECKON_ASSIGN(options.setup.optimizer, find_optimizer(asked.text("optimizer")));
  }
  options.in_place = asked.on("inplace");
  options.fold_norms = asked_fold_norms(asked);
  if (asked.has("update")) options.update = static_cast<UpdateLoop>(asked.choice("update"));
  RECKON_ASSIGN(options.torch, torch_policy(asked));
  if (asked.question() == "measure") return options;
  options.set_to_none = !asked.flag("zero-grad");
  options.alive = asked.flag("alive");
  std::optional<Device> device;
  if (asked.has("device")) {
    RECKON_ASSIGN(device, asked.device("device"));
  }
  options.gpu = gpu_overhead(device ? &*device : nullptr, options.torch);
  if (asked.has("context")) {
    RECKON_ASSIGN(options.gpu.context_most_bytes,
                  parse_byte_size(asked.text("context"), "`context`"));
    options.gpu.context_least_bytes = options.gpu.context_most_bytes;
    options.gpu.context_standing = Standing::assumed;
    options.gpu.context_source = "as given";
  }
  return options;
}

Result<std::optional<MemoryPolicy>> policy_of(const Asked& asked) {
  if (!asked.has("policy")) return std::nullopt;
  RECKON_ASSIGN(const MemoryPolicy policy, find_memory_policy(asked.text("policy")));
  return policy;
}

Status check_frozen(const Graph& graph, const std::vector<std::string>& frozen) {
  for (const std::string& prefix : frozen) {
    if (prefix.empty()) return wrong("a name or the beginning of one is expected", "`freeze`");
    bool found = false;
    std::vector<std::string_view> names;
    for (const Node& node : graph.nodes) {
      found = found || is_frozen(node, {prefix});
      if (!node.module.empty()) names.push_back(node.module);
      if (!node.name.empty()) names.push_back(node.name);
    }
    if (!found)
      return wrong("no layer or module begins with " + quoted(std::string_view(prefix)) +
                       did_you_mean(prefix, names),
                   "`freeze`");
  }
  return {};
}

Result<MemoryInquiry> inquire_memory(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(Question question, question_of(asked));
  RECKON_ASSIGN(MemoryAnswer answer, begin(question, asked));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  answer.batch = inquiry.analysis.bound.batch * answer.accumulate;
  return answered(std::move(inquiry), std::move(answer), asked);
}

}  // namespace reckon

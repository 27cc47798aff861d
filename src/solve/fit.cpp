#include "solve/fit.h"

#include <algorithm>

#include "base/number.h"
#include "base/text.h"

namespace reckon {
namespace {

// As the device runs it.
TimelineOptions options_on(const Workload& subject, const Device& device) {
  TimelineOptions options = subject.options;
  if (subject.where_follows_device) options.torch.where = where_it_runs(device);
  if (!subject.own_context) options.gpu = gpu_overhead(&device, options.torch);
  return options;
}

std::string number(std::int64_t value) {
  return std::to_string(value);
}

std::string bytes_text(std::int64_t value) {
  return number(value) + " B";
}

const Parameter* parameter_of(const Model& model, std::string_view name) {
  for (const Parameter& parameter : model.parameters)
    if (parameter.name == name && model.program != nullptr) return &parameter;
  return nullptr;
}

struct Bounds {
  std::int64_t from = 1, to = INT32_MAX;
};

Result<Bounds> range_of(const FitQuestion& q) {
  const Model& model = *q.subject.model;
  const std::vector<std::string> names = fit_variables(model);
  if (std::find(names.begin(), names.end(), q.variable) == names.end()) {
    RECKON_TRY(has_batch(model, q.variable));
    const std::vector<std::string_view> known(names.begin(), names.end());
    const std::string guess = did_you_mean(q.variable, known);
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return fail(ErrorCode::not_found,
                "this model has no parameter " + quoted(q.variable) +
                    (guess.empty() ? "; " : guess + " ") + "what can be maximised: " + list,
                "`max`");
  }
  Bounds range;
  constexpr std::int64_t widest = std::int64_t{1} << 61;  // differences stay within 64 bits
  if (const Parameter* parameter = parameter_of(model, q.variable))
    range = {std::max(parameter->min, -widest), std::min(parameter->max, widest)};
  const Bounds whole = range;
  range.from = q.from.value_or(range.from);
  range.to = q.to.value_or(range.to);
  if (range.from < whole.from || range.to > whole.to || range.from > range.to)
    return fail(ErrorCode::bad_argument,
                q.variable + " can be searched within " + number(whole.from) + ".." +
                    number(whole.to) + ", not " + number(range.from) + ".." + number(range.to),
                "`max`");
  return range;
}

// Asks for footprints and remembers what the answer wants to tell.
class Prober {
 public:
  explicit Prober(const FitQuestion& q) : question_(q), subject_(q.subject), at_(subject_) {
    if (subject_.bindings.watch == nullptr) subject_.bindings.watch = &own_;
  }

  Probe operator()(std::int64_t value) {
    const Watch& watch = *subject_.bindings.watch;
    const std::int64_t before = watch.steps();
    Probe probe = at(value);
    probe.searched = watch.steps() - before;
    return probe;
  }

  Result<Footprint> lines(std::int64_t value) { return at_.with(question_.variable, value); }
  bool lower_bound() const { return lower_bound_; }
  // Least bytes of weights that the flash cannot hold; INT64_MAX where there are none.
  std::int64_t least_flash_bytes() const { return least_flash_; }
  const Error& gap_error() const { return gap_error_; }
  std::string gap() const {
    return first_gap_ ? question_.variable + " = " + number(*first_gap_) + ": " + gap_error_.message
                      : "";
  }
  // Why a search is over that was not at its end.
  std::string ended() const {
    return stopped(question_.limits.watch)
               ? "it was interrupted"
               : "the search for sizes that its rules allow ended after " +
                     grouped(question_.limits.max_searched) + " steps";
  }

 private:
  Probe at(std::int64_t value) {
    auto footprint = at_.with(question_.variable, value);
    if (!footprint) {
      const ErrorCode code = footprint.error().code;
      const bool beyond = code == ErrorCode::overflow || code == ErrorCode::limit;
      if (!beyond && !first_gap_) first_gap_ = value;
      // The smallest gap is the one to tell about.
      if (!beyond && value <= *first_gap_) {
        first_gap_ = value;
        gap_error_ = std::move(footprint).error();
      }
      return {beyond ? Probe::State::beyond : Probe::State::missing, 0, 4};
    }
    lower_bound_ |= footprint->lower_bound;
    if (question_.flash_budget_bytes &&
        footprint->flash_bytes.value_or(0) > *question_.flash_budget_bytes) {
      least_flash_ = std::min(least_flash_, *footprint->flash_bytes);
      return {Probe::State::beyond, 0, std::max<std::int64_t>(footprint->nodes, 1)};
    }
    return {Probe::State::known, footprint->bytes, std::max<std::int64_t>(footprint->nodes, 1),
            footprint->alive_bytes.value_or(-1)};
  }

  const FitQuestion& question_;
  Watch own_;  // counts, where nobody else does
  Workload subject_;
  FootprintAt at_;
  bool lower_bound_ = false;
  std::int64_t least_flash_ = INT64_MAX;
  std::optional<std::int64_t> first_gap_;
  Error gap_error_;
};

std::string_view grown_most(const Footprint& a, const Footprint& b) {
  std::size_t best = 0;
  const auto growth = [&](std::size_t i) { return b.lines[i].bytes - a.lines[i].bytes; };
  for (std::size_t i = 0; i < a.lines.size() && i < b.lines.size(); ++i)
    if (growth(i) > growth(best)) best = i;
  return a.lines[best].name;
}

// "training with adam in fp32"
std::string doing(const Workload& subject) {
  const TrainingSetup& setup = subject.options.setup;
  return (setup.training ? "training with " + std::string(setup.optimizer->name) : "inference") +
         " in " + std::string(setup.precision->name) + " (policy " +
         std::string(to_string(subject.policy)) + ")";
}

std::unexpected<Error> nothing_fits(const FitQuestion& q, const Bounds& range,
                                    const SearchResult& found, Prober& prober) {
  if (!found.cheapest) {
    if (prober.least_flash_bytes() < INT64_MAX)
      return fail(ErrorCode::does_not_fit,
                  "the weights need at least " + bytes_text(prober.least_flash_bytes()) +
                      " of flash at every " + q.variable + " that was tried, and " +
                      bytes_text(*q.flash_budget_bytes) + " are there",
                  "`max` " + q.variable);
    // No network at any value, or none that can be counted.
    Error error = prober.gap_error();
    if (found.ended && !error.message.empty()) error.message += "; " + prober.ended();
    if (error.message.empty() && found.ended)
      error = {ErrorCode::limit, "no " + q.variable + " was found that fits: " + prober.ended(),
               ""};
    if (error.message.empty())
      error = {ErrorCode::overflow, "every value of " + q.variable + " is beyond 64 bits", ""};
    return std::unexpected<Error>(std::move(error));
  }
  std::string text = doing(q.subject) + " needs at least " + bytes_text(found.least_bytes) + " (" +
                     q.variable + " = " + number(*found.cheapest) + "), and " +
                     bytes_text(q.budget_bytes) + " are there";
  if (const auto footprint = prober.lines(*found.cheapest)) {
    const Footprint::Line& weights = footprint->lines.front();
    const Footprint::Line& largest = footprint->largest();
    text += weights.bytes > q.budget_bytes
                ? ": the weights alone take " + bytes_text(weights.bytes)
                : ": " + std::string(largest.name) + " holds most, " + bytes_text(largest.bytes);
  }
  if (found.ended)
    text += "; " + prober.ended() + ", when " + number(found.probes) + " values had been tried";
  else if (found.tried_above && !found.exact)
    text += "; values up to " + number(found.tried_to) + " of " + number(range.to) +
            " were tried one by one";
  return fail(ErrorCode::does_not_fit, std::move(text), "`max` " + q.variable);
}

std::string sentence_of(const FitQuestion& q, const Bounds& range, const SearchResult& found,
                        const FitAnswer& a) {
  std::string text = "the largest " + a.variable + " that fits is " + number(a.max) + ": " +
                     doing(q.subject) + " takes " + (a.lower_bound ? "at least " : "") +
                     bytes_text(a.bytes_at_max) + " of " + bytes_text(a.budget_bytes);
  if (a.next && a.bytes_at_next)
    text += ", and " + bytes_text(*a.bytes_at_next) + " at " + number(*a.next) + "; " + a.binding +
            " grows most";
  else if (a.next)
    text += ", and more than can be counted at " + number(*a.next);
  else
    text += "; the range ends at " + number(range.to) + ", " + a.largest + " holds most";
  if (a.gaps) text += "; some values give no network (" + a.gap + ")";
  if (!a.ended.empty())
    text += "; " + a.ended + ", when " + number(a.tried) +
            " values had been tried: a larger one may fit";
  else if (found.tried_above)
    text +=
        "; " +
        (a.monotone ? "there are long gaps" : "a larger " + a.variable + " sometimes needs less") +
        ", so all values up to " + number(a.searched_to) + " were tried" +
        (a.exact ? "" : ", and above that only some, none of which fits");
  else if (!a.exact)
    text += "; a larger " + a.variable +
            (found.could_fit > found.max ? " never holds less at once, at "
                                         : " never needed less, at ") +
            number(a.tried) + " values tried";
  if (found.could_fit > found.max)
    text += std::string(found.tried_between ? "; all" : "; not all") + " values up to " +
            number(*found.could_fit) +
            " were tried: their tensors have room, and what is reserved for them has none";
  return text;
}

// A batch that the file alone allows is no answer about memory: where the file fixes its batch, and
// another does not pass its rules, the question is refused.
Status other_batches(const FitQuestion& q) {
  if (q.variable != "batch") return {};
  RECKON_ASSIGN(const BoundDims bound, bind_dims(*q.subject.model->graph, q.subject.bindings));
  if (bound.place.dim < 0) return {};
  const auto next = FootprintAt(q.subject).with(q.variable, bound.batch + 1);
  if (next || next.error().code == ErrorCode::overflow || next.error().code == ErrorCode::limit)
    return {};
  return std::unexpected<Error>(next.error());
}

}  // namespace

Status has_batch(const Model& model, std::string_view variable) {
  if (variable != "batch") return {};
  const Batch batch = find_batch(*model.graph, input_uses(*model.graph));
  if (batch.dim != unknown_dim) return {};
  return fail(ErrorCode::bad_argument, "this model has no batch dimension, because " + batch.why,
              "`max`");
}

std::vector<std::string> fit_variables(const Model& model) {
  const Batch batch = find_batch(*model.graph, input_uses(*model.graph));
  std::vector<std::string> names;
  if (batch.dim != unknown_dim) names.emplace_back("batch");
  const auto add = [&](std::string_view name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  };
  if (model.program != nullptr)
    for (const Parameter& parameter : model.parameters) add(parameter.name);
  // The batch goes by its own name; what follows from others cannot be chosen.
  const Graph& graph = *model.graph;
  const std::vector<DimRule> rules = dim_rules(graph);
  for (std::size_t i = 0; i < graph.dim_names.size(); ++i) {
    const Dim dim = -2 - static_cast<Dim>(i);
    const auto is_it = [&](const DimRule& rule) { return rule.dim == dim; };
    if (dim != batch.dim && std::none_of(rules.begin(), rules.end(), is_it))
      add(graph.dim_names[i]);
  }
  return names;
}

Result<FitAnswer> largest_that_fits(const FitQuestion& question) {
  const FitQuestion& q = question;
  RECKON_ASSIGN(const Bounds range, range_of(q));
  if (q.budget_bytes < 1)
    return fail(ErrorCode::bad_argument,
                "a budget is at least 1 byte, not " + number(q.budget_bytes), "`budget`");
  // A question that is wrong at every value is an error, not a gap.
  if (const auto given = FootprintAt(q.subject).as_given();
      !given && given.error().code != ErrorCode::overflow && given.error().code != ErrorCode::limit)
    return std::unexpected<Error>(given.error());
  RECKON_TRY(other_batches(q));
  Prober prober(q);
  const SearchResult found =
      search_largest(range.from, range.to, q.budget_bytes, std::ref(prober), q.limits);
  if (!found.max) return nothing_fits(q, range, found, prober);
  FitAnswer a;
  a.variable = q.variable;
  a.max = *found.max;
  a.bytes_at_max = found.bytes_at_max;
  a.next = found.next;
  a.bytes_at_next = found.bytes_at_next;
  a.budget_bytes = q.budget_bytes;
  a.monotone = found.monotone;
  a.gaps = found.gaps;
  a.gap = prober.gap();
  a.exact = found.exact;
  a.could_fit = found.could_fit;
  a.tried_between = found.tried_between;
  a.lower_bound = prober.lower_bound();
  a.searched_from = range.from;
  a.searched_to = found.exact || !found.tried_above ? range.to : found.tried_to;
  a.tried = found.probes;
  if (found.ended) a.ended = prober.ended();
  RECKON_ASSIGN(const Footprint here, prober.lines(a.max));
  a.largest = here.largest().name;
  a.binding = a.largest;
  a.flash_bytes_at_max = here.flash_bytes;
  if (a.next && a.bytes_at_next) {
    RECKON_ASSIGN(const Footprint after, prober.lines(*a.next));
    a.binding = grown_most(here, after);
  } else if (a.next && q.flash_budget_bytes) {
    RECKON_ASSIGN(const Footprint after, prober.lines(*a.next));
    a.bytes_at_next = after.bytes;
    a.flash_bytes_at_next = after.flash_bytes;
    a.binding = "flash_bytes";
  }
  a.sentence = sentence_of(q, range, found, a);
  return a;
}

Result<DeviceAnswer> smallest_device(const Workload& subject, std::span<const Device> devices,
                                     const Margin& margin) {
  RECKON_ASSIGN(const Footprint given, FootprintAt(subject).as_given());
  std::optional<Footprint> placed;
  // One for each way in which the devices run it.
  struct Way {
    TorchWhere where;
    std::int64_t blas_workspace_bytes, context_most_bytes;
    Footprint needed;
  };
  std::vector<Way> ways;
  const auto way_of = [&](const Device& device) {
    const TimelineOptions options = options_on(subject, device);
    return std::ranges::find_if(ways, [&](const Way& way) {
      return way.where == options.torch.where &&
             way.blas_workspace_bytes == options.gpu.blas_workspace_bytes &&
             way.context_most_bytes == options.gpu.context_most_bytes;
    });
  };
  for (const Device& device : devices) {
    if (way_of(device) != ways.end()) continue;
    Workload there = subject;
    there.options = options_on(subject, device);
    there.weights_apart = false;
    RECKON_ASSIGN(Footprint needed, FootprintAt(there).as_given());
    ways.push_back({there.options.torch.where, there.options.gpu.blas_workspace_bytes,
                    there.options.gpu.context_most_bytes, std::move(needed)});
  }
  if (!subject.options.setup.training) {
    Workload arena = subject;
    arena.policy = MemoryPolicy::arena;
    arena.weights_apart = true;
    RECKON_ASSIGN(placed, FootprintAt(arena).as_given());
  }
  const auto needed_on = [&](const Device& device) -> const Footprint& {
    if (placed && device.flash_bytes) return *placed;
    return way_of(device)->needed;
  };
  const Device *smallest = nullptr, *too_small = nullptr;
  for (const Device& device : devices) {
    const Footprint& needed = needed_on(device);
    const std::int64_t usable = usable_memory(device).value;
    const bool fits =
        needed.bytes <= usable - margin.of(usable) &&
        (!device.flash_bytes || needed.flash_bytes.value_or(0) <= device.flash_bytes->value);
    const Device*& best = fits ? smallest : too_small;
    const bool is_better = best == nullptr || (fits ? usable < usable_memory(*best).value
                                                    : usable > usable_memory(*best).value);
    if (is_better) best = &device;
  }
  if (smallest == nullptr)
    return fail(ErrorCode::does_not_fit,
                doing(subject) + " needs " + bytes_text(given.bytes) +
                    (too_small == nullptr
                         ? " and there are no devices"
                         : ", more than the largest device, " + too_small->name +
                               ", can give: " + bytes_text(usable_memory(*too_small).value)),
                "`device`");
  const Footprint& needed = needed_on(*smallest);
  DeviceAnswer a;
  a.device = *smallest;
  a.usable = usable_memory(*smallest);
  a.needed_bytes = needed.bytes;
  a.flash_bytes = needed.flash_bytes;
  if (too_small != nullptr) {
    a.too_small = *too_small;
    a.needed_of_too_small_bytes = needed_on(*too_small).bytes;
    a.flash_of_too_small_bytes = needed_on(*too_small).flash_bytes;
  }
  a.largest = needed.largest().name;
  a.sentence = "the smallest device that fits is " + smallest->name + ": " + doing(subject) +
               " takes " + (needed.lower_bound ? "at least " : "") + bytes_text(needed.bytes) +
               " of " + bytes_text(a.usable.value);
  if (needed.flash_bytes && smallest->flash_bytes)
    a.sentence += " and " + bytes_text(*needed.flash_bytes) + " of flash";
  if (too_small != nullptr)
    a.sentence += "; " + too_small->name + " has only " +
                  (a.needed_of_too_small_bytes > usable_memory(*too_small).value
                       ? bytes_text(usable_memory(*too_small).value)
                       : bytes_text(too_small->flash_bytes->value) + " of flash");
  return a;
}

}  // namespace reckon

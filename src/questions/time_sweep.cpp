#include "questions/time_sweep.h"

#include <algorithm>

#include "base/text.h"

namespace reckon {
namespace {

constexpr std::int64_t most_batch = std::int64_t{1} << 20;

TimePoint point_of(const TimeAnswer& t) {
  const TimeEstimate& e = t.estimate;
  TimePoint p;
  p.batch = t.batch;
  p.seconds = e.seconds;
  p.samples_per_s = t.samples_per_s();
  p.utilisation = e.utilisation();
  p.start_s = e.start_bound_s;
  p.kernels = e.kernels;
  p.fits = t.fits();
  const double most = std::max({e.compute_bound_s, e.memory_bound_s, e.start_bound_s});
  if (most > 0)
    p.bound = most == e.compute_bound_s  ? Bound::compute
              : most == e.memory_bound_s ? Bound::memory
                                         : Bound::start;
  double busy_s = 0, filled_s = 0;
  for (const LayerTime& layer : e.layers) {
    if (layer.forward.compute_s == 0 || layer.layer->mac_kind == MacKind::nothing) continue;
    busy_s += layer.forward.compute_s;
    filled_s += layer.forward.compute_s * layer.forward.wave_efficiency;
  }
  p.wave_efficiency = busy_s > 0 ? filled_s / busy_s : 0;
  return p;
}

void describe(const TimeAnswer& t, TimeSweep& sweep) {
  sweep.device = t.device.name;
  sweep.format = t.format;
  sweep.training = t.options.training;
  sweep.start_known = t.estimate.rates.start_known;
}

// Elements of one sample of a value that is fixed in size.
Result<std::int64_t> features(const Analysis& analysis, const std::vector<ValueId>& ids,
                              std::string_view what) {
  if (ids.size() == 1) {
    const Shape& shape = analysis.tensor(ids[0]).shape;
    const std::int64_t elements = shape.is_static() ? shape.elements().value_or(0) : 0;
    if (elements > 0) return elements / std::max<std::int64_t>(1, analysis.bound.batch);
  }
  return fail(ErrorCode::bad_argument,
              "wide against deep needs a model with one " + std::string(what) + " of a fixed size",
              "`shapes`");
}

std::string chain(std::int64_t in, std::int64_t width, std::int64_t depth, std::int64_t out) {
  std::string text = std::to_string(in);
  for (std::int64_t i = 0; i < depth; ++i) text += "-" + std::to_string(width);
  return text + "-" + std::to_string(out);
}

}  // namespace

Result<BatchRange> parse_batch_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto from = parse_int(text.substr(0, dots));
  const auto to = dots == std::string_view::npos ? from : parse_int(text.substr(dots + 2));
  if (!from || !to || *from < 1 || *to < *from || *to > most_batch)
    return fail(ErrorCode::bad_argument,
                "a range of batches is 1..256, at most to 1,048,576, not " + quoted(text),
                "`batch`");
  return BatchRange{*from, *to};
}

std::int64_t width_for(std::int64_t params, std::int64_t in, std::int64_t out, std::int64_t depth) {
  const auto too_many = [&](std::int64_t w) {
    const double width = static_cast<double>(w);
    return width * static_cast<double>(in + 1) +
               static_cast<double>(depth - 1) * width * (width + 1) +
               static_cast<double>(out) * (width + 1) >
           static_cast<double>(params);
  };
  std::int64_t least = 0, most = std::int64_t{1} << 30;  // at `least` it fits or nothing does
  while (most - least > 1) {
    const std::int64_t middle = least + (most - least) / 2;
    (too_many(middle) ? most : least) = middle;
  }
  return least;
}

Result<TimeSweepInquiry> sweep_batches(const ModelRef& of, const Asked& asked,
                                       const BatchRange& range) {
  Asked one = asked;
  one.give("batch", {.whole = range.from});
  RECKON_ASSIGN(TimeInquiry first, inquire_time(of, one));
  TimeSweepInquiry out{std::move(first.inquiry), {}};
  describe(first.time, out.sweep);
  out.sweep.points.push_back(point_of(first.time));
  std::vector<std::int64_t> batches;
  for (std::int64_t batch = 1; batch < range.to; batch *= 2)
    if (batch > range.from) batches.push_back(batch);
  if (range.to > range.from) batches.push_back(range.to);
  for (const std::int64_t batch : batches) {
    one.give("batch", {.whole = batch});
    RECKON_ASSIGN(const TimeInquiry next, inquire_time(out.inquiry.model, one));
    out.sweep.points.push_back(point_of(next.time));
  }
  return out;
}

Result<TimeSweepInquiry> wide_against_deep(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  const Analysis& analysis = inquiry.analysis;
  const Graph& graph = *inquiry.model->graph;
  RECKON_ASSIGN(const std::int64_t in, features(analysis, graph.inputs, "input"));
  RECKON_ASSIGN(const std::int64_t out, features(analysis, graph.outputs, "output"));
  TimeSweepInquiry found{std::move(inquiry), {}};
  found.sweep.shapes = true;
  found.sweep.params = found.inquiry.analysis.totals.params;
  Asked one = asked;
  one.give("set", {});
  constexpr std::int64_t deepest = 256;
  for (std::int64_t depth = 1; depth <= deepest; depth *= 2) {
    const std::int64_t width = width_for(found.sweep.params, in, out, depth);
    if (width < 1 || (depth > 1 && width < std::min<std::int64_t>(out, 4))) break;
    RECKON_ASSIGN(const TimeInquiry next, inquire_time(chain(in, width, depth, out), one));
    if (depth == 1) describe(next.time, found.sweep);
    TimePoint& point = found.sweep.points.emplace_back(point_of(next.time));
    point.depth = depth;
    point.width = width;
    point.params = next.inquiry.analysis.totals.params;
  }
  if (found.sweep.points.empty())
    return fail(ErrorCode::bad_argument,
                "with " + std::to_string(found.sweep.params) + " parameters no hidden layer fits " +
                    "between " + std::to_string(in) + " inputs and " + std::to_string(out) +
                    " outputs",
                "`shapes`");
  return found;
}

}  // namespace reckon

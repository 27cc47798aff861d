// The fields of the answers of `reckon time`.
#include "base/field_rows.h"
#include "machine/layer_kind.h"
#include "questions/answer.h"
#include "questions/time_answer.h"

namespace reckon {
namespace {

std::optional<std::int64_t> batch_of(double critical_batch_size) {
  return critical_batch_size > 0 ? std::optional(static_cast<std::int64_t>(critical_batch_size))
                                 : std::nullopt;
}

constexpr Row<WorkTime> work_rows[] = {
    field<&WorkTime::seconds>("seconds", "s", "of the kernel"),
    field<&WorkTime::ops>("ops", "OP", "a multiply-add is two"),
    field<&WorkTime::bytes>("bytes", "B", "that it moves"),
    field<&WorkTime::level>("level", "", "that its activations come from: l1, l2, llc, memory"),
    field<&WorkTime::compute_s>("compute_s", "s", "of arithmetic"),
    field<&WorkTime::memory_s>("memory_s", "s", "of memory"),
    field<&WorkTime::start_s>("start_s", "s", "of its start"),
    field<&WorkTime::bound>("bound", "", "compute, memory, start, nothing"),
    field<&WorkTime::intensity>("intensity", "OP/B", ""),
    field<&WorkTime::utilisation>("utilisation", "", ""),
    field<&WorkTime::wave_efficiency>("wave_efficiency", "",
                                      "share of the units that its tiles keep busy"),
};

struct TimedLayer {
  const LayerTime& time;
  const Node& node;
  bool training;

  // Absent where nothing is trained; null where the layer has none.
  IfAny<std::optional<const WorkTime*>> gradient(const Boxed<WorkTime>& work) const {
    if (!training) return {};
    return {work ? &*work : nullptr};
  }
};
constexpr Row<TimedLayer> layer_rows[] = {
    field("name", "", "name",
          [](const TimedLayer& l) { return l.node.name.empty() ? l.node.op_type : l.node.name; }),
    field("op", "", "ONNX operator", [](const TimedLayer& l) { return l.node.op_type; }),
    field("seconds", "s", "of all its parts", [](const TimedLayer& l) { return l.time.seconds; }),
    field("fused", "", "its work counts in the kernel before",
          [](const TimedLayer& l) { return l.time.fused; }),
    field("critical_batch_size", "",
          "least batch at which its forward pass is bound by arithmetic; null: never",
          [](const TimedLayer& l) { return batch_of(l.time.critical_batch_size); }),
    object<work_rows>("forward", "null where it is fused",
                      [](const TimedLayer& l) { return l.time.fused ? nullptr : &l.time.forward; }),
    object<work_rows>("input_gradient", "of training",
                      [](const TimedLayer& l) { return l.gradient(l.time.input_gradient); }),
    object<work_rows>("weight_gradient", "of training",
                      [](const TimedLayer& l) { return l.gradient(l.time.weight_gradient); }),
    field("update_s", "s", "of training",
          [](const TimedLayer& l) {
            return IfAny{l.training ? std::optional(l.time.update_s) : std::nullopt};
          }),
};

constexpr Row<KindTime> kind_rows[] = {
    field<&KindTime::kind>("kind", "",
                           "convolution, depthwise, linear, batched linear, product, recurrent, "
                           "pooling, normalisation, activation, other"),
    field<&KindTime::layers>("layers", "", "of the kind"),
    field<&KindTime::fused>("fused", "", "of these, into the kernel before"),
    field<&KindTime::ops>("ops", "OP", "of the forward pass"),
    field<&KindTime::bytes>("bytes", "B", "of the forward pass"),
    field<&KindTime::bound>("bound", "",
                            "what bounds most of its forward time: compute, memory, start; nothing "
                            "where all are fused"),
    field("critical_batch_size", "",
          "least batch at which most of its forward time is bound by arithmetic; null: never",
          [](const KindTime& k) { return batch_of(k.critical_batch_size); }),
    field<&KindTime::forward_s>("forward_s", "s", ""),
    field<&KindTime::backward_s>("backward_s", "s", "both gradients"),
    field<&KindTime::update_s>("update_s", "s", ""),
};

constexpr Row<TimeEstimate> estimate_rows[] = {
    field<&TimeEstimate::lower_bound>("is_lower_bound", "", "something of the network is unknown"),
    field<&TimeEstimate::seconds>("seconds", "s", "of the pass or the step"),
};
constexpr Row<TimeEstimate> part_rows[] = {
    field<&TimeEstimate::forward_s>("forward_s", "s", "part of seconds"),
    field<&TimeEstimate::input_gradient_s>(
        "input_gradient_s", "s",
        "part of seconds; also layers without products, which go backward in one kernel"),
    field<&TimeEstimate::weight_gradient_s>("weight_gradient_s", "s", "part of seconds"),
    field<&TimeEstimate::update_s>("update_s", "s", "part of seconds"),
    field<&TimeEstimate::loss_forward_s>("loss_forward_s", "s",
                                         "part of seconds, of PyTorch on a GPU"),
    field<&TimeEstimate::loss_backward_s>("loss_backward_s", "s", "part of seconds, likewise"),
    field<&TimeEstimate::compute_bound_s>("compute_bound_s", "s", "in which arithmetic bounds"),
    field<&TimeEstimate::memory_bound_s>("memory_bound_s", "s", "in which memory bounds"),
    field("start_bound_s", "s",
          "in which the start of kernels bounds; null where nobody knows it for the device",
          [](const TimeEstimate& e) {
            return e.rates.start_known ? std::optional(e.start_bound_s) : std::nullopt;
          }),
    field<&TimeEstimate::ops>("ops", "OP", "a multiply-add is two"),
    field<&TimeEstimate::bytes>("bytes", "B", "moved between kernels and memory"),
    field<&TimeEstimate::kernels>("kernels", "", "that are started"),
    field("utilisation", "", "ops ÷ (seconds · ops_per_s)",
          [](const TimeEstimate& e) { return e.utilisation(); }),
    field<&TimeEstimate::overlapped_s>("overlapped_s", "s", "where loading and computing overlap"),
    field<&TimeEstimate::in_turn_s>("in_turn_s", "s", "where they do not"),
    field("double_buffer_bytes", "B",
          "on the chip, that the overlap takes: 4·t² + 4·t·32·element, t = ⌈ridge · element⌉",
          [](const TimeEstimate& e) {
            return static_cast<std::int64_t>(double_buffer_bytes(e.rates));
          }),
};
constexpr Row<MachineRates> rate_rows[] = {
    field<&MachineRates::product_per_s>("ops_per_s", "OP/s", "of products, in this format"),
    field<&MachineRates::vector_per_s>("vector_ops_per_s", "OP/s", "of everything but products"),
    field<&MachineRates::bytes_per_s>("bytes_per_s", "B/s", "of memory"),
    field("ridge_ops_per_byte", "OP/B", "where arithmetic and memory take the same time",
          [](const MachineRates& r) { return r.ridge(); }),
};

constexpr Row<TimeAnswer> time_rows[] = {
    field("mode", "", "training, inference",
          [](const TimeAnswer& t) { return mode_word(t.options.training); }),
    field<&TimeAnswer::device, &Device::name>("device", "", "name"),
    field<&TimeAnswer::batch>("batch", "", "inputs in one pass"),
    field<&TimeAnswer::format>("format", "",
                               "of most products: fp32, tf32, fp16, bf16, fp8, fp4, int8, fp64"),
    field("optimizer", "", "null for inference",
          [](const TimeAnswer& t) { return if_not_empty(t.optimizer); }),
    field("fused", "", "element-wise layers are computed by the kernel that makes their input",
          [](const TimeAnswer& t) { return t.options.fused && !t.options.training; }),
    field<&TimeAnswer::options, &TimeOptions::overlap>("overlap", "",
                                                       "loading and computing overlap"),
    field("library", "", "whose way to run it is counted: none, libtorch, eager (PyTorch on a GPU)",
          [](const TimeAnswer& t) { return t.options.library; }),
    field("attention", "", "of PyTorch on a GPU: sdpa (fused) or math; null elsewhere",
          [](const TimeAnswer& t) {
            const bool eager = t.options.library == Library::eager;
            return if_not_empty(!eager                     ? std::string_view()
                                : t.options.math_attention ? std::string_view("math")
                                                           : std::string_view("sdpa"));
          }),
    field("standing", "", "modelled", [](const TimeAnswer&) { return Standing::modelled; }),
    members<estimate_rows, &TimeAnswer::estimate>(),
    field("samples_per_s", "1/s", "inputs a second",
          [](const TimeAnswer& t) { return t.samples_per_s(); }),
    members<part_rows, &TimeAnswer::estimate>(),
    field<&TimeAnswer::needed_bytes>("needed_bytes", "B",
                                     "of the device's memory; null where it cannot be told"),
    field<&TimeAnswer::needed_flash_bytes>("needed_flash_bytes", "B",
                                           "weights, where the device keeps them in flash"),
    field<&TimeAnswer::usable_bytes>("usable_bytes", "B", "memory that a program can get"),
    field("fits", "", "null where it cannot be told",
          [](const TimeAnswer& t) {
            return t.needed_bytes ? std::optional(t.fits()) : std::nullopt;
          }),
    members<rate_rows, &TimeAnswer::estimate, &TimeEstimate::rates>(),
    values<&TimeAnswer::estimate, &TimeEstimate::assumptions>("assumptions", "sentences"),
    list<kind_rows>("kinds", "the layers by kind",
                    [](const TimeAnswer& t) {
                      return made<KindTime>(t, [](const TimeAnswer& of, auto emit) {
                        for (const KindTime& kind : time_by_kind(of.estimate, of.batch)) emit(kind);
                      });
                    }),
    list<layer_rows>("layers", "those that do something, in order",
                     [](const TimeAnswer& t) {
                       return made<TimedLayer>(t, [](const TimeAnswer& of, auto emit) {
                         for (const LayerTime& layer : of.estimate.layers)
                           emit({layer, layer.layer->op_node(), of.options.training});
                       });
                     }),
};

struct SweepPoint {
  const TimePoint& point;
  const TimeSweep& sweep;

  std::optional<std::int64_t> of_shape(std::int64_t n) const {
    return sweep.shapes ? std::optional(n) : std::nullopt;
  }
};
constexpr Row<TimePoint> measured_rows[] = {
    field<&TimePoint::seconds>("seconds", "s", "latency"),
    field<&TimePoint::samples_per_s>("samples_per_s", "1/s", "throughput"),
    field<&TimePoint::utilisation>("utilisation", "", "as in time"),
    field<&TimePoint::bound>("bound", "", "what bounds most of the time"),
    field<&TimePoint::kernels>("kernels", "", "that are started"),
};
constexpr Row<SweepPoint> point_rows[] = {
    field("batch", "", "inputs in one pass", [](const SweepPoint& p) { return p.point.batch; }),
    field("depth", "", "hidden layers of a shape",
          [](const SweepPoint& p) { return p.of_shape(p.point.depth); }),
    field("width", "", "units of each",
          [](const SweepPoint& p) { return p.of_shape(p.point.width); }),
    field("params", "", "of the shape",
          [](const SweepPoint& p) { return p.of_shape(p.point.params); }),
    members<measured_rows>([](const SweepPoint& p) -> auto& { return p.point; }),
    field("start_bound_s", "s", "as in time",
          [](const SweepPoint& p) {
            return p.sweep.start_known ? std::optional(p.point.start_s) : std::nullopt;
          }),
    field("wave_efficiency", "", "share of the units that products keep busy",
          [](const SweepPoint& p) { return p.point.wave_efficiency; }),
    field("fits", "", "false where it is known not to fit the device's memory",
          [](const SweepPoint& p) { return p.point.fits; }),
};
constexpr Row<TimeSweep> sweep_rows[] = {
    field("over", "", "batch, or shape: wide against deep",
          [](const TimeSweep& s) { return std::string_view(s.shapes ? "shape" : "batch"); }),
    field<&TimeSweep::device>("device", "", "name"),
    field<&TimeSweep::format>("format", "", "fp32, …"),
    field("mode", "", "training, inference",
          [](const TimeSweep& s) { return mode_word(s.training); }),
    field("standing", "", "modelled", [](const TimeSweep&) { return Standing::modelled; }),
    field("params", "", "that the shapes are to have",
          [](const TimeSweep& s) { return s.shapes ? std::optional(s.params) : std::nullopt; }),
    list<point_rows>("points", "",
                     [](const TimeSweep& s) {
                       return made<SweepPoint>(s, [](const TimeSweep& of, auto emit) {
                         for (const TimePoint& point : of.points) emit({point, of});
                       });
                     }),
};

}  // namespace

constinit const Row<TimeAnswer> time_field =
    answer<time_rows>("time", "of `reckon time`: how long on a device");
constinit const Row<TimeSweep> time_sweep_field =
    answer<sweep_rows>("time_sweep", "of `reckon time` at several points");

}  // namespace reckon

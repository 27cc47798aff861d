// The fields of the answer of `reckon devices fit`.
#include "base/field_rows.h"
#include "base/figure.h"
#include "questions/answer.h"
#include "questions/throughput_answer.h"

namespace reckon {
namespace {

constexpr Row<ThroughputError> error_rows[] = {
    field<&ThroughputError::median>("median", "", "|predicted/measured - 1| of seconds"),
    field<&ThroughputError::mean>("mean", "", ""),
    field<&ThroughputError::ninth_decile>("ninth_decile", "", "nine of ten are below"),
};
constexpr Row<ThroughputModel> model_rows[] = {
    field("macs_per_s", "MAC/s", "fitted",
          [](const ThroughputModel& m) { return 1 / m.s_per_mac; }),
    field("outputs_per_s", "1/s", "fitted: outputs of convolutions and linear layers",
          [](const ThroughputModel& m) { return 1 / m.s_per_output; }),
    field<&ThroughputModel::overhead>("overhead", "", "nothing, constant, weights"),
    field("batch_overhead_s", "s", "of a batch, where constant",
          [](const ThroughputModel& m) {
            return m.overhead == BatchOverhead::constant ? std::optional(m.s_per_batch)
                                                         : std::nullopt;
          }),
    field("params_per_s", "1/s", "where it is the weights",
          [](const ThroughputModel& m) {
            return m.overhead == BatchOverhead::weights ? std::optional(1 / m.s_per_param)
                                                        : std::nullopt;
          }),
};
struct Point {
  const ThroughputSample& sample;
  double predicted_images_per_s;
};
constexpr Row<Point> point_rows[] = {
    field("name", "", "", [](const Point& p) -> auto& { return p.sample.name; }),
    field("batch", "", "images in one pass", [](const Point& p) { return p.sample.batch; }),
    field("measured_images_per_s", "1/s", "", [](const Point& p) { return p.sample.images_per_s; }),
    field<&Point::predicted_images_per_s>("predicted_images_per_s", "1/s",
                                          "by a fit that did not see it"),
};
constexpr Row<ThroughputReport> throughput_rows[] = {
    field<&ThroughputReport::table>("table", "", "file"),
    field<&ThroughputReport::rate>("rate", "", "column that was fitted"),
    field("networks", "", "rows with a rate",
          [](const ThroughputReport& r) { return std::ssize(r.samples); }),
    field<&ThroughputReport::not_measured>("not_measured", "", "rows without one, left out"),
    field("standing", "", "modelled", [](const ThroughputReport&) { return Standing::modelled; }),
    members<model_rows, &ThroughputReport::fit, &ThroughputFit::model>(),
    field<&ThroughputReport::fit, &ThroughputFit::folds>("folds", "", "of the cross-validation"),
    object<error_rows, &ThroughputReport::fit, &ThroughputFit::error>("error",
                                                                      "by cross-validation"),
    object<error_rows, &ThroughputReport::fit, &ThroughputFit::naive>(
        "naive_error", "of MACs at one fitted rate, likewise"),
    list<point_rows>("points", "in the order of the table",
                     [](const ThroughputReport& r) {
                       return made<Point>(r, [](const ThroughputReport& of, auto emit) {
                         for (std::size_t i = 0; i < of.samples.size(); ++i)
                           emit({of.samples[i], of.fit.predicted_images_per_s[i]});
                       });
                     }),
};

}  // namespace

constinit const Row<ThroughputReport> throughput_field =
    answer<throughput_rows>("throughput", "of `reckon devices fit`");

}  // namespace reckon

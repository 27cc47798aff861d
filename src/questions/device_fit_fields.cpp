// The fields of the answer of `reckon devices fit` where it is of measured times.
#include "base/field_rows.h"
#include "base/figure.h"
#include "questions/answer.h"
#include "questions/device_fit_answer.h"

namespace reckon {
namespace {

constexpr Row<FormatFit> format_rows[] = {
    field<&FormatFit::format>("format", "", "fp32, fp16 or bf16"),
    field<&FormatFit::rows>("times", "", "measured, in this format"),
    field<&FormatFit::ratio>("ratio", "", "measured time to predicted, the geometric mean"),
    field<&FormatFit::error_before>("error_before", "", "mean of |predicted/measured - 1|"),
    field<&FormatFit::error>("error", "", "likewise, fitted"),
    field<&FormatFit::left_out_error>(
        "left_out_error", "", "likewise, each by a fit to the others; null for a single time"),
};
constexpr Row<FittedTime> time_rows[] = {
    field<&FittedTime::network>("network", "", "as asked"),
    field<&FittedTime::batch>("batch", "", "inputs in one pass"),
    field<&FittedTime::part>("mode", "", "inference, training, forward-backward"),
    field<&FittedTime::format>("format", "", "fp32, fp16 or bf16"),
    field<&FittedTime::measured_s>("measured_s", "s", ""),
    field<&FittedTime::predicted_s>("predicted_s", "s", "by the device's rates"),
    field<&FittedTime::fitted_s>("fitted_s", "s", ""),
    field<&FittedTime::left_out_s>("left_out_s", "s",
                                   "by a fit to the others; null for a single time"),
};
constexpr Row<DeviceFit> fit_rows[] = {
    field<&DeviceFit::device, &Device::name>("name", "", "of the device that was made"),
    field<&DeviceFit::base>("device", "", "that it was made of"),
    field("standing", "", "modelled", [](const DeviceFit&) { return Standing::modelled; }),
    list<format_rows, &DeviceFit::formats>("formats", "fitted apart"),
    list<time_rows, &DeviceFit::times>("times", "in the order of the table"),
};

}  // namespace

constinit const Row<DeviceFit> device_fit_field =
    answer<fit_rows>("device_fit", "of `reckon devices fit --device`");

}  // namespace reckon

// The pages of `reckon time`. Filled in by questions/time_inquiry.h.
#pragma once

#include <string>
#include <string_view>

#include "questions/subject.h"
#include "questions/time_answer.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string time_text(const Subject& subject, const TimeAnswer& time, const Style& style);
// A row for each kind of layer: what it computes and moves, what bounds it, forward, backward and
// update side by side.
std::string time_kinds_text(const Subject& subject, const TimeAnswer& time, const Style& style);
Sheet time_kinds_sheet(const TimeAnswer& time);
// The roofline with a point for each kernel, as an SVG document.
std::string roofline_svg(std::string_view model, const TimeAnswer& time);

std::string time_sweep_text(std::string_view model, const TimeSweep& sweep, const Style& style);
Sheet time_sweep_sheet(const TimeSweep& sweep);

// One row for each layer.
Sheet time_sheet(const TimeAnswer& time);

// "1.43 ms": three significant digits and the unit that fits.
std::string seconds_text(double seconds);

}  // namespace reckon

// Parts of the envelope that several answers share.
#pragma once

#include <span>

#include "analysis/explain.h"
#include "machine/constants.h"
#include "questions/subject.h"
#include "report/json_writer.h"

namespace reckon {

// "reckon": who answers.
void write_reckon(JsonWriter& json);
// Everything before the layers: reckon, model, assumptions, coverage, totals.
void write_head(JsonWriter& json, const Subject& subject);
// One element of "explain".
void write_figure(JsonWriter& json, const ExplainedFigure& figure);
// "constants": those that an answer was computed with.
void write_constants(JsonWriter& json, std::span<const HardwareConstant* const> constants);

}  // namespace reckon

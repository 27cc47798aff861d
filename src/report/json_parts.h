// Parts of the envelope that several answers share.
#pragma once

#include "analysis/explain.h"
#include "report/json_writer.h"
#include "report/subject.h"

namespace reckon {

// "reckon": who answers.
void write_reckon(JsonWriter& json);
// Everything before the layers: reckon, model, assumptions, coverage, totals.
void write_head(JsonWriter& json, const Subject& subject);
// One element of "explain".
void write_figure(JsonWriter& json, const ExplainedFigure& figure);

}  // namespace reckon

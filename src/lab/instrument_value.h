// The value of an instrument, which the page draws: InstrumentValue of web/src/lab/contract.ts.
#pragma once

#include "lab/session.h"

namespace reckon::lab {

Result<Json> instrument_value(Session& session, const Instrument& instrument);
// A table by its shapes, outside of an instrument.
Result<Json> shaped_value(Session& session, std::span<const Shape> shapes, const Part& part);
// A text with no figures, where a text may be left out.
Json empty_text();

}  // namespace reckon::lab

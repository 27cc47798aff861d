// The value of an instrument, which the page draws: InstrumentValue of web/src/lab/contract.ts.
#pragma once

#include "lab/session.h"

namespace reckon::lab {

Result<Json> instrument_value(Session& session, const Instrument& instrument);
// A text with no figures, where a text may be left out.
Json empty_text();

}  // namespace reckon::lab

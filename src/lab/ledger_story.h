// Whether the entries of a ledger can have happened, in their order, on the lab's page: time does
// not run backwards, nothing of an act comes before its prediction is locked, an answer comes
// behind a move or a measurement in its act, a decision behind what is asked before it, and a
// challenge is committed where its variable stands.
#pragma once

#include "lab/session.h"

namespace reckon::lab {

// Fails with the first entry that cannot. REQUIRES: entries as they are kept (ledger.cpp).
Status check_story(const Lab& lab, const Json& entries);

}  // namespace reckon::lab

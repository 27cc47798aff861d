// The design ledger: what a student decided, and the evidence of how.
//
//   hash[0] = SHA-256("reckon ledger 1\n" + lab id + "\n" + canonical(entry[0]))
//   hash[i] = SHA-256(hash[i-1] + "\n" + canonical(entry[i]))
//   seal    = SHA-256(hash[last] + "\n" + canonical(everything else))
//
// canonical is JSON with sorted keys and no spaces. The chain shows an accident or a careless edit;
// it is no signature, for whoever has the program can seal again. Nor does it
// promise that nobody rewrote the whole of it. What the entries tell must at least be able to have
// happened (ledger_story.h).
#pragma once

#include <span>

#include "lab/session.h"

namespace reckon::lab {

// DesignLedger of the contract. `entries` is a list of Entry.
Result<Json> make_ledger(const Lab& lab, const Faculties& faculties, const Json& entries);

// The result of verifying a ledger.
struct Verdict {
  bool whole = false;
  std::string finding;  // one sentence: what differs first, or that nothing does
};
// Recomputes everything. Fails with not_a_model or corrupt where `ledger` is no ledger at all.
Result<Verdict> verify_ledger(const Lab& lab, const Faculties& faculties, const Json& ledger);

// The JSON of a file that may be a ledger. Fails with not_a_model where it is no JSON, and with
// limit where it is nested deeper than a ledger is.
Result<Json> parse_ledger(std::string_view text);

// The id of the lab that a ledger belongs to; fails where the file is something else.
Result<std::string> lab_of_ledger(const Json& ledger);

}  // namespace reckon::lab

// The two questions about a lab that its page asks all the time.
#pragma once

#include "lab/session.h"

namespace reckon::lab {

// LabDocument: what never changes while a student works.
Result<Json> document(const Lab& lab, const Faculties& faculties);

// Evaluation: everything that depends on controls and answers. `question` is an EvaluateQuestion.
// Reveals, feedback and certificates come only for what is in its answers.
Result<Json> evaluate(const Lab& lab, const Faculties& faculties, const Json& question);

// Feedback on one question that is answered; null where none of its fields is.
Result<Json> feedback(Session& session, const Question& question);
// The TraceabilityValue of the contract: every claim with its verdict.
Result<Json> traceability(Session& session);
Result<std::string> verdict_of(Session& session, const Claim& claim, const Locals& locals);
Result<Locals> claim_locals(Session& session, const Claim& claim);

}  // namespace reckon::lab

// The pages: every question's answer in text, JSON, CSV and Markdown. All return the whole page,
// which ends with a line break; nothing here prints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explain.h"
#include "base/field.h"
#include "base/result.h"
#include "base/text.h"
#include "questions/layers_answer.h"
#include "questions/seen_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

// --- reckon report: one screen ---------------------------------------------------------------
std::string report_text(const Subject& subject, const Style& style);
Sheet report_sheet(const Subject& subject);  // figure, value, unit

// --- reckon layers ----------------------------------------------------------------------------
Sheet layers_sheet(const Subject& subject, Rows which);
// Modules to `depth` levels, one line each. Indented with box-drawing lines.
Sheet modules_sheet(const Subject& subject, int depth);

// --- reckon explain ---------------------------------------------------------------------------
std::string explain_text(const Subject& subject, const Layer& layer, const Style& style);
Sheet explain_sheet(const Subject& subject, const Layer& layer);
// With what the chosen element sees before the figures; of a table that alone.
std::string element_text(const Subject& subject, const Layer& layer, const SeenAnswer& seen,
                         const Style& style);
Sheet element_sheet(const SeenAnswer& seen);
std::vector<ExplainedTotal> explain_totals(const Subject& subject);
std::string explain_totals_text(const Subject& subject, const Style& style);
Sheet explain_totals_sheet(const Subject& subject);

// --- --convention -----------------------------------------------------------------------------
// The other tool's own table. REQUIRES: subject.convention.
std::string convention_text(const Subject& subject, const Style& style);
Sheet convention_sheet(const Subject& subject);
Sheet convention_totals_sheet(const Subject& subject);

// --- reckon networks --------------------------------------------------------------------------
std::string networks_text(std::span<const BuiltIn> networks, const Style& style);
Sheet networks_sheet(std::span<const BuiltIn> networks);

// --- JSON (docs/json.md): answers of several parts, for json_of(answer, …) -------------------
void report_answer(SeeAnswer see, const Subject& subject, Rows which);
// With the sums of modules to `depth` parts of their paths.
void layers_answer(SeeAnswer see, const Subject& subject, Rows which, int depth);
void explain_answer(SeeAnswer see, const Subject& subject, const Layer& layer);
void element_answer(SeeAnswer see, const Subject& subject, const Layer& layer,
                    const SeenAnswer& seen);
void explain_totals_answer(SeeAnswer see, const Subject& subject);
void version_answer(SeeAnswer see);
std::string error_json(const Error& error);

// --- What the code knows about itself (docs/) -------------------------------------------------
std::string operators_page();    // docs/operators.md
std::string json_page();         // docs/json.md
std::string json_schema_page();  // docs/reckon.schema.json

}  // namespace reckon

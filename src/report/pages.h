// The pages: every question's answer in text, JSON, CSV and Markdown. All return the whole page,
// which ends with a line break; nothing here prints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explain.h"
#include "base/result.h"
#include "base/text.h"
#include "questions/layers_answer.h"
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

// --- JSON (docs/json.md) ----------------------------------------------------------------------
// With a sink, all but the last mebibyte has gone there; the rest is returned.
std::string report_json(const Subject& subject, Rows which, TextSink sink = {});
std::string explain_json(const Subject& subject, const Layer& layer);
std::string explain_totals_json(const Subject& subject);
std::string networks_json(std::span<const BuiltIn> networks, bool with_text = false);
std::string version_json();
std::string error_json(const Error& error);

// --- What the code knows about itself (docs/) -------------------------------------------------
std::string operators_page();    // docs/operators.md
std::string json_page();         // docs/json.md
std::string json_schema_page();  // docs/reckon.schema.json

}  // namespace reckon

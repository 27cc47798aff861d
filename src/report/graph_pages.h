// The pages of `reckon graph`.
#pragma once

#include "questions/graph_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"

namespace reckon {

// A row for each node: what it reads and what it makes. The answer must outlive the sheet.
Sheet graph_sheet(const GraphAnswer& graph);

}  // namespace reckon

// What `reckon gradients MODEL` shows.
#pragma once

#include <string>

#include "questions/network_gradients_answer.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string network_gradients_text(const Subject& subject, const NetworkGradientsAnswer& answer,
                                   const Style& style);
// A row for each layer.
Sheet network_gradients_sheet(const NetworkGradientsAnswer& answer, bool exact);

}  // namespace reckon

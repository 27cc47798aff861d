#include "compare_trainings.h"

#include "output_file.h"
#include "report/train_pages.h"
#include "training_data.h"

namespace reckon::cli {

Result<std::vector<TrainedNetwork>> shipped_trainings() {
  return read_trainings(shipped_trainings_json());
}

Answer page_of_comparison(const TrainComparison& comparison, const Call& call) {
  const Asked& asked = call.asked;
  if (asked.has("plot")) RECKON_TRY(write_file(asked.text("plot"), train_compare_svg(comparison)));
  if (asked.has("out")) {
    RECKON_ASSIGN(const std::string json, json_of({train_compare_field, comparison}));
    RECKON_TRY(write_file(asked.text("out"), json));
  }
  if (call.format == Format::json) return json_of({train_compare_field, comparison});
  if (call.format == Format::text) return train_compare_text(comparison, call.style);
  return page_of(train_compare_sheet(comparison), call);
}

}  // namespace reckon::cli

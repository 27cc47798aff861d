// reckon docs PAGE: the pages of docs/ that the code knows by itself.
#include "command.h"
#include "help.h"
#include "lab/shape.h"
#include "report/pages.h"

namespace reckon::cli {

Answer run_docs(const Call& call) {
  constexpr struct {
    std::string_view name;
    std::string (*page)();
  } pages[] = {{"operators", operators_page},
               {"json", json_page},
               {"schema", json_schema_page},
               {"options", options_page},
               {"man", manual_page},
               {"keys", keys_comment},
               {"instruments", lab::instrument_types}};
  for (const auto& [name, page] : pages)
    if (name == call.asked.text("page")) return page();
  return fail(ErrorCode::bad_argument,
              "name a page: operators, json, schema, options, man, keys or instruments", "docs");
}

}  // namespace reckon::cli

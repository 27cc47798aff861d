// reckon docs PAGE: the pages of docs/ that the code knows by itself.
#include <array>

#include "base/text.h"
#include "command.h"
#include "report/pages.h"

namespace reckon::cli {

void describe_docs(CLI::App& app, Options& options) {
  app.description("Prints a page of docs/: operators, json or schema.");
  app.group("");  // for contributors
  app.add_option("PAGE", options.model, "operators, json or schema")->option_text(" ");
}

Answer run_docs(const Options& options) {
  if (options.model == "operators") return operators_page();
  if (options.model == "json") return json_page();
  if (options.model == "schema") return json_schema_page();
  constexpr std::array<std::string_view, 3> pages = {"operators", "json", "schema"};
  return fail(ErrorCode::bad_argument,
              "there is no page " + quoted(std::string_view(options.model)) +
                  did_you_mean(options.model, pages) + " (operators, json, schema)",
              "docs");
}

}  // namespace reckon::cli

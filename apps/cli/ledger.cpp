// reckon ledger show | verify FILE: the design ledger of a lab.
#include "lab/ledger.h"

#include "api/lab_state.h"
#include "base/text.h"
#include "command.h"
#include "lab_files.h"

namespace reckon::cli {
namespace {

using lab::Json;

constexpr std::size_t longest_ledger_bytes = std::size_t{32} << 20;

Result<Json> read_ledger(const std::string& path) {
  RECKON_ASSIGN(const std::string text, read_text(path, longest_ledger_bytes));
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return fail(ErrorCode::not_a_model, "the file is not JSON, or is cut short", path);
  if (const auto id = lab::lab_of_ledger(json); !id)
    return fail(id.error().code, id.error().message,
                path + (id.error().where.empty() ? "" : ": " + id.error().where));
  return json;
}

std::string word(const Json& value) {
  return value.is_string() ? printable(value.get_ref<const std::string&>())
                           : printable(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? "?" : word(*found);
}

std::string show(const Json& ledger) {
  const Json& evidence = ledger["evidence"];
  std::string out = "Design ledger of " + text_of(evidence, "lab") + ", made by Reckon " +
                    text_of(evidence, "engine") + "\n\n";
  for (const auto& [key, value] : ledger.items())
    if (key != "evidence") out += "  " + printable(key) + ": " + word(value) + "\n";
  out += "\n";
  for (const Json& entry : evidence["entries"])
    if (entry.is_object())
      out += "  " + text_of(entry, "at") + "  " + text_of(entry, "kind") + "  " +
             text_of(entry, "element") + "  " + text_of(entry, "value") + "\n";
  return out;
}

}  // namespace

// `model` is the action, `layer` the file.
void describe_ledger(CLI::App& app, Options& options) {
  app.description("The design ledger of a lab: show it, or verify that it is whole.");
  app.add_option("ACTION", options.model, "show or verify")->option_text(" ");
  app.add_option("FILE", options.layer, "the ledger that the lab's page downloaded")
      ->option_text(" ");
  app.add_option("--lab", options.lab.folder, "the lab's files, where it is not built in")
      ->type_name("DIR");
  app.footer(
      "Exit status 3 where something differs; the first entry that does is named.\n\n"
      "Examples:\n"
      "  reckon ledger show design-ledger-05.json\n"
      "  reckon ledger verify design-ledger-05.json\n");
}

Answer run_ledger(const Options& options) {
  static constexpr std::string_view actions[] = {"show", "verify"};
  if (options.model != "show" && options.model != "verify")
    return fail(ErrorCode::bad_argument,
                options.model.empty()
                    ? "say what to do: reckon ledger verify FILE"
                    : "a ledger cannot " + quoted(std::string_view(options.model)) +
                          did_you_mean(options.model, actions),
                "ledger");
  if (options.layer.empty())
    return fail(ErrorCode::bad_argument, "name a file: reckon ledger " + options.model + " FILE",
                "ledger");
  RECKON_ASSIGN(const Json ledger, read_ledger(options.layer));
  if (options.model == "show") return show(ledger);
  const std::string id = ledger["evidence"]["lab"].get<std::string>();
  RECKON_ASSIGN(const std::unique_ptr<const OpenLab> lab,
                open_lab(options.lab.folder.empty() ? id : options.lab.folder));
  RECKON_ASSIGN(const lab::Verdict verdict,
                lab::verify_ledger(*lab->state().lab, lab->state().faculties, ledger));
  const std::string line = printable(options.layer) + ": " + verdict.finding;
  if (verdict.whole) return line + "\n";
  return std::unexpected(Failure({ErrorCode::corrupt, line, ""}, Exit::check_failed));
}

}  // namespace reckon::cli

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
  const auto failed = [&](const Error& error) {
    return fail(error.code, error.message, path + (error.where.empty() ? "" : ": " + error.where));
  };
  auto json = lab::parse_ledger(text);
  if (!json) return failed(json.error());
  if (const auto id = lab::lab_of_ledger(*json); !id) return failed(id.error());
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

Answer run_ledger(const Call& call) {
  const std::string action(call.asked.text("action")), file(call.asked.text("about"));
  if (action.empty())
    return fail(ErrorCode::bad_argument, "say what to do: reckon ledger verify FILE", "ledger");
  if (file.empty())
    return fail(ErrorCode::bad_argument, "name a file: reckon ledger " + action + " FILE",
                "ledger");
  RECKON_ASSIGN(const Json ledger, read_ledger(file));
  if (action == "show") return show(ledger);
  const std::string id = ledger["evidence"]["lab"].get<std::string>();
  RECKON_ASSIGN(const std::unique_ptr<const OpenLab> lab,
                open_lab(call.asked.has("lab") ? std::string(call.asked.text("lab")) : id));
  RECKON_ASSIGN(const lab::Verdict verdict,
                lab::verify_ledger(*lab->state().lab, lab->state().faculties, ledger));
  const std::string line = printable(file) + ": " + verdict.finding;
  if (verdict.whole) return line + "\n";
  return std::unexpected(Failure({ErrorCode::corrupt, line, ""}, Exit::check_failed));
}

}  // namespace reckon::cli

#include "lab/ledger.h"

#include <algorithm>

#include "base/text.h"
#include "lab/ledger_story.h"
#include "lab/sha256.h"

namespace reckon::lab {
namespace {

constexpr std::size_t most_entries = 100'000;

std::string canonical(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string hash_of(const std::string& before, const Json& entry) {
  return sha256(before + "\n" + canonical(entry));
}

std::string chain_begin(const Lab& lab) {
  return "reckon ledger 1\n" + lab.id;
}

std::unexpected<Error> wrong(std::string message, std::size_t i) {
  return fail(ErrorCode::bad_argument, std::move(message), "entries[" + std::to_string(i) + "]");
}

// 2026-01-31T12:00:00Z, with or without parts of a second.
bool is_time(const std::string& text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (text.size() <= shape.size() || text.size() > 40 || !text.ends_with('Z')) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return false;
  }
  return true;
}

struct Story {
  Settings controls;
  Json answers = Json::object();
};

// An entry as it is kept: its four keys, checked.
Result<Json> checked_entry(const Json& entry, std::size_t i) {
  static constexpr std::string_view kinds[] = {"lock", "answer",  "decision",
                                               "move", "measure", "commit"};
  if (!entry.is_object()) return wrong("an entry is an object", i);
  Json kept = Json::object();
  for (const char* key : {"at", "kind", "element"}) {
    const auto found = entry.find(key);
    if (found == entry.end() || !found->is_string())
      return wrong("an entry has the text '" + std::string(key) + "'", i);
    kept[key] = *found;
  }
  if (!is_time(kept["at"].get<std::string>()))
    return wrong("'at' is a time in UTC, such as 2026-01-31T12:00:00Z", i);
  const std::string kind = kept["kind"].get<std::string>();
  if (std::find(std::begin(kinds), std::end(kinds), kind) == std::end(kinds))
    return wrong(
        "there is no kind of entry " + quoted(std::string_view(kind)) + did_you_mean(kind, kinds),
        i);
  const auto value = entry.find("value");
  if (value == entry.end()) return wrong("an entry has a value", i);
  kept["value"] = *value;
  for (const auto& [key, member] : entry.items())
    if (key != "hash" && !kept.contains(key))
      return wrong("an entry has no key " + quoted(std::string_view(key)), i);
  return kept;
}

Status apply_entry(const Lab& lab, const Json& entry, std::size_t i, Story& story) {
  const std::string element = entry["element"].get<std::string>();
  if (entry["kind"] == "measure") return {};
  if (entry["kind"] == "move") {
    Json one = Json::object();
    one[element] = entry["value"];
    auto read = read_settings(lab, one, "controls");
    if (!read) return wrong(read.error().message, i);
    story.controls[element] = read->begin()->second;
    return {};
  }
  Json fields = entry["value"];
  if (entry["kind"] == "commit" && !fields.is_object())
    fields = object_of({{"committed", entry["value"]}});
  Json one = Json::object();
  one[element] = std::move(fields);
  if (auto read = read_answers(lab, one); !read)
    return wrong(read.error().message + " (" + read.error().where + ")", i);
  // A prediction is locked once; the page cannot change it, so a ledger that does is edited.
  if (entry["kind"] == "lock" && story.answers.contains(element))
    return wrong("'" + element + "' is locked a second time", i);
  story.answers[element] = one[element];
  return {};
}

Status add_values(Session& session, const std::vector<LedgerKey>& keys, bool keep_null, Json& out) {
  for (const LedgerKey& key : keys) {
    const bool is_time = std::ranges::all_of(
        key.after, [&](const std::string& id) { return session.answers().contains(id); });
    Value value;
    if (is_time) {
      RECKON_ASSIGN(value, session.value(key.value));
    }
    if (!value.is_null() || keep_null) out[key.name] = value.to_json();
  }
  return {};
}

std::string seal_of(const std::string& last_hash, const Json& ledger) {
  Json rest = ledger;
  rest["evidence"].erase("entries");
  rest["evidence"].erase("seal");
  return hash_of(last_hash, rest);
}

}  // namespace

Result<Json> make_ledger(const Lab& lab, const Faculties& faculties, const Json& entries) {
  if (!entries.is_array())
    return fail(ErrorCode::bad_argument, "a list of entries is expected", "entries");
  if (entries.size() > most_entries)
    return fail(ErrorCode::limit, "a ledger has at most 100,000 entries", "entries");
  Story story;
  Json kept = Json::array();
  std::string hash = chain_begin(lab);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    RECKON_ASSIGN(Json entry, checked_entry(entries[i], i));
    RECKON_TRY(apply_entry(lab, entry, i, story));
    hash = hash_of(hash, entry);
    entry["hash"] = hash;
    kept.push_back(std::move(entry));
  }
  RECKON_ASSIGN(Answers answers, read_answers(lab, story.answers));
  Session session(lab, faculties, std::move(story.controls), std::move(answers));
  RECKON_TRY(session.begin());
  Json ledger = object_of({{"chapter", lab.chapter}});
  RECKON_TRY(add_values(session, lab.ledger_keys, /*keep_null=*/true, ledger));
  Json computed = Json::object();
  RECKON_TRY(add_values(session, lab.ledger_computed, /*keep_null=*/false, computed));
  ledger["evidence"] = object_of({{"schema", 1},
                                  {"lab", lab.id},
                                  {"engine", faculties.engine_version},
                                  {"computed", std::move(computed)},
                                  {"entries", std::move(kept)}});
  ledger["evidence"]["seal"] = seal_of(hash, ledger);
  return ledger;
}

Result<Json> parse_ledger(std::string_view text) {
  constexpr int deepest = 64;
  bool too_deep = false;
  const auto look = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  Json json = Json::parse(text, look, /*allow_exceptions=*/false);
  if (too_deep) return fail(ErrorCode::limit, "the file is nested deeper than a ledger is");
  if (json.is_discarded())
    return fail(ErrorCode::not_a_model, "the file is not JSON, or is cut short");
  return json;
}

Result<std::string> lab_of_ledger(const Json& ledger) {
  constexpr std::string_view what = "a design ledger is a JSON object with an object 'evidence'";
  if (!ledger.is_object() || !ledger.contains("evidence") || !ledger["evidence"].is_object())
    return fail(ErrorCode::not_a_model, std::string(what));
  const Json& evidence = ledger["evidence"];
  if (!evidence.contains("schema") || evidence["schema"] != 1)
    return fail(ErrorCode::unsupported, "this Reckon reads ledgers of schema 1", "evidence.schema");
  for (const char* key : {"lab", "engine", "seal"})
    if (!evidence.contains(key) || !evidence[key].is_string())
      return fail(ErrorCode::corrupt, "the text '" + std::string(key) + "' is missing",
                  "evidence." + std::string(key));
  if (!evidence.contains("entries") || !evidence["entries"].is_array())
    return fail(ErrorCode::corrupt, "the list of entries is missing", "evidence.entries");
  return evidence["lab"].get<std::string>();
}

Result<Verdict> verify_ledger(const Lab& lab, const Faculties& faculties, const Json& ledger) {
  RECKON_ASSIGN(const std::string id, lab_of_ledger(ledger));
  if (id != lab.id)
    return fail(ErrorCode::bad_argument,
                "the ledger is of the lab " + quoted(std::string_view(id)) + ", not of " + lab.id,
                "evidence.lab");
  const Json& entries = ledger["evidence"]["entries"];
  Verdict verdict;
  std::string hash = chain_begin(lab);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto entry = checked_entry(entries[i], i);
    const std::string name =
        "entry " + std::to_string(i + 1) + " of " + std::to_string(entries.size());
    if (!entry) {
      verdict.finding = name + ": " + entry.error().message;
      return verdict;
    }
    hash = hash_of(hash, *entry);
    const auto found = entries[i].find("hash");
    if (found == entries[i].end() || *found != hash) {
      verdict.finding = name + " (" + printable((*entry)["kind"].get<std::string>()) + " of " +
                        printable((*entry)["element"].get<std::string>()) +
                        ") differs from what was recorded";
      return verdict;
    }
  }
  if (const Status possible = check_story(lab, entries); !possible) {
    verdict.finding = possible.error().message;
    return verdict;
  }
  auto made = make_ledger(lab, faculties, entries);
  if (!made) {
    verdict.finding = made.error().where + ": " + made.error().message;
    return verdict;
  }
  // Each key as the engine computes it, then the seal over all of them.
  for (const auto& [key, value] : made->items()) {
    if (key == "evidence") continue;
    if (!ledger.contains(key) || ledger[key] != value) {
      verdict.finding = "'" + key + "' is " +
                        (ledger.contains(key) ? printable(canonical(ledger[key])) : "missing") +
                        "; the engine computes " + canonical(value);
      return verdict;
    }
  }
  const Json& computed = (*made)["evidence"]["computed"];
  const Json nothing;
  const Json& told =
      ledger["evidence"].contains("computed") ? ledger["evidence"]["computed"] : nothing;
  for (const auto& [key, value] : computed.items()) {
    if (!told.is_object() || !told.contains(key) || told[key] != value) {
      verdict.finding =
          "evidence.computed." + key + " differs; the engine computes " + canonical(value);
      return verdict;
    }
  }
  if (ledger["evidence"]["seal"] != seal_of(hash, ledger)) {
    verdict.finding =
        "the seal does not fit: something beside the entries was changed, added or "
        "taken away";
    return verdict;
  }
  verdict.whole = true;
  verdict.finding = "whole: " + std::to_string(entries.size()) +
                    " entries in an unbroken chain, every computed value recomputed";
  if (ledger["evidence"]["engine"] != faculties.engine_version)
    verdict.finding +=
        "; made by Reckon " + printable(ledger["evidence"]["engine"].get<std::string>());
  return verdict;
}

}  // namespace reckon::lab

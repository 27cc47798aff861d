#include "api/answer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "analysis/explain.h"
#include "api/chip_inquiry.h"
#include "api/energy_inquiry.h"
#include "api/fit_inquiry.h"
#include "api/inquiry.h"
#include "api/memory_inquiry.h"
#include "api/time_sweep.h"
#include "api/unit_questions.h"
#include "base/text.h"
#include "report/pages.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

struct Asked {
  std::string kind = "report";
  std::string layer;
  Rows rows = Rows::visible;
  Question question;
  MemoryWords memory;
  FitWords fit;
  UnitWords unit;
  ChipWords chip;
  EnergyWords energy;  // its own; what it shares with others is in theirs
  TimeWords time;
  std::string batches;  // with "time": a range
  bool shapes = false;  // with "time": wide against deep
};

constexpr std::array<std::string_view, 18> kinds = {
    "chip", "energy",    "report",           "layers",          "explain",       "memory",
    "fit",  "devices",   "networks",         "version",         "silicon",       "curve",
    "step", "gradients", "activation_share", "activation_loop", "pointer_chase", "time"};
// Keys that are words, and where they go.
struct WordKey {
  std::string_view key;
  std::string MemoryWords::* memory = nullptr;
  std::string FitWords::* fit = nullptr;
  std::string TimeWords::* time = nullptr;
};
constexpr WordKey word_keys[] = {
    {"optimizer", &MemoryWords::optimizer, nullptr, &TimeWords::optimizer},
    {"precision", &MemoryWords::precision, nullptr, &TimeWords::format},
    {"policy", &MemoryWords::policy, nullptr},
    {"inplace", &MemoryWords::in_place, nullptr},
    {"update", &MemoryWords::update, nullptr},
    {"arena", &MemoryWords::arena, nullptr},
    {"order", &MemoryWords::order, nullptr},
    {"checkpoint", &MemoryWords::checkpoint, nullptr},
    {"device", &MemoryWords::device, &FitWords::device, &TimeWords::device},
    {"fused", nullptr, nullptr, &TimeWords::fused},
    {"overlap", nullptr, nullptr, &TimeWords::overlap},
    {"library", nullptr, nullptr, &TimeWords::library},
    {"budget", nullptr, &FitWords::budget},
    {"max", nullptr, &FitWords::maximum},
};
constexpr std::array<std::string_view, 46> keys = {
    "area_mm2",   "power_w",        "node",       "memory",    "sram",
    "idle_w",     "fused",          "question",   "batch",     "set",
    "shape",      "layer",          "convention", "all",       "train",
    "freeze",     "accumulate",     "optimizer",  "precision", "policy",
    "inplace",    "update",         "arena",      "order",     "checkpoint",
    "device",     "budget",         "max",        "advise",    "smallest_device",
    "activation", "initialisation", "from",       "to",        "points",
    "depth",      "width",          "samples",    "seeds",     "evaluations",
    "bytes",      "steps",          "overrides",  "overlap",   "batches",
    "shapes",     "library"};

std::unexpected<Error> bad(std::string message, std::string_view key) {
  return fail(ErrorCode::bad_argument, std::move(message),
              key.empty() ? "question" : "question." + printable(key));
}

Result<std::int64_t> whole_number(const Json& value, std::string_view key) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
    return bad("the number is beyond 64 bits", key);
  if (!value.is_number_integer()) return bad("a whole number is expected", key);
  return value.get<std::int64_t>();
}

Result<bool> yes_or_no(const Json& value, std::string_view key) {
  if (!value.is_boolean()) return bad("true or false is expected", key);
  return value.get<bool>();
}

// The keys of the questions memory and fit; false where `key` is none of them.
Result<bool> read_memory_key(std::string_view key, const Json& value, Asked& asked) {
  if (key == "train") {
    RECKON_ASSIGN(asked.memory.train, yes_or_no(value, key));
  } else if (key == "smallest_device") {
    RECKON_ASSIGN(asked.fit.smallest, yes_or_no(value, key));
  } else if (key == "advise") {
    RECKON_ASSIGN(asked.fit.advise, yes_or_no(value, key));
  } else if (key == "accumulate") {
    RECKON_ASSIGN(asked.memory.accumulate, whole_number(value, key));
  } else if (key == "freeze") {
    if (!value.is_array()) return bad("a list of names is expected", key);
    for (const Json& prefix : value) {
      if (!prefix.is_string()) return bad("a list of names is expected", key);
      asked.memory.freeze.push_back(prefix.get<std::string>());
    }
  } else {
    const auto* const word = std::find_if(std::begin(word_keys), std::end(word_keys),
                                          [&](const WordKey& w) { return w.key == key; });
    if (word == std::end(word_keys)) return false;
    std::string text;
    if (key == "device" && value.is_object()) {
      RECKON_ASSIGN(const std::vector<Device> own, parse_devices(value.dump(), "question.device"));
      RECKON_ASSIGN(const Device device, one_device(own, "", "question.device"));
      asked.memory.own_devices = asked.fit.own_devices = asked.time.own_devices = {device};
      text = device.name;
    } else if (key == "budget" && value.is_number_unsigned())
      text = std::to_string(value.get<std::uint64_t>());
    else if (value.is_string())
      text = value.get<std::string>();
    else
      return bad("text is expected", key);
    if (word->memory != nullptr) asked.memory.*(word->memory) = text;
    if (word->fit != nullptr) asked.fit.*(word->fit) = text;
    if (word->time != nullptr) asked.time.*(word->time) = text;
  }
  return true;
}

// The keys of the questions energy and chip that no other has; false where `key` is none of them.
Result<bool> read_energy_key(std::string_view key, const Json& value, Asked& asked) {
  if (key == "idle_w" || key == "area_mm2" || key == "power_w") {
    if (!value.is_number()) return bad("a number is expected", key);
    const auto number = value.get<double>();
    if (key == "idle_w") asked.energy.idle_w = number;
    if (key == "area_mm2") asked.chip.area_mm2 = number;
    if (key == "power_w") asked.chip.power_w = number;
    return true;
  }
  const std::pair<std::string_view, std::string*> texts[] = {
      {"node", &asked.energy.node}, {"memory", &asked.energy.memory}, {"sram", &asked.energy.sram}};
  for (const auto& [name, text] : texts)
    if (key == name) {
      if (!value.is_string()) return bad("text is expected", key);
      *text = value.get<std::string>();
      return true;
    }
  return false;
}

EnergyWords energy_words(const Asked& asked) {
  EnergyWords words = asked.energy;
  words.device = asked.memory.device;
  words.own_devices = asked.memory.own_devices;
  words.formats = asked.memory.precision;
  words.fused = asked.time.fused;
  words.train = asked.memory.train;
  words.optimizer = asked.memory.optimizer;
  words.freeze = asked.memory.freeze;
  words.constants = asked.unit.overrides;
  return words;
}

Status read_key(std::string_view key, const Json& value, Asked& asked) {
  RECKON_ASSIGN(const bool about_memory, read_memory_key(key, value, asked));
  if (about_memory) return {};
  RECKON_ASSIGN(const bool about_units, read_unit_key(key, value, asked.unit));
  if (about_units) return {};
  RECKON_ASSIGN(const bool about_energy, read_energy_key(key, value, asked));
  if (about_energy) return {};
  if (key == "batch") {
    RECKON_ASSIGN(asked.question.batch, whole_number(value, key));
    return {};
  }
  if (key == "all") {
    if (!value.is_boolean()) return bad("true or false is expected", key);
    asked.rows = value.get<bool>() ? Rows::all : Rows::visible;
    return {};
  }
  if (key == "shapes") {
    RECKON_ASSIGN(asked.shapes, yes_or_no(value, key));
    return {};
  }
  if (key == "shape") {
    if (!value.is_array()) return bad("a list such as [\"input=1x3x224x224\"] is expected", key);
    for (const Json& one : value) {
      if (!one.is_string()) return bad("text is expected", key);
      asked.question.shape.push_back(one.get<std::string>());
    }
    return {};
  }
  if (key == "set") {
    if (!value.is_object()) return bad("an object of names and whole numbers is expected", key);
    for (const auto& [name, number] : value.items()) {
      RECKON_ASSIGN(asked.question.set[name], whole_number(number, "set." + name));
    }
    return {};
  }
  if (std::find(keys.begin(), keys.end(), key) == keys.end())
    return bad("a question has no key " + quoted(key) + did_you_mean(key, keys), key);
  if (!value.is_string()) return bad("text is expected", key);
  const std::string text = value.get<std::string>();
  if (key == "layer") asked.layer = text;
  if (key == "batches") asked.batches = text;
  if (key == "question") {
    if (std::find(kinds.begin(), kinds.end(), text) == kinds.end())
      return bad("there is no question " + reckon::quoted(text) + did_you_mean(text, kinds), key);
    asked.kind = text;
  }
  if (key == "convention") {
    const auto convention = parse_convention(text);
    if (!convention)
      return bad(
          "there is no convention " + reckon::quoted(text) + did_you_mean(text, convention_names()),
          key);
    asked.question.convention = *convention;
  }
  return {};
}

Result<Asked> read_question(std::string_view text) {
  constexpr std::size_t longest_question_bytes = 1 << 20;
  if (text.size() > longest_question_bytes)
    return fail(ErrorCode::limit, "the question is longer than 1 MiB", "question");
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return bad("a question is a JSON object, such as {\"question\":\"report\",\"batch\":8}", "");
  Asked asked;
  for (const auto& [key, value] : json.items()) RECKON_TRY(read_key(key, value, asked));
  return asked;
}

Result<std::string> answer_time(std::shared_ptr<const Model> model, const Asked& asked) {
  TimeWords words = asked.time;
  words.train = asked.memory.train;
  words.freeze = asked.memory.freeze;
  if (asked.shapes) {
    RECKON_ASSIGN(const TimeSweepInquiry found,
                  wide_against_deep(std::move(model), asked.question, words));
    return time_sweep_json(found.inquiry.subject(), found.sweep);
  }
  if (!asked.batches.empty()) {
    RECKON_ASSIGN(const BatchRange range, parse_batch_range(asked.batches));
    RECKON_ASSIGN(const TimeSweepInquiry found,
                  sweep_batches(std::move(model), asked.question, words, range));
    return time_sweep_json(found.inquiry.subject(), found.sweep);
  }
  RECKON_ASSIGN(const TimeInquiry found, inquire_time(std::move(model), asked.question, words));
  return time_json(found.inquiry.subject(), found.time);
}

Result<std::string> try_answer(std::shared_ptr<const Model> model, std::string_view text) {
  RECKON_ASSIGN(const Asked asked, read_question(text));
  if (asked.kind == "version") return version_json();
  if (asked.kind == "networks") return networks_json(built_in_networks());
  if (asked.kind == "devices") {
    RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
    return devices_json(devices);
  }
  RECKON_ASSIGN(std::optional<std::string> about_units, answer_about_units(asked.kind, asked.unit));
  if (about_units) return *std::move(about_units);
  if (model == nullptr) return bad("this question needs a model", "");
  if (asked.kind == "step") return answer_step(std::move(model), asked.question, asked.memory);
  if (asked.kind == "memory") {
    RECKON_ASSIGN(const MemoryInquiry found,
                  inquire_memory(std::move(model), asked.question, asked.memory));
    return memory_json(found.inquiry.subject(), found.memory);
  }
  if (asked.kind == "chip") {
    ChipWords words = asked.chip;
    words.node = asked.energy.node;
    words.memory = asked.energy.memory;
    words.format = asked.memory.precision;
    words.constants = asked.unit.overrides;
    RECKON_ASSIGN(const ChipInquiry found, inquire_chip(std::move(model), asked.question, words));
    return chip_json(found.inquiry.subject(), found.chip);
  }
  if (asked.kind == "energy") {
    RECKON_ASSIGN(const EnergyInquiry found,
                  inquire_energy(std::move(model), asked.question, energy_words(asked)));
    return energy_json(found.inquiry.subject(), found.energy);
  }
  if (asked.kind == "time") return answer_time(std::move(model), asked);
  if (asked.kind == "fit") {
    bool nothing_fits = false;
    RECKON_ASSIGN(const FitInquiry found, inquire_fit(std::move(model), asked.question,
                                                      asked.memory, asked.fit, &nothing_fits));
    return fit_json(found.inquiry.subject(), found.fit);
  }
  RECKON_ASSIGN(const Inquiry inquiry, inquire(std::move(model), asked.question));
  const Subject subject = inquiry.subject();
  if (asked.kind == "activation_share") return answer_activation_share(subject, asked.unit);
  if (asked.kind != "explain") return report_json(subject, asked.rows);
  if (asked.layer.empty()) return explain_totals_json(subject);
  RECKON_ASSIGN(const Layer* layer, find_layer(inquiry.analysis, asked.layer));
  return explain_json(subject, *layer);
}

}  // namespace

std::string answer(std::shared_ptr<const Model> model, std::string_view question) {
  auto text = try_answer(std::move(model), question);
  return text ? *std::move(text) : error_json(text.error());
}

}  // namespace reckon

// What holds of every answer, whatever was asked of whatever model: JSON; never a bug of ours
// ("internal"); no negative size or count; layers that add up.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "reckon/reckon.h"

namespace reckon {

using Json = nlohmann::json;

[[noreturn]] inline void fail_on(const char* question, const std::string& what,
                                 std::string_view answer) {
  std::fprintf(stderr, "%s\n%s\n%.2000s\n", question, what.c_str(), std::string(answer).c_str());
  std::abort();
}

inline bool is_size(std::string_view key) {
  for (const std::string_view end : {"bytes", "macs", "flops", "params", "ops", "seconds", "_s",
                                     "_j", "activations", "elements", "nodes"})
    if (key.ends_with(end)) return true;
  return false;
}

// Empty, or the path of a size below zero.
inline std::string negative_size(const Json& tree) {
  if (!tree.is_structured()) return {};
  for (const auto& [key, value] : tree.items()) {
    if (tree.is_object() && value.is_number() && is_size(key) && value.get<double>() < 0)
      return key;
    if (std::string below = negative_size(value); !below.empty()) return key + "." + below;
  }
  return {};
}

// Every layer is counted in the totals.
inline void check_sums(const char* question, const Json& answer, std::string_view text) {
  if (!answer.contains("layers") || !answer.contains("totals")) return;
  if (answer.value("totals_are_lower_bound", false)) return;
  if (answer.contains("explain")) return;  // of one layer
  for (const char* key : {"macs", "params"}) {
    std::int64_t sum = 0;
    for (const Json& layer : answer["layers"])
      if (layer.contains(key) && layer[key].is_number())
        if (__builtin_add_overflow(sum, layer[key].get<std::int64_t>(), &sum)) return;
    if (answer["totals"].contains(key) && sum != answer["totals"][key].get<std::int64_t>())
      fail_on(question, std::string("the layers do not add up to totals.") + key, text);
  }
}

inline void ask(const reckon_model* model, const char* question) {
  const std::unique_ptr<char, void (*)(char*)> text(reckon_answer(model, question), reckon_free);
  if (text == nullptr) return;
  const Json answer = Json::parse(text.get(), nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) fail_on(question, "the answer is no JSON object", text.get());
  if (answer.contains("error")) {
    if (answer["error"]["code"] == "internal") fail_on(question, "internal", text.get());
    return;
  }
  if (const std::string path = negative_size(answer); !path.empty())
    fail_on(question, "negative: " + path, text.get());
  check_sums(question, answer, text.get());
}

}  // namespace reckon

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
#include <vector>

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

// In each step, the tensors that are alive at its fullest moment.
inline void check_alive(const char* question, const Json& answer, std::string_view text) {
  if (!answer.contains("alive")) return;
  const Json& steps = answer["memory"]["timeline"];
  std::vector<std::int64_t> sums(steps.size() + 1, 0);
  for (const Json& tensor : answer["alive"]["tensors"]) {
    const auto first = tensor["first_step"].get<std::size_t>(),
               behind = tensor["last_step"].get<std::size_t>() + 1;
    if (first >= behind || behind > steps.size()) fail_on(question, "steps", text);
    sums[first] += tensor["bytes"].get<std::int64_t>();
    sums[behind] -= tensor["bytes"].get<std::int64_t>();
  }
  std::int64_t alive = 0;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    alive += sums[step];
    if (alive != steps[step]["peak_bytes"].get<std::int64_t>())
      fail_on(question, "what is alive does not add up in step " + std::to_string(step), text);
  }
}

// Every operand is a value, and every value that a node makes has one maker.
inline void check_graph(const char* question, const Json& answer, std::string_view text) {
  if (!answer.contains("graph")) return;
  std::vector<int> n_makers(answer["graph"]["values"].size(), 0);
  for (const Json& node : answer["graph"]["nodes"])
    for (const char* key : {"inputs", "outputs"})
      for (const Json& id : node[key]) {
        if (id.is_null()) continue;
        if (id.get<std::size_t>() >= n_makers.size()) fail_on(question, "no such value", text);
        if (*key == 'o' && ++n_makers[id.get<std::size_t>()] > 1)
          fail_on(question, "two nodes make one value", text);
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
  check_alive(question, answer, text.get());
  check_graph(question, answer, text.get());
}

}  // namespace reckon

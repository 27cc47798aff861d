// Any bytes as a model through the C ABI, and then every question that a model can be asked. An
// answer is JSON; it is never a bug of ours ("internal"), holds no negative size or count, and no
// number that is not finite (the writer would make it null where no null may stand).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "reckon/reckon.h"

namespace {

using Json = nlohmann::json;

constexpr const char* questions[] = {
    R"({"question":"report"})",
    R"({"question":"report","batch":7,"all":true})",
    R"({"question":"report","convention":"torchsummary"})",
    R"({"question":"report","convention":"torchinfo"})",
    R"({"question":"report","convention":"fvcore"})",
    R"({"question":"layers","batch":3})",
    R"({"question":"explain"})",
    R"({"question":"memory","arena":"greedy"})",
    R"({"question":"memory","arena":"best","order":"best","precision":"int8"})",
    R"({"question":"memory","train":true,"optimizer":"adam"})",
    R"({"question":"memory","train":true,"policy":"textbook","precision":"amp-bf16","batch":5})",
    R"({"question":"memory","train":true,"checkpoint":"sqrt","optimizer":"adamw","accumulate":2,"batch":4})",
    R"({"question":"memory","train":true,"checkpoint":"every:2"})",
    R"({"question":"memory","train":true,"checkpoint":"optimal","device":"t4"})",
    R"({"question":"memory","train":true,"checkpoint":"module"})",
    R"({"question":"fit","device":"t4","max":"batch"})",
    R"({"question":"fit","budget":"1MiB","max":"batch","train":true,"optimizer":"adam"})",
    R"({"question":"fit","smallest_device":true})",
    R"({"question":"fit","budget":"64KiB","advise":true,"train":true})",
    R"({"question":"time","device":"t4"})",
    R"({"question":"time","device":"h100-sxm","precision":"bf16","train":true,"optimizer":"adamw"})",
    R"({"question":"time","device":"t4","batches":"1..8"})",
    R"({"question":"energy","train":true})",
    R"({"question":"energy","precision":"int8"})",
    R"({"question":"chip","area_mm2":100,"power_w":50})",
    R"({"question":"step","optimizer":"adam"})",
    R"({"question":"activation_share"})",
};

[[noreturn]] void fail(const char* question, const std::string& what, std::string_view answer) {
  std::fprintf(stderr, "%s\n%s\n%.2000s\n", question, what.c_str(), std::string(answer).c_str());
  std::abort();
}

bool is_size(std::string_view key) {
  for (const std::string_view end : {"bytes", "macs", "flops", "params", "ops", "seconds", "_s",
                                     "_j", "activations", "elements", "nodes"})
    if (key.ends_with(end)) return true;
  return false;
}

// Empty, or the path of a size below zero.
std::string negative_size(const Json& tree) {
  if (!tree.is_structured()) return {};
  for (const auto& [key, value] : tree.items()) {
    if (tree.is_object() && value.is_number() && is_size(key) && value.get<double>() < 0)
      return key;
    if (std::string below = negative_size(value); !below.empty()) return key + "." + below;
  }
  return {};
}

// Every layer is counted in the totals.
void check_sums(const char* question, const Json& answer, std::string_view text) {
  if (!answer.contains("layers") || !answer.contains("totals")) return;
  if (answer.value("totals_are_lower_bound", false)) return;
  for (const char* key : {"macs", "params"}) {
    std::int64_t sum = 0;
    for (const Json& layer : answer["layers"])
      if (layer.contains(key) && layer[key].is_number())
        if (__builtin_add_overflow(sum, layer[key].get<std::int64_t>(), &sum)) return;
    if (answer["totals"].contains(key) && sum != answer["totals"][key].get<std::int64_t>())
      fail(question, std::string("the layers do not add up to totals.") + key, text);
  }
}

void ask(const reckon_model* model, const char* question) {
  const std::unique_ptr<char, void (*)(char*)> text(reckon_answer(model, question), reckon_free);
  if (text == nullptr) return;
  const Json answer = Json::parse(text.get(), nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) fail(question, "the answer is no JSON object", text.get());
  if (answer.contains("error")) {
    if (answer["error"]["code"] == "internal") fail(question, "internal", text.get());
    return;
  }
  if (const std::string path = negative_size(answer); !path.empty())
    fail(question, "negative: " + path, text.get());
  check_sums(question, answer, text.get());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  const std::unique_ptr<reckon_model, void (*)(reckon_model*)> model(
      reckon_open_memory(data, n_bytes, "fuzz"), reckon_close);
  if (model == nullptr || reckon_error(model.get()) != nullptr) return 0;
  for (const char* const question : questions) ask(model.get(), question);
  return 0;
}

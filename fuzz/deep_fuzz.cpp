// Any bytes as a model through the C ABI, and then every question that a model can be asked; ask.h
// says what must hold of the answers.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "ask.h"

namespace {

constexpr const char* questions[] = {
    R"({"question":"report"})",
    R"({"question":"report","batch":7,"all":true})",
    R"({"question":"report","convention":"torchsummary"})",
    R"({"question":"report","convention":"torchinfo"})",
    R"({"question":"report","convention":"fvcore"})",
    R"({"question":"layers","batch":3})",
    R"({"question":"explain"})",
    R"({"question":"graph"})",
    R"({"question":"memory","alive":true,"precision":"fp16"})",
    R"({"question":"memory","alive":true,"train":true,"optimizer":"adam","where":"cuda"})",
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
    R"({"question":"gradients"})",
    R"({"question":"gradients","batch":3,"initialisation":"he_normal"})",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  const std::unique_ptr<reckon_model, void (*)(reckon_model*)> model(
      reckon_open_memory(data, n_bytes, "fuzz"), reckon_close);
  if (model == nullptr || reckon_error(model.get()) != nullptr) return 0;
  for (const char* const question : questions) reckon::ask(model.get(), question);
  return 0;
}

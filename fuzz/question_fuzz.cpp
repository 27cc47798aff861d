// Any text as a question, about each of a few small models and about none; ask.h says what must
// hold of the answers.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ask.h"

namespace {

using Model = std::unique_ptr<reckon_model, void (*)(reckon_model*)>;

// A convolutional network with a free batch and a norm, one with attention, and one with a
// parameter.
constexpr std::string_view networks[] = {
    "input 3x8x8; conv 4 3; batchnorm; relu; maxpool 2; flatten; linear 10",
    "input 6x16; attention heads=2; layernorm; linear 8; softmax",
    "param n = 8 in 1..64\ninput 10\nlinear n\nrelu\nlinear 2",
};

Model open(std::string_view text) {
  return {reckon_open_memory(text.data(), text.size(), "fuzz.net"), reckon_close};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  static const Model models[] = {open(networks[0]), open(networks[1]), open(networks[2])};
  const std::string question(reinterpret_cast<const char*>(data), n_bytes);
  // These two take the time that they are asked for: they measure the machine.
  if (question.find("activation_loop") != std::string::npos ||
      question.find("pointer_chase") != std::string::npos)
    return 0;
  for (const Model& model : models) {
    if (reckon_error(model.get()) != nullptr)
      reckon::fail_on("", "a network is wrong", reckon_error(model.get()));
    reckon::ask(model.get(), question.c_str());
  }
  reckon::ask(nullptr, question.c_str());
  return 0;
}

// The live trainings of a page (api/live_training.h): one state, which lasts as long as the engine.
#include "api/handle.h"
#include "api/live_training.h"

extern "C" char* reckon_live_training(const char* question, const void* bytes, size_t n_bytes) {
  static auto* const trainings = new reckon::LiveTrainings;
  return reckon::copied(
      trainings->answer(question, {static_cast<const std::byte*>(bytes), n_bytes}));
}

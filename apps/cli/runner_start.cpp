// reckon measure, reckon train and reckon gradients --measure, in the program that every other
// command is in. LibTorch takes a second to load, so it is linked into a program of its own beside
// this one, which is started in its place.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "command.h"
#include "compare_trainings.h"
#include "measured_gradients.h"
#include "questions/measure_inquiry.h"

namespace reckon::cli {
namespace {

std::filesystem::path runner() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? std::filesystem::path() : self.parent_path() / "reckon-measure";
}

// Only returns where it fails.
Failure start(const Call& call) {
  const std::filesystem::path program = runner();
  std::error_code failed;
  if (program.empty() || !std::filesystem::exists(program, failed))
    return Error{ErrorCode::unsupported,
                 "this build cannot run networks: LibTorch was not there when it was built. "
                 "'script/setup --measure' installs it (Debian: libtorch-dev); then build again",
                 std::string(call.kind->name)};
  std::vector<std::string> words = {program.string(), std::string(call.kind->name)};
  words.insert(words.end(), call.arguments.begin(), call.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  return Error{
      ErrorCode::io_error,
      "the program that runs networks does not start: " + std::string(std::strerror(errno)),
      program.string()};
}

}  // namespace

// Mistakes in the call are told before anything large is loaded.
Answer run_measure(const Call& call) {
  RECKON_TRY(needs_model(call));
  RECKON_TRY(measure_setup(call.asked));
  return std::unexpected(start(call));
}

Answer run_measured_gradients(const Call& call) {
  Failure failure = start(call);
  // What is wrong with the network comes before what is missing here.
  RECKON_TRY(inquire_network_gradients(call.model(), call.asked));
  return std::unexpected(std::move(failure));
}

Answer run_train(const Call& call) {
  RECKON_TRY(needs_model(call));
  if (call.model() == "compare" && call.asked.flag("shipped")) {
    TrainComparison comparison;
    RECKON_ASSIGN(comparison.shipped, shipped_trainings());
    return page_of_comparison(comparison, call);
  }
  return std::unexpected(start(call));
}

}  // namespace reckon::cli

// An open lab: its files, its networks opened once, and what the engine said already.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reckon {

// Any number of threads may ask at the same time.
class OpenLab {
 public:
  // The files by name. Fails with the file and the line.
  static Result<std::unique_ptr<const OpenLab>> open(
      const std::map<std::string, std::string>& files);
  // {"lab.toml":"…", …}
  static Result<std::unique_ptr<const OpenLab>> open_json(std::string_view files_json);
  ~OpenLab();
  OpenLab(const OpenLab&) = delete;
  OpenLab& operator=(const OpenLab&) = delete;

  // {"question":"document"}, "evaluate" or "ledger" as in web/src/lab/contract.ts. Always answers:
  // a failure is the error object.
  std::string answer(std::string_view question) const;
  std::string_view id() const;

  struct State;
  const State& state() const { return *state_; }

 private:
  explicit OpenLab(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace reckon

// Proves a lab before students meet it: every figure has a value in every state, every failure can
// be reached and left again, every answer can be right and wrong and is explained, every claim has
// the verdict that its author expects.
#pragma once

#include <string>
#include <vector>

#include "lab/session.h"

namespace reckon::lab {

struct Report {
  struct Reached {
    std::string what;     // "act2.ledger: alert, case 1"
    std::string witness;  // a state in which it shows
  };
  std::size_t n_states = 0, n_figures = 0, n_claims = 0, n_firsts = 0;
  std::vector<Reached> reached;
  std::vector<std::string> problems;  // empty: the lab is proved

  bool good() const { return problems.empty(); }
};

// Fails only where the lab cannot be evaluated at all.
Result<Report> check(const Lab& lab, const Faculties& faculties);

}  // namespace reckon::lab

// The states of a lab that one part of it can tell apart.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lab/session.h"

namespace reckon::lab {

// Controls and fields ("act2.prediction.memory") that an expression depends on, by their ids.
struct Dependencies {
  std::set<std::string> controls, answers;
  std::set<std::size_t> seen_figures;
  void add(const Dependencies& other);
  // Through figures, however deep. What defaults(), at() and first() set themselves is left out.
  void add(const Lab& lab, const Expr& expr);
  void add(const Lab& lab, const Text& text);
  void add(const Lab& lab, const Prose& prose);
  void add(const Lab& lab, const Part& part);
  // Controls on which the options of these controls depend.
  void close(const Lab& lab);
};

struct State {
  Settings controls;
  Answers answers;
};

// Every combination of the values that matter: all options of choices, both of toggles, of ranges
// the ends, the default, steps in between and `check_at`; of constants the default and multiples;
// of answers all options, and of numbers the key, its half and double, the ends and `check_at`.
// Combinations that the lab does not allow are left out. Fails with limit beyond 200,000.
Result<std::vector<State>> lattice(const Lab& lab, const Faculties& faculties,
                                   const Dependencies& dependencies);

// "W = 31976, device = laptop-8gb": what differs from the default.
std::string witness(const Lab& lab, const State& state);

}  // namespace reckon::lab

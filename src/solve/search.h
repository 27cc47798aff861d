// The largest value whose cost fits a budget, by asking for exact costs at single values.
//
// The cost is a black box: most often it rises with the value, but integer division, divisibility
// and scratch memory make it fall or make single values impossible (12 heads need a width that is
// a multiple of 12). So the search
//   1. tries every value where that is cheap, and is then exact without any assumption;
//   2. else brackets the answer by doubling, closes in on it by interpolation and bisection, going
//      around values that do not exist, until every value between the largest that fits and the
//      next that exists has been tried;
//   3. then looks for a contradiction: neighbours and a spread of values on both sides. Where the
//      cost falls somewhere, everything above the answer is tried, as far as the limits go, and the
//      result says how far that was.
// A cost may come with a lower bound that rises more steadily than it (memory that is allocated,
// below memory that is reserved). Then 1. to 3. search by the bound, for the largest value that
// could fit, and
//   4. come down from there, value by value, to the first that fits. Where that is far, they search
//      by the cost itself, and the result says that values in between were not tried.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/watch.h"

namespace reckon {

struct Probe {
  enum class State : std::uint8_t {
    known,
    missing,  // there is no such network
    beyond,   // larger than anybody could count: counted as not fitting
  };
  State state = State::missing;
  std::int64_t bytes = 0;         // of known ones
  std::int64_t work = 1;          // what asking has cost, in nodes
  std::int64_t least_bytes = -1;  // no more than `bytes`; < 0: `bytes`
  std::int64_t searched = 0;      // steps of a search inside: for sizes that a graph's rules allow
};
using ProbeAt = std::function<Probe(std::int64_t value)>;

struct SearchLimits {
  std::int64_t few_values = 64;           // ranges of so many values are tried whole
  std::int64_t few_work = 10'000;         // or that cost so little
  std::int64_t max_work = 400'000;        // of a search for exceptions
  std::int64_t max_probes = 100'000;      // in all
  std::int64_t longest_gap = 4'096;       // values one after the other that do not exist
  std::int64_t max_searched = 4'000'000;  // of Probe::searched, in all
  Watch* watch = nullptr;                 // or null
};

struct SearchResult {
  std::optional<std::int64_t> max;  // absent: nothing that was tried fits
  std::int64_t bytes_at_max = 0;
  // The next value that exists, which does not fit; absent where the range ends.
  std::optional<std::int64_t> next;
  std::optional<std::int64_t> bytes_at_next;  // absent when beyond
  // The cheapest value tried; absent where none exists.
  std::optional<std::int64_t> cheapest;
  std::int64_t least_bytes = 0;
  bool monotone = true;  // among all values tried, a larger one never costs less
  bool gaps = false;     // some values tried do not exist
  bool exact = false;    // proved by trying; otherwise it rests on `monotone`
  // The cost falls somewhere, or a gap was too long: all above max was tried, up to tried_to.
  bool tried_above = false;
  // No value from max+1 (from the begin of the range, where nothing fits) to here fits: all were
  // tried.
  std::int64_t tried_to = 0;
  // The largest value whose lower bound fits. Between max and it all were tried, or not.
  std::optional<std::int64_t> could_fit;
  bool tried_between = true;
  bool ended = false;  // at max_searched, or by the watch: values that were not tried may fit
  std::int64_t probes = 0;
};

// REQUIRES: from <= to, both within ±2^61.
SearchResult search_largest(std::int64_t from, std::int64_t to, std::int64_t budget_bytes,
                            const ProbeAt& probe, const SearchLimits& limits = {});

}  // namespace reckon

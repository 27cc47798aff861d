// Small files of every kind that the reader must take or refuse. The tests check what becomes of
// them; fuzz/seed_corpus.cpp writes them out for the fuzzers to start from.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace reckon::test {

struct Sample {
  std::string name;
  std::string bytes;
};
// Each opens.
std::vector<Sample> valid_models();

struct Hostile {
  std::string name;
  std::string bytes;
  ErrorCode code;
  std::string says;   // a part of the message
  std::string where;  // a part of the place
};
// Each is refused.
std::vector<Hostile> hostile_models();

}  // namespace reckon::test

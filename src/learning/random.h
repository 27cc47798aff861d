// Random numbers that are the same on every machine: natively, in a web page, with any C++ library.
// The distributions of <random> are not (each library has its own), and neither are logarithms of
// different mathematical libraries, so both are here, made of +, −, ×, ÷ and √ in double precision,
// whose results IEEE 754 fixes to the last bit.
//
// The generator is xoshiro256++ (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number
// generators", 2021), seeded by SplitMix64 as its authors advise.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace reckon {

class Random {
 public:
  // Streams of different seeds are unrelated, seed 0 included.
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  // A number in [0, 1), a multiple of 2^−53.
  double uniform();
  // Mean 0, variance 1; one number of the generator each.
  double normal();

  void fill_uniform(std::span<double> out, double low, double high);
  void fill_normal(std::span<double> out, double deviation = 1);

 private:
  // A number in (0, 1): the middle of one of 2^52 equal parts, exactly.
  double open_uniform();

  std::array<std::uint64_t, 4> state_;
};

// Where the standard normal distribution reaches p: to about 1e-16 of itself (M. Wichura,
// "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37,
// 1988). REQUIRES: 0 < p < 1.
double normal_quantile(double p);

// ln x, within 2 units in the last place. REQUIRES: x is positive, finite and normal.
double natural_log(double x);

}  // namespace reckon

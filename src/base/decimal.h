// A double in decimal digits, fixed point: exact, and the same on every platform. The C++ libraries
// can do it too, each with 100 KB of tables, which a web page would have to fetch.
#pragma once

#include <string>

namespace reckon {

// |x| with n_decimals digits behind the point, rounded to the nearest and to the even one where two
// are equally near. REQUIRES: x is finite, n_decimals >= 0.
std::string fixed_point(double x, int n_decimals);

}  // namespace reckon

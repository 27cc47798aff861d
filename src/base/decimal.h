// A double in decimal digits, fixed point: exact, and the same on every platform. The C++ libraries
// can do it too, each with 100 KB of tables, which a web page would have to fetch.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reckon {

// |x| with n_decimals digits behind the point, rounded to the nearest and to the even one where two
// are equally near. REQUIRES: x is finite, n_decimals >= 0.
std::string fixed_point(double x, int n_decimals);

// The double nearest to a number as JSON writes it, with zeros at its front or not; nothing where
// it is none, or beyond all doubles. By the JSON library's reader: a C++ library's is not
// everywhere yet.
std::optional<double> decimal_value(std::string_view text);

}  // namespace reckon

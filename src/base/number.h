// Numbers as people read them. Powers of two are written KiB, MiB, GiB; powers of ten KB, MB, GB.
// A point is a decimal point and a comma groups thousands, whatever the locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reckon {

// In the place of a number that cannot be: a count below zero. A page that has one is no answer
// (report/answer_check.h). SUBSTITUTE of ASCII; names are printed without control characters.
inline constexpr char impossible = '\x1a';

// "101,616,768"; counts are not below zero.
std::string grouped(std::int64_t n);

// Fixed point with `digits` decimals; never "-0.00".
std::string fixed(double x, int digits);

// Three significant digits and a prefix of 1000: "1.43 G", "999", "12.3 k". A unit follows the
// prefix without a space: engineering(n, "MAC") is "1.43 GMAC".
std::string engineering(double x, std::string_view unit = {});

// "243.9 MB", "1.46 KB", "512 B".
std::string bytes_decimal(std::int64_t n_bytes);
// "232.6 MiB", "1.43 KiB", "512 B".
std::string bytes_binary(std::int64_t n_bytes);

// "91.911 %"; "0 %" of nothing; "< 0.001 %" where rounding would say zero of something.
std::string percent(std::int64_t part, std::int64_t whole, int digits = 3);

// The singular where n is 1: counted(3, "layer") is "3 layers".
std::string counted(std::int64_t n, std::string_view noun);

}  // namespace reckon

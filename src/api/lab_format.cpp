#include "api/lab_format.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/number.h"
#include "base/text.h"

namespace reckon {
namespace {

// Fixed point with groups of thousands: "1,832.4".
std::string grouped_fixed(double x, int digits) {
  std::string text = fixed(x, digits);
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  std::size_t point = text.find('.');
  if (point == std::string::npos) point = text.size();
  for (std::size_t i = point; i > sign + 3;) {
    i -= 3;
    text.insert(i, 1, ',');
  }
  return text;
}

// "9.1·10⁻¹³"
std::string scientific(double x, int digits) {
  if (x == 0 || !std::isfinite(x)) return fixed(x, 0);
  auto exponent = static_cast<int>(std::floor(std::log10(std::abs(x))));
  double mantissa = x / std::pow(10.0, exponent);
  if (std::abs(mantissa) >= 10 - 0.5 * std::pow(10.0, -digits)) {
    mantissa /= 10;
    ++exponent;
  }
  static constexpr std::array<std::string_view, 10> raised = {"⁰", "¹", "²", "³", "⁴",
                                                              "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string power = exponent < 0 ? "⁻" : "";
  for (const char c : std::to_string(std::abs(exponent)))
    power += raised[static_cast<std::size_t>(c - '0')];
  const std::string text = fixed(mantissa, digits);
  return (text == "1" ? "10" : text + "·10") + power;
}

// A number in four significant digits.
std::string automatic(double x) {
  if (!std::isfinite(x)) return fixed(x, 0);
  constexpr double largest = 9.0e15;
  if (x == std::floor(x) && std::abs(x) < largest) return grouped_fixed(x, 0);
  const double size = std::abs(x);
  if (size < 1e-4 || size >= largest) return scientific(x, 2);
  return grouped_fixed(x, size >= 1000 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}

std::string plain(double x) {
  return x == std::floor(x) ? fixed(x, 0) : fixed(x, 6);
}

// Three digits in the unit that fits: "620 µs".
std::string seconds(double x) {
  static constexpr std::array<std::string_view, 4> units = {" s", " ms", " µs", " ns"};
  std::size_t unit = 0;
  for (; unit + 1 < units.size() && x != 0 && std::abs(x) < 0.9995; ++unit) x *= 1000;
  const double size = std::abs(x);
  return grouped_fixed(x, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2) + std::string(units[unit]);
}

struct Format {
  std::string_view name;
  int digits;  // unless the format says
  double divide;
  std::string_view unit;
};
// Those that divide, round and name a unit.
constexpr std::array<Format, 18> formats = {{
    {"int", 0, 1, ""},
    {"fixed", 2, 1, ""},
    {"kib", 2, 1024, " KiB"},
    {"mib", 2, 1024.0 * 1024, " MiB"},
    {"gib", 2, 1024.0 * 1024 * 1024, " GiB"},
    {"kb", 2, 1e3, " kB"},
    {"mb", 2, 1e6, " MB"},
    {"gb", 2, 1e9, " GB"},
    {"b", 0, 1, " B"},
    {"percent", 1, 0.01, " %"},
    {"times", 2, 1, "×"},
    {"kilo", 1, 1e3, " thousand"},
    {"million", 1, 1e6, " million"},
    {"billion", 2, 1e9, " billion"},
    {"ns", 2, 1, " ns"},
    {"mj", 2, 1e-3, " mJ"},
    {"macs", 0, 1, " MACs"},
    {"flops", 0, 1, " FLOPs"},
}};
constexpr std::array<std::string_view, 23> names = {
    "auto",    "int", "fixed", "sci",  "bytes",   "kib",   "mib",    "gib",
    "kb",      "mb",  "gb",    "b",    "percent", "times", "kilo",   "million",
    "billion", "ns",  "mj",    "macs", "flops",   "plain", "seconds"};

}  // namespace

Result<std::string> format_number(double x, std::string_view format) {
  constexpr std::string_view with_sign = "signed ";
  if (format.starts_with(with_sign)) {
    RECKON_ASSIGN(const std::string text,
                  format_number(std::abs(x), format.substr(with_sign.size())));
    return (x < 0 ? "−" : x > 0 ? "+" : "±") + text;
  }
  std::optional<int> digits;
  const std::size_t colon = format.find(':');
  if (colon != std::string_view::npos) {
    const auto n = parse_int(format.substr(colon + 1));
    if (!n || *n < 0 || *n > 12)
      return fail(ErrorCode::bad_argument,
                  "digits behind the point are 0 to 12, not " + quoted(format.substr(colon + 1)));
    digits = static_cast<int>(*n);
    format = format.substr(0, colon);
  }
  if (format.empty() || format == "auto") return automatic(x);
  if (format == "plain") return plain(x);
  if (format == "seconds") return seconds(x);
  if (format == "sci") return scientific(x, digits.value_or(1));
  if (format == "bytes")
    return std::abs(x) < 9e18 ? (x < 0 ? "-" : "") + bytes_binary(std::llabs(std::llround(x)))
                              : fixed(x, 0);
  for (const Format& one : formats)
    if (one.name == format)
      return grouped_fixed(x / one.divide, digits.value_or(one.digits)) + std::string(one.unit);
  return fail(ErrorCode::bad_argument,
              "there is no format " + quoted(format) + did_you_mean(format, names));
}

}  // namespace reckon

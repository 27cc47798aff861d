#include "base/number.h"

#include <array>
#include <cmath>
#include <span>

#include "base/decimal.h"

namespace reckon {
namespace {

constexpr std::array<std::string_view, 7> decimal_bytes = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
constexpr std::array<std::string_view, 7> binary_bytes = {"B",   "KiB", "MiB", "GiB",
                                                          "TiB", "PiB", "EiB"};

// Two decimals below 100, one above: three or four significant digits.
int decimals(double x) {
  return std::abs(x) < 99.995 ? 2 : 1;
}

std::string in_bytes(std::int64_t n_bytes, double base, std::span<const std::string_view> units) {
  if (n_bytes < 0) return std::string(1, impossible);
  auto x = static_cast<double>(n_bytes);
  std::size_t i = 0;
  // What would round to the next unit is written in it.
  while (std::abs(x) >= base - 0.05 && i + 1 < units.size() && (i > 0 || std::abs(x) >= base)) {
    x /= base;
    ++i;
  }
  return (i == 0 ? grouped(n_bytes) : fixed(x, decimals(x))) + " " + std::string(units[i]);
}

}  // namespace

std::string grouped(std::int64_t n) {
  if (n < 0) return std::string(1, impossible);
  const std::string digits = std::to_string(n);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string fixed(double x, int digits) {
  if (!std::isfinite(x)) return "?";
  const std::string out = fixed_point(x, digits);
  return x < 0 && out.find_first_not_of("0.") != std::string::npos ? "-" + out : out;
}

std::string engineering(double x, std::string_view unit) {
  constexpr std::array<std::string_view, 7> prefixes = {"", "k", "M", "G", "T", "P", "E"};
  std::size_t i = 0;
  while (std::abs(x) >= (i == 0 ? 1000.0 : 999.5) && i + 1 < prefixes.size()) {
    x /= 1000;
    ++i;
  }
  const double size = std::abs(x);
  const bool whole = i == 0 && x == std::floor(x);
  const int digits = whole || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  std::string out = fixed(x, digits);
  if (!prefixes[i].empty() || !unit.empty()) out += ' ';
  return out.append(prefixes[i]).append(unit);
}

std::string bytes_decimal(std::int64_t n_bytes) {
  return in_bytes(n_bytes, 1000, decimal_bytes);
}

std::string bytes_binary(std::int64_t n_bytes) {
  return in_bytes(n_bytes, 1024, binary_bytes);
}

std::string percent(std::int64_t part, std::int64_t whole, int digits) {
  if (part == 0 || whole == 0) return "0 %";
  const double x = 100 * static_cast<double>(part) / static_cast<double>(whole);
  if (std::abs(x) < 0.5 * std::pow(10.0, -digits))
    return "< " + fixed(std::pow(10.0, -digits), digits) + " %";
  return fixed(x, digits) + " %";
}

std::string counted(std::int64_t n, std::string_view noun) {
  return grouped(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace reckon

#include "questions/byte_size.h"

#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/number.h"
#include "base/text.h"

namespace reckon {
namespace {

constexpr std::string_view prefixes = "kmgtp";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// base^power for the n-th prefix.
std::int64_t unit_bytes(std::size_t nth, std::int64_t base) {
  std::int64_t n = 1;
  for (std::size_t i = 0; i <= nth; ++i) n *= base;
  return n;
}

// `whole` and the fraction `part` / 10^digits, times `unit`.
Checked amount(std::int64_t whole, std::int64_t part, std::size_t digits, std::int64_t unit) {
  std::int64_t scale = 1;
  for (std::size_t i = 0; i < digits; ++i) scale *= 10;
  // part < scale, so that part · (unit / scale) stays below one unit.
  const std::int64_t fraction = part * (unit / scale) + part * (unit % scale) / scale;
  return Checked(whole) * unit + fraction;
}

}  // namespace

Result<std::int64_t> parse_byte_size(std::string_view text, std::string_view where) {
  constexpr std::size_t most_decimals = 3;  // part · (unit mod scale) stays far within 64 bits
  const auto wrong = [&](const std::string& message) {
    return fail(ErrorCode::bad_argument, message, std::string(where));
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string malformed =
      "a size in bytes is expected, such as 6GiB, 6GB, 512KiB or 8589934592, not " + quoted(text);
  const auto unit_at = static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), [&](char c) { return is_digit(c) || c == '.'; }) -
      text.begin());
  const std::string_view number = text.substr(0, unit_at);
  std::string_view unit = text.substr(unit_at);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::string_view decimals = number.substr(std::min(point + 1, number.size()));
  const auto whole = parse_int(number.substr(0, point));
  const auto part = decimals.empty() ? std::optional<std::int64_t>(0) : parse_int(decimals);
  if (!whole || !part || (point < number.size() && decimals.empty())) return wrong(malformed);
  if (decimals.size() > most_decimals)
    return wrong("a size has at most three decimals, not " + quoted(text));

  const std::string word = lower(unit);
  const std::size_t nth = word.empty() ? std::string_view::npos : prefixes.find(word.front());
  const std::string rest = word.empty() ? "" : word.substr(1);
  std::int64_t scale = 1;
  if (word.empty() || word == "b") {
    if (!decimals.empty()) return wrong("there are no parts of a byte: " + quoted(text));
  } else if (nth == std::string_view::npos) {
    return wrong(malformed);
  } else if (rest.empty() || rest == "i") {
    const std::string prefix(1, prefixes[nth] == 'k' ? 'K' : static_cast<char>(word[0] - 32));
    const auto in = [&](std::int64_t base) {
      const Checked n = amount(*whole, *part, decimals.size(), unit_bytes(nth, base));
      return n.ok() ? " (" + grouped(n.value()) + " B)" : std::string();
    };
    const std::string binary = std::string(number) + prefix + "iB" + in(1024);
    if (rest == "i") return wrong(quoted(text) + " lacks its B: " + binary);
    return wrong(quoted(text) + " may mean " + binary + " or " + std::string(number) + prefix +
                 "B" + in(1000) + ": which one?");
  } else if (rest == "ib" || rest == "b") {
    scale = unit_bytes(nth, rest == "ib" ? 1024 : 1000);
  } else {
    return wrong(malformed);
  }
  const Checked n = amount(*whole, *part, decimals.size(), scale);
  if (!n.ok()) return wrong(quoted(text) + " is beyond 64 bits");
  return n.value();
}

}  // namespace reckon

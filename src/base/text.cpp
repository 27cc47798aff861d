#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <vector>

namespace reckon {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

constexpr std::uint64_t each_byte(unsigned char c) {
  return 0x0101010101010101u * c;
}

// A high bit in some byte of the result, when one of eight characters is not plain. (A word without
// high bits has a zero byte exactly when subtracting one from each byte sets a high bit.)
std::uint64_t not_plain(std::uint64_t word) {
  const std::uint64_t control = word - each_byte(0x20), quote = word ^ each_byte('"'),
                      backslash = word ^ each_byte('\\'), rubout = word ^ each_byte(0x7f);
  return (word | control | (quote - each_byte(1)) | (backslash - each_byte(1)) |
          (rubout - each_byte(1))) &
         each_byte(0x80);
}

// U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069: characters that break a line or turn
// the direction of what follows, so that a name shows as another one (CVE-2021-42574).
bool turns_text(std::string_view sequence) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(sequence[k]); };
  if (sequence.size() == 2) return byte(0) == 0xd8 && byte(1) == 0x9c;
  if (sequence.size() != 3 || byte(0) != 0xe2) return false;
  const unsigned char last = byte(2);
  return byte(1) == 0x80   ? last == 0x8e || last == 0x8f || (last >= 0xa8 && last <= 0xae)
         : byte(1) == 0x81 ? last >= 0xa6 && last <= 0xa9
                           : false;
}

// Bytes of the UTF-8 sequence at `i`, 0 when it is broken, a control character, or turns text.
std::size_t utf8_length(std::string_view s, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[k]); };
  const unsigned char c = byte(i);
  if (c < 0x20 || c == 0x7f) return 0;
  if (c < 0x80) return 1;
  const std::size_t n = (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
  if (n == 0 || i + n > s.size()) return 0;
  for (std::size_t k = 1; k < n; ++k)
    if ((byte(i + k) >> 6) != 2) return 0;
  if (n == 2 && (c < 0xc2 || (c == 0xc2 && byte(i + 1) < 0xa0))) return 0;  // overlong, C1 controls
  if (n == 3 && c == 0xe0 && byte(i + 1) < 0xa0) return 0;
  if (n == 3 && c == 0xed && byte(i + 1) > 0x9f) return 0;  // surrogates
  if (n == 4 &&
      (c > 0xf4 || (c == 0xf0 && byte(i + 1) < 0x90) || (c == 0xf4 && byte(i + 1) > 0x8f)))
    return 0;
  return turns_text(s.substr(i, n)) ? 0 : n;
}

}  // namespace

std::size_t plain_length(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  std::uint64_t word = 0;
  const auto is_plain_word = [&](std::size_t from) {
    std::memcpy(&word, text.data() + from, sizeof word);
    return not_plain(word) == 0;
  };
  while (at + sizeof word <= text.size() && is_plain_word(at)) at += sizeof word;
  // The end of a long name is looked at with a part of the word before it.
  if (at > begin && text.size() - at < sizeof word && is_plain_word(text.size() - sizeof word))
    return text.size() - begin;
  while (at < text.size() && is_plain(text[at])) ++at;
  return at - begin;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  constexpr std::size_t longest_word = 64;  // keeps the quadratic distance cheap on hostile input
  if (word.empty() || word.size() > longest_word) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (candidate.size() > longest_word) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  if (best) return best;
  // Otherwise the start of a longer name, as in "mobile" for "mobilenet-v1".
  for (const auto candidate : candidates) {
    if (word.size() < 3 || candidate.size() < word.size()) continue;
    if (edit_distance(word, candidate.substr(0, word.size())) == 0) return candidate;
  }
  return std::nullopt;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const auto best = nearest(word, candidates);
  return best ? ", did you mean " + printable(*best) + "?" : std::string();
}

std::string printable(std::string_view name, std::size_t max_bytes) {
  if (name.size() <= max_bytes && plain_length(name) == name.size()) return std::string(name);
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t n = utf8_length(name, i);
    if (out.size() + std::max<std::size_t>(n, 4) > max_bytes) return out + "…";
    if (n > 0) {
      out.append(name.substr(i, n));
      i += n;
    } else {
      const auto c = static_cast<unsigned char>(name[i++]);
      out += {'\\', 'x', hex[c >> 4], hex[c & 15]};
    }
  }
  return out;
}

std::string quoted(std::string_view name) {
  return "'" + printable(name) + "'";
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace reckon

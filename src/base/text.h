// Text that meets people or comes from strangers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace reckon {

// Takes the next part of a long text.
using TextSink = std::function<void(std::string_view)>;

// How many characters from `begin` on can stand in a JSON text and on a terminal as they are: ASCII
// without control characters, quotes and backslashes. Eight at a time.
std::size_t plain_length(std::string_view text, std::size_t begin = 0);

bool is_one_of(std::string_view word, std::span<const std::string_view> words);

// Damerau-Levenshtein distance (optimal string alignment), ASCII case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `word`, if any is near enough to be what was meant.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);

// ", did you mean NAME?" or the empty string.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

// A name from a file, safe to print: control characters and broken UTF-8 become \xNN, and what is
// longer than `max_bytes` is cut with "…".
std::string printable(std::string_view name, std::size_t max_bytes = 200);

// 'name', printable.
std::string quoted(std::string_view name);

// Strict decimal integer, no sign but '-', no spaces; nullopt when malformed or out of range.
std::optional<std::int64_t> parse_int(std::string_view text);

}  // namespace reckon

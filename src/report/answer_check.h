// The last look at a figure before it leaves the engine: what cannot be is an error that names it,
// and never a figure. Not a number, or infinite, where nobody may leave it open; below zero, where
// it counts something. Sums are checked where they are made (base/checked.h); this finds what was
// computed past them.
//
// JSON is looked at field by field as it is written. Pages of text, CSV and Markdown are made of
// numbers that base/number.h and the cells of sheets turn into text: what cannot be becomes a mark
// there (`impossible`), and who hands a page out asks for it here.
#pragma once

#include <cmath>
#include <optional>

#include "base/result.h"
#include "questions/answer.h"

namespace reckon {

// True for units that count: bytes, operations, elements.
bool is_counted_in(std::string_view unit);

inline bool cannot_be(const Field& field, const FieldValue& value) {
  if (value.is == FieldValue::Is::integer) return value.integer < 0 && is_counted_in(field.unit);
  if (value.is != FieldValue::Is::number) return false;
  return std::isfinite(value.number) ? value.number < 0 && is_counted_in(field.unit)
                                     : !field.nullable;
}
// An `internal` error about the field, at the layer that `of`, which has the `members`, is about.
Error impossible_figure(const Field& field, std::span<const Field> members, const void* of);

// An `internal` error at the line of the page where a figure is that cannot be.
std::optional<Error> impossible_figure_in(std::string_view page);

// Is given an answer that becomes no JSON. Of long lists, the first thousand items are looked at.
struct AnswerCheck {
  std::optional<Error> wrong = {};
  void operator()(SeeAnswer::Parts parts);
};
// RECKON_TRY(checked({subject, time_field, time}));
inline Status checked(const WholeAnswer& answer) {
  AnswerCheck check;
  answer(check);
  if (check.wrong) return std::unexpected(*std::move(check.wrong));
  return {};
}
// RECKON_TRY(checked(memory_answer, subject, memory));
template <class... Ps, class... As>
Status checked(void (*answer)(SeeAnswer, Ps...), const As&... about) {
  AnswerCheck check;
  answer(check, about...);
  if (check.wrong) return std::unexpected(*std::move(check.wrong));
  return {};
}

}  // namespace reckon

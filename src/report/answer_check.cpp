#include "report/answer_check.h"

#include <algorithm>

#include "base/number.h"
#include "base/text.h"

namespace reckon {
namespace {

constexpr std::size_t most_items = 1000;

void look(const Field& field, const void* of, std::span<const Field> members, AnswerCheck& check);

void look_inside(std::span<const Field> members, const void* of, AnswerCheck& check) {
  for (const Field& field : members) look(field, of, members, check);
}

void look(const Field& field, const void* of, std::span<const Field> members, AnswerCheck& check) {
  if (check.wrong) return;
  std::string made;
  const FieldValue value = field.get(of, made);
  if (cannot_be(field, value)) {
    check.wrong = impossible_figure(field, members, of);
  } else if (value.is == FieldValue::Is::object) {
    look_inside(field.inside, value.object, check);
  } else if (value.is == FieldValue::Is::list) {
    std::size_t n = 0;
    for_each_item(value, [&](const void* item) {
      if (n++ >= most_items) return;
      if (field.name.empty()) return look_inside(field.inside, item, check);
      look(field.inside[0], item, members, check);
    });
  }
}

}  // namespace

bool is_counted_in(std::string_view unit) {
  return unit == "B" || unit == "MAC" || unit == "FLOP" || unit == "OP" || unit == "elements" ||
         unit == "parameters" || unit == "nodes";
}

Error impossible_figure(const Field& field, std::span<const Field> members, const void* of) {
  Error error{ErrorCode::internal,
              "the figure " + std::string(field.name) +
                  " came out as one that cannot be; please report it (SECURITY.md)",
              ""};
  for (const Field& member : members) {
    if (member.name != "name" && member.name != "layer") continue;
    std::string made;
    const FieldValue value = member.get(of, made);
    if (value.is == FieldValue::Is::text) error.where = quoted(value.view());
    break;
  }
  return error;
}

std::optional<Error> impossible_figure_in(std::string_view page) {
  const std::size_t at = page.find(impossible);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = page.rfind('\n', at) + 1;  // 0 where there is none before
  std::string line(page.substr(begin, page.find('\n', at) - begin));
  std::replace(line.begin(), line.end(), impossible, '?');
  return Error{ErrorCode::internal,
               "a figure came out as one that cannot be; please report it (SECURITY.md)",
               "line " + quoted(std::string_view(line))};
}

void AnswerCheck::operator()(SeeAnswer::Parts parts) {
  for (const AnswerPart& part : parts) look(*part.field, part.of, {}, *this);
}

}  // namespace reckon

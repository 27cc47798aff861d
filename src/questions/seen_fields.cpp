// The fields of `seen`, and how its element is chosen.
#include "base/field_rows.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/seen_answer.h"
#include "questions/spelling.h"

namespace reckon {
namespace {

template <auto ends, Dim Ends::* end>
constexpr auto end_of =
    [](const SeenBy& by) { return (by.*ends) ? std::optional((*(by.*ends)).*end) : std::nullopt; };

constexpr Row<SeenBy> along_rows[] = {
    field("axis", "",
          "of the layer's first output, from 0, along which the element was chosen; null where it "
          "has none: all is seen",
          [](const SeenBy& by) { return by.axis >= 0 ? std::optional(by.axis) : std::nullopt; }),
    field("size", "elements", "of that axis",
          [](const SeenBy& by) { return by.axis >= 0 ? std::optional(by.size) : std::nullopt; }),
    field("element", "", "from 0",
          [](const SeenBy& by) { return by.axis >= 0 ? std::optional(by.element) : std::nullopt; }),
    field<&SeenBy::input>("input_size", "elements", "of the input along this dimension"),
    field("first", "",
          "the first input element that it depends on, from 0; null where it sees padding alone",
          end_of<&SeenBy::seen, &Ends::low>),
    field("last", "", "the last of them", end_of<&SeenBy::seen, &Ends::high>),
    field("first_without_borders", "",
          "as if no layer ended anywhere: negative in the padding; null where all is seen",
          end_of<&SeenBy::without_borders, &Ends::low>),
    field("last_without_borders", "", "likewise", end_of<&SeenBy::without_borders, &Ends::high>),
};
constexpr Row<SeenAnswer> seen_rows[] = {
    sometimes(list<along_rows, &SeenAnswer::along>(
        "seen",
        "with the question explain and `element`: by spatial dimension, the part of the input that "
        "the element sees")),
};

}  // namespace

constinit const Row<SeenAnswer> seen_field = answer<seen_rows>("", "");

Result<SeenAnswer> inquire_seen(const Analysis& analysis, const Layer* layer, const Asked& asked) {
  if (layer == nullptr)
    return fail(ErrorCode::bad_argument, "an element is one of a layer's output: name a layer",
                option_place("element"));
  std::vector<Dim> element;
  std::string_view rest = asked.text("element");
  while (rest != "middle") {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto place = parse_int(rest.substr(0, comma));
    if (!place)
      return fail(ErrorCode::bad_argument,
                  quoted(asked.text("element")) + " is no element: 12,30, or middle, is",
                  option_place("element"));
    element.push_back(*place);
    if (comma == rest.size()) break;
    rest.remove_prefix(comma + 1);
  }
  auto along = seen_by_element(analysis, *layer, element);
  if (!along) {
    along.error().where = option_place("element");
    return std::unexpected(std::move(along).error());
  }
  return SeenAnswer{*std::move(along)};
}

}  // namespace reckon

#include "lab/tree.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>

#include "base/text.h"

namespace reckon::lab {
namespace {

Place place_of(const toml::source_region& region, const std::string& file) {
  return {static_cast<std::uint32_t>(region.begin.line),
          static_cast<std::uint32_t>(region.begin.column), &file};
}

bool before(const Place& a, const Place& b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

Result<Tree> tree_of(const toml::node& node, const std::string& file) {
  Tree tree;
  tree.place = place_of(node.source(), file);
  if (const auto* const table = node.as_table()) {
    tree.kind = TreeKind::table;
    std::vector<std::pair<Place, std::size_t>> order;
    for (const auto& [key, value] : *table) {
      RECKON_ASSIGN(Tree member, tree_of(value, file));
      order.emplace_back(place_of(key.source(), file), tree.members.size());
      tree.members.push_back({std::string(key.str()), std::move(member)});
    }
    std::sort(order.begin(), order.end(),
              [](const auto& a, const auto& b) { return before(a.first, b.first); });
    std::vector<Member> sorted;
    for (const auto& [place, i] : order) sorted.push_back(std::move(tree.members[i]));
    tree.members = std::move(sorted);
  } else if (const auto* const list = node.as_array()) {
    tree.kind = TreeKind::list;
    for (const auto& item : *list) {
      RECKON_ASSIGN(Tree one, tree_of(item, file));
      tree.items.push_back(std::move(one));
    }
  } else if (const auto* const text = node.as_string()) {
    tree.kind = TreeKind::text;
    tree.text = text->get();
    // Behind the quotes: one, or three and a line break.
    tree.own_lines = node.source().begin.line != node.source().end.line;
    if (tree.own_lines)
      tree.place = {tree.place.line + 1, 1, &file};
    else
      ++tree.place.column;
  } else if (const auto* const whole = node.as_integer()) {
    tree.kind = TreeKind::number;
    tree.number = static_cast<double>(whole->get());
  } else if (const auto* const real = node.as_floating_point()) {
    tree.kind = TreeKind::number;
    tree.number = real->get();
  } else if (const auto* const truth = node.as_boolean()) {
    tree.kind = TreeKind::boolean;
    tree.boolean = truth->get();
  } else {
    return fail(ErrorCode::syntax, "a lab has no dates and times", tree.place.text());
  }
  return tree;
}

}  // namespace

std::string_view Tree::kind_name() const {
  switch (kind) {
    case TreeKind::text:
      return "text";
    case TreeKind::number:
      return "a number";
    case TreeKind::boolean:
      return "true or false";
    case TreeKind::list:
      return "a list";
    case TreeKind::table:
      break;
  }
  return "a table";
}

Result<Tree> read_toml(std::string_view text, const std::string& file) {
  constexpr std::size_t longest_bytes = 256 * 1024;
  if (text.size() > longest_bytes)
    return fail(ErrorCode::limit, "a file of a lab has at most 256 KiB", file);
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(ErrorCode::syntax, printable(error.description()),
                place_of(error.source(), file).text());
  }
  return tree_of(parsed.table(), file);
}

}  // namespace reckon::lab

#include "lab/tree.h"

// The parser asserts where hostile text then gets its ordinary error.
#define TOML_ASSERT(condition) static_cast<void>(0)
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

// A file of a lab, and where its lines begin.
struct File {
  std::string_view text;
  const std::string& name;
  std::vector<std::size_t> lines;

  File(std::string_view all, const std::string& called) : text(all), name(called), lines{0, 0} {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') lines.push_back(i + 1);
  }
  // From a place to the end. Columns count characters, not bytes.
  std::string_view from(const Place& place) const {
    if (place.line >= lines.size()) return {};
    std::size_t at = lines[place.line];
    for (std::uint32_t column = 1; column < place.column && at < text.size(); ++column) do
        ++at;
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
    return text.substr(std::min(at, text.size()));
  }
};

// The first character of a text that begins, with its quotes, at `place`: behind one of them, or
// three, and then behind a line break.
Place behind_quotes(Place place, const File& file) {
  const std::string_view quoted = file.from(place);
  const bool three = quoted.starts_with("\"\"\"") || quoted.starts_with("'''");
  if (!three || quoted.starts_with("\"\"\"\"\"\"")) {
    ++place.column;
    return place;
  }
  const std::string_view inside = quoted.substr(3);
  if (inside.starts_with("\n") || inside.starts_with("\r\n"))
    return {place.line + 1, 1, place.file};
  place.column += 3;
  return place;
}

Result<Tree> tree_of(const toml::node& node, const File& from) {
  const std::string& file = from.name;
  Tree tree;
  tree.place = place_of(node.source(), file);
  if (const auto* const table = node.as_table()) {
    tree.kind = TreeKind::table;
    std::vector<std::pair<Place, std::size_t>> order;
    for (const auto& [key, value] : *table) {
      RECKON_ASSIGN(Tree member, tree_of(value, from));
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
      RECKON_ASSIGN(Tree one, tree_of(item, from));
      tree.items.push_back(std::move(one));
    }
  } else if (const auto* const text = node.as_string()) {
    tree.kind = TreeKind::text;
    tree.text = text->get();
    tree.own_lines = node.source().begin.line != node.source().end.line;
    tree.place = behind_quotes(tree.place, from);
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
  return tree_of(parsed.table(), File(text, file));
}

}  // namespace reckon::lab

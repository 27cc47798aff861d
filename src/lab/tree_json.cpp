// The same trees as JSON: what a page reads, whose engine knows no TOML. `reckon lab pack` writes
// it. Tables keep the order of their members, which a JSON document in memory would lose, so that
// the tables are read here; texts and numbers are left to the JSON library.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "lab/tree.h"

namespace reckon::lab {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_bytes = std::size_t{1} << 20;
constexpr int most_levels = 64;

class JsonReader {
 public:
  JsonReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Result<Tree> file() {
    RECKON_ASSIGN(Tree tree, value(0));
    if (tree.kind != TreeKind::table || next() != '\0') return wrong();
    return tree;
  }

 private:
  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;

  std::unexpected<Error> wrong() const {
    return fail(ErrorCode::syntax, "this is no JSON that 'reckon lab pack' writes",
                file_ + ": byte " + std::to_string(at_));
  }

  // The next character that is no space; 0 at the end.
  char next() {
    at_ = std::min(text_.find_first_not_of(" \n\t\r", at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }

  // A text, number or truth.
  Result<Json> scalar() {
    std::size_t end = at_;
    if (next() == '"') {
      for (end = at_ + 1; end < text_.size() && text_[end] != '"'; ++end)
        if (text_[end] == '\\') ++end;
      ++end;
    } else {
      end = text_.find_first_of(",]} \n\t\r", at_);
    }
    end = std::min(end, text_.size());
    Json json = Json::parse(text_.substr(at_, end - at_), nullptr, /*allow_exceptions=*/false);
    if (!json.is_primitive() || json.is_null()) return wrong();
    at_ = end;
    return json;
  }

  // The members of a table or the items of a list, behind its bracket.
  Status inside(Tree& tree, char close, int level) {
    if (take(close)) return {};
    do {
      if (close == '}') {
        RECKON_ASSIGN(const Json key, scalar());
        if (!key.is_string() || !take(':')) return wrong();
        RECKON_ASSIGN(Tree member, value(level));
        tree.members.push_back({key.get<std::string>(), std::move(member)});
      } else {
        RECKON_ASSIGN(Tree item, value(level));
        tree.items.push_back(std::move(item));
      }
    } while (take(','));
    if (!take(close)) return wrong();
    return {};
  }

  Result<Tree> value(int level) {
    if (level > most_levels) return wrong();
    Tree tree;
    tree.place.file = &file_;
    if (take('{')) {
      RECKON_TRY(inside(tree, '}', level + 1));
    } else if (take('[')) {
      tree.kind = TreeKind::list;
      RECKON_TRY(inside(tree, ']', level + 1));
    } else {
      RECKON_ASSIGN(const Json json, scalar());
      if (json.is_string()) {
        tree.kind = TreeKind::text;
        tree.text = json.get<std::string>();
      } else if (json.is_boolean()) {
        tree.kind = TreeKind::boolean;
        tree.boolean = json.get<bool>();
      } else {
        tree.kind = TreeKind::number;
        tree.number = json.get<double>();
      }
    }
    return tree;
  }
};

}  // namespace

std::string json_of(const Tree& tree) {
  std::string out;
  switch (tree.kind) {
    case TreeKind::text:
      return Json(tree.text).dump(-1, ' ', false, Json::error_handler_t::replace);
    case TreeKind::number:
      return Json(tree.number).dump();
    case TreeKind::boolean:
      return tree.boolean ? "true" : "false";
    case TreeKind::list:
      for (const Tree& item : tree.items) out += (out.empty() ? "[" : ",") + json_of(item);
      return out.empty() ? "[]" : out + "]";
    case TreeKind::table:
      break;
  }
  for (const Member& member : tree.members)
    out += (out.empty() ? "{" : ",") + Json(member.name).dump() + ":" + json_of(member.value);
  return out.empty() ? "{}" : out + "}";
}

Result<Tree> read_json(std::string_view text, const std::string& file) {
  if (text.size() > longest_bytes)
    return fail(ErrorCode::limit, "a file of a lab in JSON has at most 1 MiB", file);
  return JsonReader(text, file).file();
}

}  // namespace reckon::lab

#include "lab/reader.h"

#include <algorithm>

#include "base/text.h"

namespace reckon::lab {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::unexpected<Error> wrong_at(const Place& place, std::string message) {
  return fail(ErrorCode::syntax, std::move(message), place.text());
}

Status check_id(const std::string& id, const Place& place) {
  const bool good = !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
  if (good) return {};
  return wrong_at(
      place, quoted(std::string_view(id)) + " is no id: letters, digits, '-' and '_' make one");
}

Result<std::size_t> one_of(const std::string& word, std::span<const std::string_view> words,
                           std::string_view what, const Place& place) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list;
  for (const std::string_view one : words) list.append(list.empty() ? "" : ", ").append(one);
  return wrong_at(place, "there is no " + std::string(what) + " " + quoted(std::string_view(word)) +
                             did_you_mean(word, words) + " (there are: " + list + ")");
}

void Reader::note_uses(const Expr& expr) {
  const std::string path = answer_path(expr);
  if (!path.empty()) {
    uses_.push_back({Use::Kind::answer, path, expr.place});
    return;
  }
  const std::size_t n_locals = locals_.size();
  std::size_t first = 0;
  if (expr.kind == ExprKind::name) {
    if (std::find(locals_.begin(), locals_.end(), expr.text) == locals_.end())
      uses_.push_back({Use::Kind::name, expr.text, expr.place});
  } else if (expr.kind == ExprKind::call) {
    uses_.push_back({Use::Kind::call, expr.text, expr.place});
  } else if (expr.kind == ExprKind::for_each) {
    for (std::size_t i = 1; i < expr.args.size(); ++i) note_uses(expr.args[i]);
    locals_.push_back(expr.text);
    note_uses(expr.args[0]);
    locals_.resize(n_locals);
    return;
  }
  for (std::size_t i = first; i < expr.args.size(); ++i) note_uses(expr.args[i]);
}

// Numbers of more than one digit that no expression made. Words of the lab's `plain` list may
// stand; so may what is part of a word, such as FP32.
void Reader::note_numbers(const Tree& tree, const Prose& prose) {
  std::string text = prose.markdown;
  for (const std::string& word : lab_.plain_words)
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at))
      text.replace(at, word.size(), "\x01");
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    if (i >= 3 && text.compare(i - 3, 3, "⟦") == 0) continue;
    std::size_t end = i, digits = 0;
    while (end < text.size() &&
           (is_digit(text[end]) || ((text[end] == '.' || text[end] == ',') &&
                                    end + 1 < text.size() && is_digit(text[end + 1])))) {
      if (is_digit(text[end])) ++digits;
      ++end;
    }
    // The index of a figure may have more digits: ⟦12⟧.
    std::size_t begin = i;
    while (begin > 0 && is_digit(text[begin - 1])) --begin;
    const bool index = begin >= 3 && text.compare(begin - 3, 3, "⟦") == 0;
    if (digits > 1 && !index)
      lab_.warnings.push_back(tree.place.text() + ": the number " + text.substr(i, end - i) +
                              " stands in the text; write it as {{ expression }}, or add the words "
                              "around it to plain_words");
    i = end;
  }
}

Result<Expression> Reader::expression(const Tree& tree) {
  // A number or a truth is an expression of one word.
  if (tree.kind == TreeKind::number || tree.kind == TreeKind::boolean) {
    Expression e;
    e.place = tree.place;
    e.root.place = tree.place;
    const bool is_truth = tree.kind == TreeKind::boolean;
    e.root.kind = is_truth ? ExprKind::boolean : ExprKind::number;
    e.root.number = is_truth ? (tree.boolean ? 1 : 0) : tree.number;
    e.text = is_truth ? (tree.boolean ? "true" : "false") : json_number(tree.number).dump();
    return e;
  }
  if (tree.kind != TreeKind::text)
    return wrong_at(tree.place, "expected an expression, not " + std::string(tree.kind_name()));
  RECKON_ASSIGN(Expression e, parse_expression(tree.source()));
  note_uses(e.root);
  return e;
}

Result<Shown> Reader::shown(const Tree& tree) {
  if (tree.kind != TreeKind::text) {
    RECKON_ASSIGN(Expression value, expression(tree));
    return Shown{std::move(value), {}};
  }
  RECKON_ASSIGN(Shown shown, parse_shown(tree.source()));
  note_uses(shown.value.root);
  return shown;
}

Result<Prose> Reader::prose(const Tree& tree) {
  if (tree.kind != TreeKind::text)
    return wrong_at(tree.place, "expected a text, not " + std::string(tree.kind_name()));
  RECKON_ASSIGN(Prose prose, parse_prose(tree.source()));
  for (const Shown& shown : prose.figures) note_uses(shown.value.root);
  note_numbers(tree, prose);
  return prose;
}

Result<Text> Reader::text(const Tree& tree) {
  Text text;
  if (tree.kind != TreeKind::list) {
    RECKON_ASSIGN(Prose one, prose(tree));
    text.cases.push_back({std::nullopt, std::move(one)});
    return text;
  }
  for (const Tree& item : tree.items) {
    RECKON_ASSIGN(Table table, Table::open(*this, item, "a case of a text"));
    RECKON_ASSIGN(auto when, table.maybe_expression("when"));
    RECKON_ASSIGN(Prose one, table.prose("text"));
    RECKON_TRY(table.done());
    text.cases.push_back({std::move(when), std::move(one)});
  }
  return text;
}

Result<Table> Table::open(Reader& reader, const Tree& tree, std::string what) {
  if (tree.kind != TreeKind::table)
    return wrong_at(tree.place,
                    "expected " + what + " (a table), not " + std::string(tree.kind_name()));
  Table table;
  table.reader_ = &reader;
  table.tree_ = &tree;
  table.what_ = std::move(what);
  return table;
}

const Tree* Table::find(std::string_view key) {
  asked_.emplace_back(key);
  for (const auto& [name, member] : tree_->members)
    if (name == key) return &member;
  return nullptr;
}

Result<const Tree*> Table::maybe(std::string_view key, TreeKind kind) {
  const Tree* const found = find(key);
  if (found == nullptr || found->kind == kind) return found;
  Tree wanted;
  wanted.kind = kind;
  return wrong_at(found->place, "'" + std::string(key) + "' of " + what_ + " is " +
                                    std::string(wanted.kind_name()) + ", not " +
                                    std::string(found->kind_name()));
}

Result<const Tree*> Table::need(std::string_view key, TreeKind kind) {
  RECKON_ASSIGN(const Tree* found, maybe(key, kind));
  if (found == nullptr) {
    // The key may be there under a name that was mistyped: that is the better message.
    RECKON_TRY(done());
    return wrong(what_ + " needs '" + std::string(key) + "'");
  }
  return found;
}

Result<std::string> Table::word(std::string_view key) {
  RECKON_ASSIGN(const Tree* found, need(key, TreeKind::text));
  return found->text;
}

Result<std::string> Table::word_or(std::string_view key, std::string otherwise) {
  RECKON_ASSIGN(const Tree* found, maybe(key, TreeKind::text));
  return found == nullptr ? std::move(otherwise) : found->text;
}

Result<double> Table::number(std::string_view key) {
  RECKON_ASSIGN(const Tree* found, need(key, TreeKind::number));
  return found->number;
}

Result<std::optional<double>> Table::maybe_number(std::string_view key) {
  RECKON_ASSIGN(const Tree* found, maybe(key, TreeKind::number));
  return found == nullptr ? std::nullopt : std::optional<double>(found->number);
}

Result<bool> Table::flag_or(std::string_view key, bool otherwise) {
  RECKON_ASSIGN(const Tree* found, maybe(key, TreeKind::boolean));
  return found == nullptr ? otherwise : found->boolean;
}

Result<Expression> Table::expression(std::string_view key) {
  RECKON_ASSIGN(auto found, maybe_expression(key));
  if (found) return *std::move(found);
  RECKON_TRY(done());
  return wrong(what_ + " needs '" + std::string(key) + "'");
}

Result<std::optional<Expression>> Table::maybe_expression(std::string_view key) {
  const Tree* const found = find(key);
  if (found == nullptr) return std::nullopt;
  RECKON_ASSIGN(Expression e, reader_->expression(*found));
  return e;
}

Result<Prose> Table::prose(std::string_view key) {
  RECKON_ASSIGN(const Tree* found, need(key, TreeKind::text));
  return reader_->prose(*found);
}

Result<Prose> Table::maybe_prose(std::string_view key) {
  const Tree* const found = find(key);
  if (found == nullptr) return Prose{};
  return reader_->prose(*found);
}

Result<Text> Table::text(std::string_view key) {
  RECKON_ASSIGN(Text text, maybe_text(key));
  if (!text.empty()) return text;
  RECKON_TRY(done());
  return wrong(what_ + " needs '" + std::string(key) + "'");
}

Result<Text> Table::maybe_text(std::string_view key) {
  const Tree* const found = find(key);
  if (found == nullptr) return Text{};
  return reader_->text(*found);
}

Result<std::vector<Table>> Table::tables(std::string_view key) {
  RECKON_ASSIGN(const Tree* found, maybe(key, TreeKind::list));
  std::vector<Table> out;
  if (found == nullptr) return out;
  for (const Tree& item : found->items) {
    RECKON_ASSIGN(Table table, open(*reader_, item, "an item of '" + std::string(key) + "'"));
    out.push_back(std::move(table));
  }
  return out;
}

Status Table::done() const {
  for (const auto& [name, member] : tree_->members) {
    if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
    const std::vector<std::string_view> known(asked_.begin(), asked_.end());
    return wrong_at(member.place, what_ + " has no key " + quoted(std::string_view(name)) +
                                      did_you_mean(name, known));
  }
  return {};
}

std::unexpected<Error> Table::wrong(std::string message) const {
  return wrong_at(tree_->place, std::move(message));
}

Result<std::optional<Standing>> standing_of(Table& table) {
  static constexpr std::string_view words[] = {"exact", "measured", "modelled", "reference",
                                               "assumed"};
  RECKON_ASSIGN(const std::string word, table.word_or("standing", ""));
  if (word.empty()) return std::nullopt;
  RECKON_ASSIGN(const std::size_t at, one_of(word, words, "standing", table.place()));
  return static_cast<Standing>(at);
}

}  // namespace reckon::lab

// Reading tables of a lab's files: which keys there are, what each must hold, and a sentence with
// file and line where it does not.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lab/lab.h"
#include "lab/tree.h"

namespace reckon::lab {

// Everything that an expression refers to, checked when all files are read.
struct Use {
  enum class Kind : std::uint8_t { name, answer, call, network } kind = Kind::name;
  std::string name;
  Place place;
};

class Reader {
 public:
  explicit Reader(Lab& lab) : lab_(lab) {}

  Lab& lab() { return lab_; }
  const std::vector<Use>& uses() const { return uses_; }

  Result<Expression> expression(const Tree& tree);
  Result<Shown> shown(const Tree& tree);
  Result<Prose> prose(const Tree& tree);
  // A text, or a list of {when, text}.
  Result<Text> text(const Tree& tree);

  // Names that expressions may use while this object lives: `card`, `given`, …
  class Locals {
   public:
    Locals(Reader& reader, std::initializer_list<std::string_view> names) : reader_(reader) {
      size_ = reader.locals_.size();
      reader.locals_.insert(reader.locals_.end(), names.begin(), names.end());
    }
    ~Locals() { reader_.locals_.resize(size_); }
    Locals(const Locals&) = delete;
    Locals& operator=(const Locals&) = delete;

   private:
    Reader& reader_;
    std::size_t size_;
  };

 private:
  void note_uses(const Expr& expr);
  void note_numbers(const Tree& tree, const Prose& prose);

  Lab& lab_;
  std::vector<std::string> locals_;
  std::vector<Use> uses_;
};

// A table that is being read. done() complains about a key that nobody asked for.
class Table {
 public:
  static Result<Table> open(Reader& reader, const Tree& tree, std::string what);

  const Place& place() const { return tree_->place; }
  // Null where the key is not there.
  const Tree* find(std::string_view key);
  // Fails where the key is not there, or holds another kind.
  Result<const Tree*> need(std::string_view key, TreeKind kind);
  // Null where the key is not there; fails where it holds another kind.
  Result<const Tree*> maybe(std::string_view key, TreeKind kind);

  Result<std::string> word(std::string_view key);
  Result<std::string> word_or(std::string_view key, std::string otherwise);
  Result<double> number(std::string_view key);
  Result<std::optional<double>> maybe_number(std::string_view key);
  Result<bool> flag_or(std::string_view key, bool otherwise);
  Result<Expression> expression(std::string_view key);
  Result<std::optional<Expression>> maybe_expression(std::string_view key);
  Result<Prose> prose(std::string_view key);        // fails where it is not there
  Result<Prose> maybe_prose(std::string_view key);  // empty where it is not there
  Result<Text> text(std::string_view key);
  Result<Text> maybe_text(std::string_view key);
  // The tables of a list; none where the key is not there.
  Result<std::vector<Table>> tables(std::string_view key);

  Status done() const;
  std::unexpected<Error> wrong(std::string message) const;
  Reader& reader() { return *reader_; }

 private:
  Reader* reader_ = nullptr;
  const Tree* tree_ = nullptr;
  std::string what_;  // "a control"
  std::vector<std::string> asked_;
};

std::unexpected<Error> wrong_at(const Place& place, std::string message);
// An id: letters, digits, '-' and '_'.
Status check_id(const std::string& id, const Place& place);
// The position of `word` in `words`; the error says what there is.
Result<std::size_t> one_of(const std::string& word, std::span<const std::string_view> words,
                           std::string_view what, const Place& place);
Result<std::optional<Standing>> standing_of(Table& table);

// The parts of a file.
Status read_control(Table& table, ControlType type);
Status read_act(Table& table);
Result<Instrument> read_instrument(Table& table, const std::string& act);
// A table of these shapes; `what` names it in errors.
Result<Part> read_shaped(Reader& reader, const Tree& tree, const std::string& what,
                         std::span<const Shape> shapes);
Status read_claim(Table& table);
Result<Question> read_question(Table& table, const std::string& id);

}  // namespace reckon::lab

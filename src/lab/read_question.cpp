// Questions: a prompt with fields, their keys and why an answer is right or wrong.
#include <set>

#include "lab/reader.h"

namespace reckon::lab {
namespace {

constexpr std::string_view types[] = {"choice", "number", "text"};

Status read_choice(Table& table, Field& field) {
  RECKON_ASSIGN(std::vector<Table> options, table.tables("option"));
  std::set<std::string> ids;
  for (Table& one : options) {
    Field::Option option;
    option.place = one.place();
    RECKON_ASSIGN(option.id, one.word("id"));
    RECKON_TRY(check_id(option.id, option.place));
    if (!ids.insert(option.id).second)
      return one.wrong("the option '" + option.id + "' is there twice");
    RECKON_ASSIGN(option.label, one.prose("label"));
    RECKON_ASSIGN(option.correct, one.maybe_expression("correct"));
    RECKON_ASSIGN(option.why, one.maybe_text("why"));
    RECKON_TRY(one.done());
    field.options.push_back(std::move(option));
  }
  if (field.options.size() < 2) return table.wrong("a choice needs at least two options");
  return {};
}

Status read_number(Table& table, Field& field) {
  RECKON_ASSIGN(std::vector<Table> units, table.tables("unit"));
  for (Table& one : units) {
    Field::Unit unit;
    RECKON_ASSIGN(unit.label, one.word("label"));
    RECKON_ASSIGN(unit.factor, one.number("factor"));
    if (!(unit.factor > 0)) return one.wrong("a unit's factor is positive");
    RECKON_TRY(one.done());
    field.units.push_back(std::move(unit));
  }
  if (field.units.empty()) field.units.push_back({"", 1});
  RECKON_ASSIGN(field.min, table.maybe_number("min"));
  RECKON_ASSIGN(field.max, table.maybe_number("max"));
  RECKON_ASSIGN(field.key, table.maybe_expression("key"));
  RECKON_ASSIGN(field.tolerance, table.maybe_expression("tolerance"));
  RECKON_ASSIGN(const Tree* samples, table.maybe("check_at", TreeKind::list));
  if (samples != nullptr)
    for (const Tree& sample : samples->items) {
      RECKON_ASSIGN(Expression e, table.reader().expression(sample));
      field.samples.push_back(std::move(e));
    }
  Reader::Locals locals(table.reader(), {"given", "key"});
  RECKON_ASSIGN(field.why, table.maybe_text("why"));
  if (field.key && field.why.empty())
    return table.wrong("a number with a key needs 'why': what is said about the answer");
  return {};
}

}  // namespace

bool Field::graded() const {
  if (key) return true;
  for (const Option& option : options)
    if (option.correct) return true;
  return false;
}

Result<Question> read_question(Table& table, const std::string& id) {
  Question question;
  question.id = id;
  question.place = table.place();
  RECKON_ASSIGN(question.prompt, table.text("prompt"));
  RECKON_ASSIGN(question.optional, table.flag_or("optional", false));
  RECKON_ASSIGN(question.lock_label, table.word_or("lock_label", "Lock my answer"));
  RECKON_ASSIGN(std::vector<Table> fields, table.tables("field"));
  std::set<std::string> ids;
  for (Table& one : fields) {
    Field field;
    field.place = one.place();
    RECKON_ASSIGN(field.id, one.word("id"));
    RECKON_TRY(check_id(field.id, field.place));
    if (!ids.insert(field.id).second)
      return one.wrong("the field '" + field.id + "' is there twice");
    RECKON_ASSIGN(const std::string word, one.word("type"));
    RECKON_ASSIGN(const std::size_t type, one_of(word, types, "type of field", field.place));
    field.type = static_cast<FieldType>(type);
    RECKON_ASSIGN(field.label, one.maybe_prose("label"));
    if (field.type == FieldType::choice) {
      RECKON_TRY(read_choice(one, field));
    } else if (field.type == FieldType::number) {
      RECKON_TRY(read_number(one, field));
    } else {
      RECKON_ASSIGN(const auto length, one.maybe_number("max_length"));
      field.max_length = static_cast<std::int64_t>(length.value_or(1000));
      RECKON_ASSIGN(field.why, one.maybe_text("why"));
    }
    RECKON_TRY(one.done());
    question.fields.push_back(std::move(field));
  }
  if (question.fields.empty()) return table.wrong("a question needs at least one field");
  RECKON_TRY(table.done());
  return question;
}

}  // namespace reckon::lab

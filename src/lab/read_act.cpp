// Acts and claims.
#include "lab/reader.h"

namespace reckon::lab {
namespace {

Status read_questions(Table& act, std::string_view key, const std::string& act_id,
                      std::vector<Question>& questions) {
  RECKON_ASSIGN(std::vector<Table> tables, act.tables(key));
  for (Table& table : tables) {
    RECKON_ASSIGN(const std::string id, table.word("id"));
    RECKON_TRY(check_id(id, table.place()));
    RECKON_ASSIGN(Question question, read_question(table, act_id + "." + id));
    questions.push_back(std::move(question));
  }
  return {};
}

}  // namespace

Status read_act(Table& table) {
  Act act;
  RECKON_ASSIGN(act.id, table.word("id"));
  RECKON_TRY(check_id(act.id, table.place()));
  RECKON_ASSIGN(act.title, table.word("title"));
  RECKON_ASSIGN(act.minutes, table.number("minutes"));
  RECKON_ASSIGN(act.intro, table.text("intro"));
  RECKON_ASSIGN(const Tree* prediction, table.need("prediction", TreeKind::table));
  RECKON_ASSIGN(Table asked, Table::open(table.reader(), *prediction, "a prediction"));
  RECKON_ASSIGN(act.prediction, read_question(asked, act.id + ".prediction"));
  RECKON_ASSIGN(act.reveal, table.text("reveal"));
  RECKON_ASSIGN(const Tree* drawn, table.maybe("drawn", TreeKind::table));
  if (drawn != nullptr) {
    RECKON_ASSIGN(act.drawn, read_shaped(table.reader(), *drawn, "what is drawn", drawn_shapes()));
  }
  RECKON_ASSIGN(std::vector<Table> instruments, table.tables("instrument"));
  for (Table& one : instruments) {
    RECKON_ASSIGN(Instrument instrument, read_instrument(one, act.id));
    act.instruments.push_back(std::move(instrument));
  }
  RECKON_TRY(read_questions(table, "reflection", act.id, act.reflections));
  RECKON_TRY(read_questions(table, "decision", act.id, act.decisions));
  RECKON_ASSIGN(std::vector<Table> peeks, table.tables("peek"));
  for (Table& one : peeks) {
    Peek peek;
    RECKON_ASSIGN(const std::string id, one.word("id"));
    RECKON_TRY(check_id(id, one.place()));
    peek.id = act.id + "." + id;
    RECKON_ASSIGN(peek.title, one.word("title"));
    RECKON_ASSIGN(peek.text, one.text("text"));
    RECKON_TRY(one.done());
    act.peeks.push_back(std::move(peek));
  }
  RECKON_TRY(table.done());
  table.reader().lab().acts.push_back(std::move(act));
  return {};
}

Status read_claim(Table& table) {
  static constexpr std::string_view verdicts[] = {"holds", "holds only if", "does not hold",
                                                  "to be measured"};
  Claim claim;
  claim.place = table.place();
  RECKON_ASSIGN(claim.id, table.word("id"));
  RECKON_TRY(check_id(claim.id, claim.place));
  RECKON_ASSIGN(claim.element, table.word("element"));
  Reader& reader = table.reader();
  if (const Tree* const textbook = table.find("textbook")) {
    RECKON_ASSIGN(claim.textbook, reader.shown(*textbook));
  }
  RECKON_ASSIGN(claim.measure, table.word_or("measure", ""));
  const Tree* const computed = table.find("computed");
  if ((computed == nullptr) != (table.find("holds") == nullptr) ||
      (computed == nullptr && claim.measure.empty()))
    return table.wrong(
        "a claim needs 'computed' and 'holds', or 'measure' where no engine can tell");
  if (computed != nullptr) {
    RECKON_ASSIGN(claim.computed, reader.shown(*computed));
  }
  Reader::Locals locals(reader, {"textbook", "computed"});
  RECKON_ASSIGN(claim.claim, table.prose("claim"));
  RECKON_ASSIGN(claim.holds, table.maybe_expression("holds"));
  RECKON_ASSIGN(claim.only_if, table.maybe_expression("only_if"));
  RECKON_ASSIGN(claim.verdict, table.word("verdict"));
  RECKON_TRY(one_of(claim.verdict, verdicts, "verdict", claim.place));
  RECKON_ASSIGN(claim.text, table.text("text"));
  RECKON_ASSIGN(claim.source, table.word("source"));
  RECKON_TRY(table.done());
  reader.lab().claims.push_back(std::move(claim));
  return {};
}

}  // namespace reckon::lab

// Instruments: what all have, and by the shapes of its type what one has.
#include "lab/reader.h"

namespace reckon::lab {
namespace {

Result<Part> read_part(Reader& reader, const Tree& tree, const Shape& shape);

Status read_shapes(Table& table, std::span<const Shape> shapes, Part& whole) {
  for (const Shape& shape : shapes) {
    const Tree* const tree = shape.need == Need::made ? nullptr : table.find(shape.key);
    if (tree == nullptr) continue;
    RECKON_ASSIGN(Part part, read_part(table.reader(), *tree, shape));
    whole.parts.push_back(std::move(part));
  }
  return {};
}

// Behind done(), so that a mistyped key is named before a missing one.
Status check_needs(const Table& table, std::span<const Shape> shapes, const Part& whole) {
  for (const Shape& shape : shapes)
    if (is_written(shape.need) && whole.part(shape.key) == nullptr)
      return table.wrong("'" + std::string(shape.key) + "' is missing here");
  return {};
}

Result<Part> read_table(Reader& reader, const Tree& tree, const Shape& shape) {
  return read_shaped(reader, tree, "'" + std::string(shape.key) + "'", shape.inside);
}

Result<Part> read_part(Reader& reader, const Tree& tree, const Shape& shape) {
  Part part;
  switch (shape.holds) {
    case Holds::word:
      if (tree.kind != TreeKind::text)
        return wrong_at(tree.place, "'" + std::string(shape.key) + "' is text, not " +
                                        std::string(tree.kind_name()));
      part.word = tree.text;
      if (!shape.words.empty()) RECKON_TRY(one_of(part.word, shape.words, shape.key, tree.place));
      break;
    case Holds::flag:
      if (tree.kind != TreeKind::boolean)
        return wrong_at(tree.place, "'" + std::string(shape.key) + "' is true or false");
      part.flag = tree.boolean;
      break;
    case Holds::label: {
      RECKON_ASSIGN(part.label, reader.prose(tree));
      break;
    }
    case Holds::prose: {
      RECKON_ASSIGN(part.prose, reader.text(tree));
      break;
    }
    case Holds::figure: {
      RECKON_ASSIGN(part.figure, reader.shown(tree));
      break;
    }
    case Holds::value: {
      RECKON_ASSIGN(part.value, reader.expression(tree));
      break;
    }
    case Holds::table: {
      RECKON_ASSIGN(part, read_table(reader, tree, shape));
      break;
    }
    case Holds::tables:
      if (tree.kind != TreeKind::list)
        return wrong_at(tree.place, "'" + std::string(shape.key) + "' is a list of tables");
      for (const Tree& item : tree.items) {
        RECKON_ASSIGN(Part one, read_table(reader, item, shape));
        part.parts.push_back(std::move(one));
      }
      break;
  }
  part.shape = &shape;
  part.place = tree.place;
  return part;
}

}  // namespace

Result<Part> read_shaped(Reader& reader, const Tree& tree, const std::string& what,
                         std::span<const Shape> shapes) {
  Part part;
  RECKON_ASSIGN(Table table, Table::open(reader, tree, what));
  part.place = tree.place;
  RECKON_TRY(read_shapes(table, shapes, part));
  RECKON_TRY(table.done());
  RECKON_TRY(check_needs(table, shapes, part));
  return part;
}

Result<Instrument> read_instrument(Table& table, const std::string& act) {
  Instrument instrument;
  instrument.place = table.place();
  RECKON_ASSIGN(const std::string id, table.word("id"));
  RECKON_TRY(check_id(id, instrument.place));
  instrument.id = act + "." + id;
  RECKON_ASSIGN(instrument.type, table.word("type"));
  std::vector<std::string_view> types;
  for (const InstrumentShape& one : instrument_shapes()) types.push_back(one.type);
  RECKON_ASSIGN(const std::size_t type,
                one_of(instrument.type, types, "type of instrument", instrument.place));
  RECKON_ASSIGN(instrument.title, table.word("title"));
  RECKON_ASSIGN(instrument.intro, table.maybe_text("intro"));
  RECKON_ASSIGN(instrument.note, table.maybe_text("note"));
  RECKON_ASSIGN(instrument.alert, table.maybe_text("alert"));
  {
    Reader::Locals locals(table.reader(), {"delta", "what", "part", "alone"});
    RECKON_ASSIGN(instrument.change, table.maybe_text("change"));
  }
  RECKON_ASSIGN(const Tree* controls, table.maybe("controls", TreeKind::list));
  if (controls != nullptr)
    for (const Tree& control : controls->items) {
      if (control.kind != TreeKind::text)
        return wrong_at(control.place, "'controls' are the ids of controls");
      instrument.controls.push_back(control.text);
    }
  const std::span<const Shape> shapes = instrument_shapes()[type].shapes;
  Reader::Locals locals(table.reader(), {"card"});
  RECKON_TRY(read_shapes(table, shapes, instrument.body));
  RECKON_TRY(table.done());
  RECKON_TRY(check_needs(table, shapes, instrument.body));
  return instrument;
}

}  // namespace reckon::lab

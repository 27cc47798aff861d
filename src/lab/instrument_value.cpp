#include "lab/instrument_value.h"

#include <cmath>

namespace reckon::lab {
namespace {

Result<Json> part_value(Session& session, const Part& part, const Locals& locals);

// Every shape of a table, with null or nothing for what was left out.
Status add_shapes(Session& session, std::span<const Shape> shapes, const Part& whole,
                  const Locals& locals, Json& out) {
  for (const Shape& shape : shapes) {
    if (shape.need == Need::made) continue;
    const Part* const part = whole.part(shape.key);
    Json value;
    if (part != nullptr) {
      RECKON_ASSIGN(value, part_value(session, *part, locals));
      // An optional figure of nothing is no figure.
      if (!is_written(shape.need) && shape.holds == Holds::figure && value["value"].is_null())
        value = nullptr;
    } else if (shape.holds == Holds::tables) {
      value = Json::array();
    }
    if (value.is_null() && shape.need == Need::may_be_left_out) continue;
    out[std::string(shape.key_of_answer())] = std::move(value);
  }
  return {};
}

Result<Json> table_value(Session& session, std::span<const Shape> shapes, const Part& part,
                         const Locals& locals) {
  Json out = Json::object();
  RECKON_TRY(add_shapes(session, shapes, part, locals, out));
  return out;
}

Result<Json> part_value(Session& session, const Part& part, const Locals& locals) {
  switch (part.shape->holds) {
    case Holds::word:
      return Json(part.word);
    case Holds::flag:
      return Json(part.flag);
    case Holds::label: {
      RECKON_ASSIGN(const std::string label, session.label(part.label, locals));
      return Json(label);
    }
    case Holds::prose:
      return session.text(part.prose, locals);
    case Holds::figure:
      return session.figure(part.figure, locals);
    case Holds::value: {
      RECKON_ASSIGN(const Value value, session.value(part.value, locals));
      return value.to_json();
    }
    case Holds::table:
      return table_value(session, part.shape->inside, part, locals);
    case Holds::tables: {
      Json out = Json::array();
      for (const Part& item : part.parts) {
        RECKON_ASSIGN(Json one, table_value(session, part.shape->inside, item, locals));
        out.push_back(std::move(one));
      }
      return out;
    }
  }
  return Json(nullptr);
}

std::span<const Shape> shapes_of(std::string_view type) {
  for (const InstrumentShape& one : instrument_shapes())
    if (one.type == type) return one.shapes;
  return {};
}

// Rows and formulas are written once; each card has its own.
Result<Json> activations(Session& session, const Instrument& instrument) {
  Json cards = Json::array();
  for (const Part& item : instrument.body.part("card")->parts) {
    const Locals locals = {{"card", item.part("name")->word}};
    Json card = Json::object();
    for (const Shape& shape : shapes_of("activations")) {
      if (shape.key == "card") {
        RECKON_TRY(add_shapes(session, shape.inside, item, locals, card));
        continue;
      }
      RECKON_ASSIGN(card[std::string(shape.key_of_answer())],
                    part_value(session, *instrument.body.part(shape.key), locals));
    }
    cards.push_back(std::move(card));
  }
  return object_of({{"cards", std::move(cards)}});
}

// Bars that moved between two states: the sum of their moves, and the bar that moved most.
Result<Locals> moved_bars(Session& session, const Instrument& instrument) {
  double delta = 0, most = 0;
  std::string what;
  int n_moved = 0;
  for (const Part& bar : instrument.body.part("bar")->parts) {
    const Expression& expression = bar.part("figure")->figure.value;
    RECKON_ASSIGN(const Value now, session.value(expression));
    RECKON_ASSIGN(const Value then, session.value_before(expression));
    const double change = (now.number() == nullptr ? 0 : *now.number()) -
                          (then.number() == nullptr ? 0 : *then.number());
    if (change == 0) continue;
    ++n_moved;
    delta += change;
    if (std::abs(change) <= std::abs(most)) continue;
    most = change;
    RECKON_ASSIGN(what, session.label(bar.part("label")->label));
  }
  if (!what.empty() && what[0] >= 'A' && what[0] <= 'Z')
    what[0] = static_cast<char>(what[0] - 'A' + 'a');
  return Locals{{"delta", delta}, {"what", what}, {"part", most}, {"alone", n_moved == 1}};
}

void finish_waterfall(Json& value) {
  for (Json& step : value["steps"]) step["value"] = step["figure"]["value"];
  value["limit_series"]["type"] = "series";
}

bool within(const Json& at, const Json& from, const Json& to) {
  return at.is_number() && from.is_number() && to.is_number() &&
         at.get<double>() >= from.get<double>() && at.get<double>() <= to.get<double>();
}

void finish_regions(Json& value) {
  const Json& at = value["variable"]["value"];
  for (Json& row : value["rows"]) row["fits_now"] = within(at, row["from"], row["to"]);
  Json& discovery = value["discovery"];
  if (!discovery.is_object()) return;
  if (!discovery["from"].is_number() || !discovery["to"].is_number() ||
      discovery["from"].get<double>() > discovery["to"].get<double>()) {
    discovery = nullptr;
    return;
  }
  discovery["inside"] = within(at, discovery["from"], discovery["to"]);
}

// The certificate is worth a commitment.
Result<Json> challenge(Session& session, const Instrument& instrument) {
  Json value = Json::object();
  const auto answer = session.answers().find(instrument.id);
  const bool committed = answer != session.answers().end() && answer->second.contains("committed");
  for (const Shape& shape : shapes_of("challenge")) {
    if (shape.key == "certificate" && !committed) {
      value["certificate"] = nullptr;
      continue;
    }
    RECKON_ASSIGN(value[std::string(shape.key_of_answer())],
                  part_value(session, *instrument.body.part(shape.key), {}));
  }
  return value;
}

}  // namespace

Result<Json> shaped_value(Session& session, std::span<const Shape> shapes, const Part& part) {
  return table_value(session, shapes, part, {});
}

Json empty_text() {
  return object_of({{"markdown", ""}, {"figures", Json::array()}});
}

Result<Json> instrument_value(Session& session, const Instrument& instrument) {
  Json value;
  if (instrument.type == "activations") {
    RECKON_ASSIGN(value, activations(session, instrument));
  } else if (instrument.type == "challenge") {
    RECKON_ASSIGN(value, challenge(session, instrument));
  } else {
    RECKON_ASSIGN(value, table_value(session, shapes_of(instrument.type), instrument.body, {}));
    if (instrument.type == "waterfall") finish_waterfall(value);
    if (instrument.type == "regions") finish_regions(value);
  }
  value["type"] = instrument.type;
  RECKON_ASSIGN(Json note, session.text(instrument.note));
  value["note"] = note.is_null() ? empty_text() : std::move(note);
  RECKON_ASSIGN(value["alert"], session.text(instrument.alert));
  value["change"] = nullptr;
  if (session.has_previous() && !instrument.change.empty()) {
    Locals locals;
    if (instrument.type == "bars") {
      RECKON_ASSIGN(locals, moved_bars(session, instrument));
    }
    RECKON_ASSIGN(value["change"], session.text(instrument.change, locals));
  }
  return value;
}

}  // namespace reckon::lab

#include "lab/lab.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "lab/functions.h"
#include "lab/reader.h"

namespace reckon::lab {
namespace {

// Parameters that a network's text declares with `param`.
std::vector<std::string> parameters_of(std::string_view text) {
  std::vector<std::string> names;
  constexpr std::string_view word = "param ";
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    std::size_t begin = at + word.size();
    while (begin < text.size() && text[begin] == ' ') ++begin;
    const std::size_t end = text.find_first_of(" =\n", begin);
    names.emplace_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
  }
  return names;
}

Status read_networks(Reader& reader, const Tree& tree) {
  for (const auto& [name, member] : tree.members) {
    RECKON_TRY(check_id(name, member.place));
    if (member.kind != TreeKind::text)
      return wrong_at(member.place, "a network is text in the network language");
    reader.lab().networks.push_back({name, member.text, parameters_of(member.text), member.place});
  }
  return {};
}

Status read_figures(Reader& reader, const Tree& tree) {
  for (const auto& [name, member] : tree.members) {
    NamedFigure figure;
    RECKON_TRY(check_id(name, member.place));
    figure.name = name;
    if (member.kind == TreeKind::table) {
      RECKON_ASSIGN(Table table, Table::open(reader, member, "a figure"));
      RECKON_ASSIGN(figure.value, table.expression("value"));
      RECKON_ASSIGN(figure.standing, standing_of(table));
      RECKON_TRY(table.done());
    } else {
      RECKON_ASSIGN(figure.value, reader.expression(member));
    }
    reader.lab().figures.push_back(std::move(figure));
  }
  return {};
}

Status read_ledger(Table& table) {
  Lab& lab = table.reader().lab();
  RECKON_ASSIGN(lab.ledger_file_name, table.word("file_name"));
  const auto keys = [&](std::string_view key, std::vector<LedgerKey>& out) -> Status {
    RECKON_ASSIGN(std::vector<Table> rows, table.tables(key));
    for (Table& row : rows) {
      LedgerKey one;
      RECKON_ASSIGN(one.name, row.word("name"));
      RECKON_ASSIGN(one.value, row.expression("value"));
      RECKON_ASSIGN(const Tree* after, row.maybe("after", TreeKind::list));
      if (after != nullptr)
        for (const Tree& id : after->items) {
          if (id.kind != TreeKind::text)
            return wrong_at(id.place, "'after' are ids of questions and challenges");
          one.after.push_back(id.text);
        }
      RECKON_TRY(row.done());
      out.push_back(std::move(one));
    }
    return {};
  };
  RECKON_TRY(keys("key", lab.ledger_keys));
  RECKON_TRY(keys("computed", lab.ledger_computed));
  return table.done();
}

Status read_head(Table& table) {
  Lab& lab = table.reader().lab();
  RECKON_ASSIGN(const double schema, table.number("schema"));
  if (schema != 1) return table.wrong("this Reckon reads labs of schema 1");
  RECKON_ASSIGN(const Tree* plain, table.maybe("plain_words", TreeKind::list));
  if (plain != nullptr)
    for (const Tree& word : plain->items) {
      if (word.kind != TreeKind::text || word.text.empty())
        return wrong_at(word.place, "plain_words are texts");
      // Longer words first: "784-128-64-10" before "784".
      const auto shorter = std::ranges::find_if(
          lab.plain_words, [&](const std::string& w) { return w.size() < word.text.size(); });
      lab.plain_words.insert(shorter, word.text);
    }
  RECKON_ASSIGN(lab.id, table.word("id"));
  RECKON_TRY(check_id(lab.id, table.place()));
  RECKON_ASSIGN(lab.title, table.word("title"));
  RECKON_ASSIGN(const double chapter, table.number("chapter"));
  lab.chapter = static_cast<std::int64_t>(chapter);
  RECKON_ASSIGN(const Tree* minutes, table.need("minutes", TreeKind::list));
  if (minutes->items.size() != 2 || minutes->items[0].kind != TreeKind::number ||
      minutes->items[1].kind != TreeKind::number)
    return wrong_at(minutes->place, "'minutes' are two numbers: [35, 40]");
  lab.minutes_from = minutes->items[0].number;
  lab.minutes_to = minutes->items[1].number;
  RECKON_ASSIGN(lab.textbook, table.flag_or("textbook", false));
  RECKON_ASSIGN(lab.intro, table.text("intro"));
  RECKON_ASSIGN(lab.closing, table.text("closing"));
  RECKON_ASSIGN(const Tree* opening, table.maybe("opening", TreeKind::table));
  if (opening != nullptr) {
    RECKON_ASSIGN(lab.opening,
                  read_shaped(table.reader(), *opening, "the opening", opening_shapes()));
  }
  RECKON_ASSIGN(const Tree* ledger, table.need("ledger", TreeKind::table));
  RECKON_ASSIGN(Table rows, Table::open(table.reader(), *ledger, "the ledger"));
  return read_ledger(rows);
}

Status read_file(Reader& reader, const Tree& tree, bool head) {
  RECKON_ASSIGN(Table table, Table::open(reader, tree, "a file of a lab"));
  if (head) RECKON_TRY(read_head(table));
  RECKON_ASSIGN(const Tree* networks, table.maybe("networks", TreeKind::table));
  if (networks != nullptr) RECKON_TRY(read_networks(reader, *networks));
  RECKON_ASSIGN(const Tree* figures, table.maybe("figures", TreeKind::table));
  if (figures != nullptr) RECKON_TRY(read_figures(reader, *figures));
  RECKON_ASSIGN(std::vector<Table> controls, table.tables("control"));
  for (Table& one : controls) RECKON_TRY(read_control(one, ControlType::choice));
  RECKON_ASSIGN(std::vector<Table> constants, table.tables("constant"));
  for (Table& one : constants) RECKON_TRY(read_control(one, ControlType::constant));
  RECKON_ASSIGN(const Tree* act, table.maybe("act", TreeKind::table));
  if (act != nullptr) {
    RECKON_ASSIGN(Table one, Table::open(reader, *act, "an act"));
    RECKON_TRY(read_act(one));
  }
  RECKON_ASSIGN(std::vector<Table> claims, table.tables("claim"));
  for (Table& one : claims) RECKON_TRY(read_claim(one));
  return table.done();
}

// Names are of one kind each, and each is there once.
Status index_names(Lab& lab) {
  std::set<std::string> names = {"answers"};
  const auto add = [&](const std::string& name, const Place& place) -> Status {
    if (names.insert(name).second) return {};
    return wrong_at(place, "the name '" + name + "' is there twice");
  };
  for (const Network& network : lab.networks) RECKON_TRY(add(network.name, network.place));
  for (std::size_t i = 0; i < lab.controls.size(); ++i) {
    RECKON_TRY(add(lab.controls[i].id, lab.controls[i].place));
    lab.control_index[lab.controls[i].id] = i;
  }
  for (std::size_t i = 0; i < lab.figures.size(); ++i) {
    RECKON_TRY(add(lab.figures[i].name, lab.figures[i].value.place));
    lab.figure_index[lab.figures[i].name] = i;
  }
  std::set<std::string> ids;
  const auto add_id = [&](const std::string& id, const Place& place) -> Status {
    if (ids.insert(id).second) return {};
    return wrong_at(place, "the id '" + id + "' is there twice");
  };
  for (const Question* question : lab.questions())
    RECKON_TRY(add_id(question->id, question->place));
  for (const Act& act : lab.acts)
    for (const Instrument& instrument : act.instruments)
      RECKON_TRY(add_id(instrument.id, instrument.place));
  for (const Claim& claim : lab.claims) RECKON_TRY(add_id("claim " + claim.id, claim.place));
  return {};
}

Status check_answer(const Lab& lab, const Use& use) {
  std::vector<std::string> known;
  for (const Question* question : lab.questions())
    for (const Field& field : question->fields)
      known.push_back("answers." + question->id + "." + field.id);
  for (const Act& act : lab.acts)
    for (const Instrument& instrument : act.instruments)
      if (instrument.type == "challenge")
        known.push_back("answers." + instrument.id + ".committed");
  if (std::find(known.begin(), known.end(), use.name) != known.end()) return {};
  const std::vector<std::string_view> views(known.begin(), known.end());
  return wrong_at(use.place, "there is no answer " + quoted(std::string_view(use.name)) +
                                 did_you_mean(use.name, views));
}

Status check_uses(const Lab& lab, const Reader& reader) {
  std::vector<std::string_view> names;
  for (const Network& network : lab.networks) names.push_back(network.name);
  for (const auto& [name, i] : lab.control_index) names.push_back(name);
  for (const auto& [name, i] : lab.figure_index) names.push_back(name);
  for (const Use& use : reader.uses()) {
    if (use.kind == Use::Kind::answer) {
      RECKON_TRY(check_answer(lab, use));
    } else if (use.kind == Use::Kind::name) {
      if (std::find(names.begin(), names.end(), use.name) == names.end())
        return wrong_at(use.place, "there is no control, figure or network " +
                                       quoted(std::string_view(use.name)) +
                                       did_you_mean(use.name, names));
    }
  }
  for (const std::vector<LedgerKey>* keys : {&lab.ledger_keys, &lab.ledger_computed})
    for (const LedgerKey& key : *keys)
      for (const std::string& id : key.after)
        if (lab.question(id) == nullptr && lab.instrument(id) == nullptr)
          return wrong_at(key.value.place, "'after': there is no question or challenge " +
                                               quoted(std::string_view(id)));
  for (const Act& act : lab.acts)
    for (const Instrument& instrument : act.instruments) {
      std::vector<std::string> ids = instrument.controls;
      if (const Part* const variable = instrument.body.part("variable");
          variable != nullptr && !variable->word.empty())
        ids.push_back(variable->word);
      std::vector<std::string_view> known;
      for (const auto& [id, i] : lab.control_index) known.push_back(id);
      for (const std::string& id : ids)
        if (lab.control(id) == nullptr)
          return wrong_at(instrument.place, instrument.id + ": there is no control " +
                                                quoted(std::string_view(id)) +
                                                did_you_mean(id, known));
    }
  return {};
}

}  // namespace

const Control* Lab::control(std::string_view name) const {
  const auto found = control_index.find(name);
  return found == control_index.end() ? nullptr : &controls[found->second];
}

const Network* Lab::network(std::string_view name) const {
  for (const Network& one : networks)
    if (one.name == name) return &one;
  return nullptr;
}

std::vector<const Question*> Lab::questions() const {
  std::vector<const Question*> all;
  for (const Act& act : acts) {
    all.push_back(&act.prediction);
    for (const Question& question : act.reflections) all.push_back(&question);
    for (const Question& question : act.decisions) all.push_back(&question);
  }
  return all;
}

const Instrument* Lab::instrument(std::string_view name) const {
  for (const Act& act : acts)
    for (const Instrument& one : act.instruments)
      if (one.id == name) return &one;
  return nullptr;
}

const Question* Lab::question(std::string_view name) const {
  for (const Question* one : questions())
    if (one->id == name) return one;
  return nullptr;
}

std::optional<std::size_t> Lab::figure(std::string_view name) const {
  const auto found = figure_index.find(name);
  if (found == figure_index.end()) return std::nullopt;
  return found->second;
}

Result<std::unique_ptr<const Lab>> read_lab(const std::map<std::string, std::string>& files) {
  constexpr std::size_t most_files = 64;
  const std::string first = files.contains("lab.json") ? "lab.json" : "lab.toml";
  if (!files.contains(first))
    return fail(ErrorCode::not_found, "a lab has a file lab.toml", "lab.toml");
  if (files.size() > most_files)
    return fail(ErrorCode::limit, "a lab has at most 64 files", "lab.toml");
  auto lab = std::make_unique<Lab>();
  Reader reader(*lab);
  std::vector<std::string> order = {first};
  for (const auto& [name, text] : files) {
    if (!name.ends_with(first.substr(3)))
      return fail(ErrorCode::not_a_model, "the files of a lab end in .toml", printable(name));
    if (name != first) order.push_back(name);
  }
  for (const std::string& name : order) {
    const std::string& file = lab->file_names.emplace_back(name);
    RECKON_ASSIGN(const Tree tree, first == "lab.json" ? read_json(files.at(name), file)
                                                       : read_toml(files.at(name), file));
    RECKON_TRY(read_file(reader, tree, name == first));
  }
  if (lab->acts.empty())
    return fail(ErrorCode::syntax, "a lab has at least one act: [act] in a file of its own",
                "lab.toml");
  RECKON_TRY(index_names(*lab));
  RECKON_TRY(check_uses(*lab, reader));
  return lab;
}

}  // namespace reckon::lab

// One evaluation of a lab: its expressions at given controls and answers. Named figures are worked
// out at most once.
//
// A Session is used by one thread; a Lab and its Faculties may be shared.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/lab.h"

namespace reckon::lab {

// The engine and its formats, handed in as functions, so that this room knows neither of them.
struct Faculties {
  // Asks about a network of the lab, or about none (empty).
  std::function<Result<Value>(std::string_view network, const Json& question)> ask;
  // A number as people read it; fails with bad_argument where the format is unknown.
  std::function<Result<std::string>(double number, std::string_view format)> format;
  std::string engine_version;
};

// Values of controls, by id. Checked by the functions below.
using Settings = std::map<std::string, Value, std::less<>>;
// question -> field -> value
using Answers = std::map<std::string, std::map<std::string, Value, std::less<>>, std::less<>>;

// Settings and answers from JSON. Both fail with bad_argument, naming the key.
Result<Settings> read_settings(const Lab& lab, const Json& json, std::string_view where);
Result<Answers> read_answers(const Lab& lab, const Json& json);

// Names that have a value within one text: `card`, `given`, …
using Locals = std::vector<std::pair<std::string, Value>>;

struct World;

// A threshold that first() found, for `lab check` to prove.
struct FoundFirst {
  const Expr* call = nullptr;
  double low = 0, high = 0, step = 1, at = 0;
};

// Sees what is said: `lab check` wants to know which cases of which texts are ever reached.
struct Observer {
  std::function<void(const Text& text, int chosen)> text;              // -1: no case holds
  std::function<void(const Shown& shown, const Value& value)> figure;  // within a text
};

struct Evaluated {
  Value value;
  Standing standing = Standing::exact;
  bool given = false;  // it depends on what the student answered, or put for a constant
};

// The formula of a figure in words, and with the numbers put in.
struct Derivation {
  std::string words, numbers;
};

class Session {
 public:
  // `controls` are those that differ from their default. Options that are not allowed beside the
  // others are replaced by the first that is.
  Session(const Lab& lab, const Faculties& faculties, Settings controls, Answers answers,
          std::optional<Settings> previous = std::nullopt);
  ~Session();

  const Lab& lab() const { return lab_; }
  const Answers& answers() const { return answers_; }
  bool has_previous() const { return previous_.has_value(); }
  // Resolves what is not allowed. Called once, before anything else.
  Status begin();
  // After begin(): what each control stands at.
  const Settings& controls() const;
  void observe(const Observer* observer) { observer_ = observer; }
  // Values that are allowed now, of the controls whose options have conditions.
  Result<std::map<std::string, std::vector<Value>>> allowed();

  Result<Evaluated> evaluate(const Expression& expression, const Locals& locals = {});
  Result<Value> value(const Expression& expression, const Locals& locals = {});
  // A condition: anything but true and false is an error.
  Result<bool> holds(const Expression& expression, const Locals& locals = {});

  // A Figure of the page's contract.
  Result<Json> figure(const Shown& shown, const Locals& locals = {});
  // A Text of it. Null where no case holds.
  Result<Json> text(const Text& text, const Locals& locals = {});
  Result<Json> prose(const Prose& prose, const Locals& locals = {});
  // With the figures set into it.
  Result<std::string> label(const Prose& prose, const Locals& locals = {});
  // The case that holds; -1 where none does.
  Result<int> case_of(const Text& text, const Locals& locals = {});
  Result<std::string> show(const Value& value, std::string_view format, const Place& place);

  // Evaluates in the state before the last move. REQUIRES: has_previous().
  Result<Value> value_before(const Expression& expression);
  // Figures tell their derivation, too.
  void derive() { derives_ = true; }
  // What one element may compute does not depend on those before it.
  void begin_element() { steps_ = 0; }
  const std::vector<FoundFirst>& found_firsts() const { return found_firsts_; }
  // Whether the condition of a first() holds with its control at `x`.
  Result<bool> first_holds_at(const FoundFirst& found, double x);

 private:
  friend class Evaluator;

  Result<Settings> resolve(Settings controls);
  // The state in which the named controls are so and the others at their default.
  World& world(Settings controls);

  const Lab& lab_;
  const Faculties& faculties_;
  Settings given_;
  Answers answers_;
  std::optional<Settings> previous_;
  std::map<std::string, std::unique_ptr<World>> worlds_;  // by their controls
  World* now_ = nullptr;
  World* before_ = nullptr;
  std::vector<FoundFirst> found_firsts_;
  const Observer* observer_ = nullptr;
  std::int64_t steps_ = 0;
  bool derives_ = false;
};

}  // namespace reckon::lab

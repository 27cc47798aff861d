// Within a session: the controls of one state with the figures known there, and what walks an
// expression in it. Included by session.cpp and evaluator.cpp only.
#pragma once

#include <algorithm>

#include "lab/session.h"

namespace reckon::lab {

struct World {
  enum class State : std::uint8_t { fresh, busy, known };
  struct Memo {
    State state = State::fresh;
    Evaluated is;
  };
  Settings controls;  // all of them
  std::vector<Memo> figures;
};

class Evaluator {
 public:
  Evaluator(Session& session, World& world, Locals locals = {})
      : session_(session), world_(world), locals_(std::move(locals)) {}

  Result<Evaluated> evaluated(const Expression& expression);
  // Empty where there is nothing to derive (derivation.cpp).
  Derivation derivation(const Expression& expression);

 private:
  Result<Value> run(const Expr& e);
  Result<Value> name(const Expr& e);
  Result<Value> member(const Expr& e);
  Result<Value> index(const Expr& e);
  Result<Value> for_each(const Expr& e);
  Result<Value> binary(const Expr& e);
  Result<Value> call(const Expr& e);
  Result<Value> special(const Expr& e);
  Result<Value> first(const Expr& e);
  Result<Value> ask(const Expr& e);
  Result<Value> within(World& world, const Expr& e);
  // The state of at(), defaults() and before(); null where there is none before.
  Result<World*> elsewhere(const Expr& e);
  std::string shown(const Expr& e);
  std::optional<Derivation> explained(const Expr& e);
  std::string path_words(const Expr& e);
  Derivation derived(const Expr& e, int depth);
  Result<bool> truth(const Value& value, const Expr& at);
  std::optional<Value> answer(const Expr& e);
  void weaken(Standing standing) { standing_ = std::max(standing_, standing); }

  Session& session_;
  World& world_;
  Locals locals_;
  Standing standing_ = Standing::exact;
  bool given_ = false;
};

}  // namespace reckon::lab

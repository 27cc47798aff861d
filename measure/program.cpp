#include "program.h"

#include <algorithm>

namespace reckon {
namespace {

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

// A function's run: the statements from the one where it begins to `last`.
struct Call {
  std::string_view module;
  std::size_t last = 0;
};

// "a.b.c" → "a", "a.b", "a.b.c"
std::vector<std::string_view> modules_around(std::string_view module) {
  std::vector<std::string_view> around;
  for (std::size_t dot = 0; dot != std::string_view::npos && !module.empty();) {
    dot = module.find('.', dot + 1);
    around.push_back(module.substr(0, dot));
  }
  return around;
}

class Program {
 public:
  explicit Program(const std::vector<Statement>& statements) {
    std::vector<std::size_t> open;  // calls, from the outside in
    for (std::size_t s = 0; s < statements.size(); ++s) {
      const auto modules = modules_around(statements[s].module);
      std::size_t depth = 0;
      while (depth < modules.size() && depth < open.size() &&
             calls_[open[depth]].module == modules[depth])
        ++depth;
      open.resize(depth);  // the others have returned; the same module later is another call
      for (; depth < modules.size(); ++depth) {
        open.push_back(calls_.size());
        calls_.push_back({.module = modules[depth]});
      }
      for (const std::size_t call : open) calls_[call].last = s;
      around_.push_back(open);
    }
  }

  // Where the statement that uses the value ends, in the function that both the statement that
  // makes it and the one that reads it are in: the reader itself, or the call that the reader is
  // in.
  std::size_t end_of_use(std::size_t maker, std::size_t reader) const {
    const auto& made_in = around_[maker];
    const auto& read_in = around_[reader];
    std::size_t depth = 0;
    while (depth < made_in.size() && depth < read_in.size() && made_in[depth] == read_in[depth])
      ++depth;
    return depth == read_in.size() ? reader : calls_[read_in[depth]].last;
  }

 private:
  std::vector<Call> calls_;
  std::vector<std::vector<std::size_t>> around_;  // by statement: the calls that it is in
};

}  // namespace

std::vector<std::vector<ValueId>> ending_values(const std::vector<Statement>& statements,
                                                std::size_t n_values) {
  constexpr auto nowhere = static_cast<std::size_t>(-1);
  const Program program(statements);
  std::vector<std::size_t> maker(n_values, nowhere), end(n_values, nowhere);
  for (std::size_t s = 0; s < statements.size(); ++s) {
    for (const ValueId value : statements[s].reads)
      if (maker[at(value)] != nowhere)
        end[at(value)] = std::max(end[at(value)], program.end_of_use(maker[at(value)], s));
    for (const ValueId value : statements[s].makes) maker[at(value)] = end[at(value)] = s;
  }
  std::vector<std::vector<ValueId>> ending(statements.size());
  for (std::size_t v = 0; v < n_values; ++v)
    if (end[v] != nowhere) ending[end[v]].push_back(static_cast<ValueId>(v));
  return ending;
}

}  // namespace reckon

// The values of names and expressions while a network is built.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "formats/net/program.h"

namespace reckon::net {

// Names that come and go with braces. A later one hides an earlier one of the same name.
template <class T>
class Bindings {
 public:
  std::size_t mark() const { return all_.size(); }
  void push(std::string_view name, T value) {
    by_name_[name].push_back(all_.size());
    all_.push_back({name, std::move(value)});
  }
  void drop_to(std::size_t mark) {
    while (all_.size() > mark) {
      by_name_[all_.back().first].pop_back();
      all_.pop_back();
    }
  }
  // The latest of that name at or after `from`, or before `before`; null when there is none.
  const T* find(std::string_view name, std::size_t from = 0, std::size_t before = 0) const {
    return const_cast<Bindings*>(this)->find(name, from, before);
  }
  T* find(std::string_view name, std::size_t from = 0, std::size_t before = 0) {
    const auto at = by_name_.find(name);
    if (at == by_name_.end()) return nullptr;
    for (auto i = at->second.rbegin(); i != at->second.rend(); ++i)
      if (*i >= from || *i < before) return &all_[*i].second;
    return nullptr;
  }
  std::vector<std::string_view> names(std::size_t from = 0, std::size_t before = 0) const {
    constexpr std::size_t enough = 200;  // for did-you-mean
    std::vector<std::string_view> list;
    for (std::size_t i = 0; i < all_.size() && list.size() < enough; ++i)
      if (i >= from || i < before) list.push_back(all_[i].first);
    return list;
  }

 private:
  std::vector<std::pair<std::string_view, T>> all_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_name_;
};

// Whole-number variables: parameters and top-level lets everywhere, the rest in their block.
struct Variables {
  Bindings<std::int64_t> bindings;
  std::size_t frame = 0;      // the first binding of the block that is being built
  std::size_t n_globals = 0;  // the bindings that every block sees

  const std::int64_t* find(std::string_view name) const {
    return bindings.find(name, frame, n_globals);
  }
};

// Functions of expressions, each of two numbers.
inline constexpr std::string_view function_names[] = {"min", "max", "ceil_div", "make_divisible"};

// Fails with not_found for a name nobody knows, bad_argument for a division by zero or a number
// with a point, overflow beyond 64 bits.
Result<std::int64_t> evaluate(const Variables& variables, const Expr& expr);
// evaluate() where a number with a point may stand, by itself or negated.
Result<double> evaluate_real(const Variables& variables, const Expr& expr);

}  // namespace reckon::net

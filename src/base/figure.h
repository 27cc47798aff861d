// A figure is a sum of products of named factors. Its value, its formula and its substitution all
// come from this one piece of data, so none of them can drift from the others:
//
//   macs = C_in/g · k_h · k_w · C_out · H_out · W_out · N
//        = 3 · 11 · 11 · 96 · 54 · 54 · 1
//        = 101,616,768
//
// A Figure lives on the stack and allocates nothing: rules fill one for every node of a graph.
// Factor names and labels are views; they are literals or live in a graph's name arena.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "base/checked.h"

namespace reckon {

// How far a number may be trusted. It travels with the number to every output.
enum class Standing : std::uint8_t {
  exact,      // follows from the graph
  measured,   // here, on this machine
  modelled,   // by a model whose error on published measurements is stated
  reference,  // from a cited source
  assumed,    // nobody has a source
};
std::string_view to_string(Standing standing);

struct Factor {
  std::string_view name;
  std::int64_t value = 0;  // < 0: unknown
};

class Term {
 public:
  static constexpr std::size_t max_factors = 16;

  std::string_view label;  // "bias"; empty where the figure has one term
  // Which operands' gradients cost this term once more in the backward pass (each MAC of y += a·b
  // is one MAC in da += dy·b and one in db += a·dy). An input index, or `inner` for an operand
  // that is computed inside the operator, or `constant` for one that has no gradient.
  static constexpr std::int8_t constant = -1, inner = -2;
  std::int8_t operand_a = constant, operand_b = constant;

  // A product of more than max_factors factors keeps its value: the last factor absorbs the rest.
  Term& times(std::string_view name, std::int64_t value);
  std::span<const Factor> factors() const { return {factors_.data(), n_factors_}; }
  bool known() const { return known_; }
  Checked value() const;
  void clear();

 private:
  std::array<Factor, max_factors> factors_;
  std::uint8_t n_factors_ = 0;
  bool known_ = true;
};

class Figure {
 public:
  static constexpr std::size_t max_terms = 8;

  // Adds a product. REQUIRES: fewer than max_terms terms; the reference is valid until clear().
  Term& add(std::string_view label = {});
  Term& add(std::string_view label, std::initializer_list<Factor> factors);
  Term& add(std::initializer_list<Factor> factors) { return add({}, factors); }

  std::span<const Term> terms() const { return {terms_.data(), n_terms_}; }
  bool empty() const { return n_terms_ == 0; }
  // Every factor is known. An empty figure is known and zero.
  bool known() const;
  // The sum of the known terms: the figure itself when known(), else a lower bound.
  Checked value() const;
  void clear();

 private:
  std::array<Term, max_terms> terms_;
  std::uint8_t n_terms_ = 0;
};

}  // namespace reckon

// Einstein summation (ONNX Einsum): "bhqd,bhkd->bhqk".
//
// Every letter is an index with one size; an ellipsis stands for indices without letters, which
// broadcast. The operands are contracted from left to right, two at a time, and an intermediate
// result keeps the letters that the output or a later operand still needs. A contraction that sums
// over a letter is one MAC per combination of its letters' sizes; one that sums over nothing is a
// multiplication per element. Of a single operand the summed elements are additions.
#include "ops/einsum.h"

#include <array>
#include <bit>
#include <string>

#include "base/text.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

constexpr int n_letters = 52;
using Letters = std::uint64_t;  // bit i is letter i

constexpr int letter_index(char c) {
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= 'A' && c <= 'Z') return 26 + c - 'A';
  return -1;
}
constexpr Letters bit(int letter) {
  return Letters{1} << letter;
}

// One side of a comma: its letters in order, and where among them an ellipsis stands (or -1).
struct Subscripts {
  std::array<std::int8_t, Shape::max_rank> letters{};
  int n = 0, ellipsis = -1;
  Letters set = 0;
};

struct Equation {
  std::array<Dim, n_letters> sizes;
  std::array<std::string_view, n_letters> names;  // views into the attribute
  Shape ellipsis = Shape(std::initializer_list<Dim>{});
  bool ellipsis_known = true;
  Subscripts output;
};

// Consumes one side of a comma. An error is a sentence.
std::expected<Subscripts, std::string> read_subscripts(std::string_view text, Equation& equation) {
  Subscripts out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') continue;
    if (text.substr(i).starts_with("...")) {
      if (out.ellipsis >= 0) return std::unexpected("the equation has two ellipses in one operand");
      out.ellipsis = out.n;
      i += 2;
      continue;
    }
    const int letter = letter_index(text[i]);
    if (letter < 0)
      return std::unexpected("the equation has an unexpected " + quoted(text.substr(i, 1)));
    if (out.n == Shape::max_rank)
      return std::unexpected("an operand has more than " + std::to_string(Shape::max_rank) +
                             " subscripts");
    out.letters[static_cast<std::size_t>(out.n++)] = static_cast<std::int8_t>(letter);
    out.set |= bit(letter);
    equation.names[static_cast<std::size_t>(letter)] = text.substr(i, 1);
  }
  return out;
}

// Binds the letters of one operand to the dimensions of its shape.
std::expected<void, std::string> bind(const Subscripts& subscripts, const Shape& shape,
                                      Equation& equation) {
  if (!shape.has_rank()) {
    if (subscripts.ellipsis >= 0) equation.ellipsis_known = false;
    return {};
  }
  const int hidden = shape.rank() - subscripts.n;
  if (hidden < 0 || (hidden > 0 && subscripts.ellipsis < 0))
    return std::unexpected("an operand of " + std::to_string(shape.rank()) + " dimensions has " +
                           std::to_string(subscripts.n) + " subscripts");
  Shape ellipsis(std::initializer_list<Dim>{});
  for (int i = 0, at = 0; i <= subscripts.n; ++i) {
    if (i == subscripts.ellipsis)
      for (int e = 0; e < hidden; ++e) ellipsis.push_back(shape[at++]);
    if (i == subscripts.n) break;
    const auto letter = static_cast<std::size_t>(subscripts.letters[static_cast<std::size_t>(i)]);
    Dim& size = equation.sizes[letter];
    const Dim here = shape[at++];
    // A dimension of 1 broadcasts, as in NumPy.
    if (!may_equal(size, here) && size != 1 && here != 1)
      return std::unexpected("subscript " + quoted(equation.names[letter]) + " is both " +
                             std::to_string(size) + " and " + std::to_string(here));
    if (size < 0 || (size == 1 && here >= 0)) size = here;
  }
  const auto both = broadcast(equation.ellipsis, ellipsis);
  if (!both)
    return std::unexpected("the ellipses " + to_string(equation.ellipsis) + " and " +
                           to_string(ellipsis) + " do not broadcast");
  equation.ellipsis = *both;
  return {};
}

// Reads the equation and the shapes; calls operand(i, subscripts) for each operand.
template <class F>
std::expected<Equation, std::string> read_equation(const OpContext& ctx, F operand) {
  Equation equation;
  equation.sizes.fill(unknown_dim);
  const std::string_view text = ctx.string_attr("equation", "");
  const std::size_t arrow = text.find("->");
  std::string_view left = text.substr(0, arrow);
  Letters once = 0, twice = 0;
  bool any_ellipsis = false;
  int n = 0;
  for (bool more = true; more; ++n) {
    const std::size_t comma = left.find(',');
    auto subscripts = read_subscripts(left.substr(0, comma), equation);
    if (!subscripts) return std::unexpected(std::move(subscripts).error());
    if (n < ctx.n_inputs())
      if (auto bound = bind(*subscripts, ctx.in(n).shape, equation); !bound)
        return std::unexpected(std::move(bound).error());
    operand(n, *subscripts);
    any_ellipsis = any_ellipsis || subscripts->ellipsis >= 0;
    for (int i = 0; i < subscripts->n; ++i) {
      const Letters one = bit(subscripts->letters[static_cast<std::size_t>(i)]);
      twice |= once & one;
      once |= one;
    }
    more = comma != std::string_view::npos;
    if (more) left.remove_prefix(comma + 1);
  }
  if (n != ctx.n_inputs())
    return std::unexpected("the equation has " + std::to_string(n) + " operands, the node has " +
                           std::to_string(ctx.n_inputs()));
  if (arrow != std::string_view::npos) {
    auto output = read_subscripts(text.substr(arrow + 2), equation);
    if (!output) return std::unexpected(std::move(output).error());
    if (std::popcount(output->set) != output->n)
      return std::unexpected("the output repeats a subscript");
    if ((output->set & ~once) != 0)
      return std::unexpected("the output has a subscript that no operand has");
    equation.output = *output;
    return equation;
  }
  // Without an arrow: the ellipsis, then the letters that occur once, upper case before lower.
  if (any_ellipsis) equation.output.ellipsis = 0;
  for (int i = 0; i < n_letters; ++i) {
    const int letter = (i + 26) % n_letters;
    if (((once & ~twice) & bit(letter)) == 0) continue;
    if (equation.output.n == Shape::max_rank)
      return std::unexpected("the output has too many dimensions");
    equation.output.letters[static_cast<std::size_t>(equation.output.n++)] =
        static_cast<std::int8_t>(letter);
    equation.output.set |= bit(letter);
  }
  return equation;
}

Status einsum_shape(ShapeContext& ctx) {
  const auto equation = read_equation(ctx, [](int, const Subscripts&) {});
  if (!equation) return ctx.mismatch(equation.error());
  const Subscripts& output = equation->output;
  const DType dtype = ctx.in(0).dtype;
  if (output.ellipsis >= 0 && !equation->ellipsis_known) {
    ctx.set_out(0, dtype, Shape());
    return {};
  }
  RECKON_TRY(check_rank(ctx, output.n + (output.ellipsis >= 0 ? equation->ellipsis.rank() : 0)));
  Shape y(std::initializer_list<Dim>{});
  for (int i = 0; i <= output.n; ++i) {
    if (i == output.ellipsis)
      for (const Dim d : equation->ellipsis.dims()) y.push_back(d);
    if (i < output.n)
      y.push_back(
          equation->sizes[static_cast<std::size_t>(output.letters[static_cast<std::size_t>(i)])]);
  }
  ctx.set_out(0, dtype, y);
  return {};
}

// The product of the sizes of `letters`, and of the ellipsis where there is one.
void times_letters(Term& term, const Equation& equation, Letters letters, bool ellipsis) {
  if (ellipsis && !equation.ellipsis_known) term.times("...", unknown_dim);
  if (ellipsis && equation.ellipsis.rank() > 0) times_all(term, "...", equation.ellipsis.dims());
  for (int i = 0; i < n_letters; ++i)
    if ((letters & bit(i)) != 0)
      term.times(equation.names[static_cast<std::size_t>(i)],
                 equation.sizes[static_cast<std::size_t>(i)]);
}

void einsum_cost(const OpContext& ctx, Cost& cost) {
  constexpr std::size_t most = Figure::max_terms + 1;  // operands that Figure has terms for
  std::array<Letters, most> sets{};
  std::array<bool, most> ellipses{};
  const auto equation = read_equation(ctx, [&](int i, const Subscripts& subscripts) {
    if (static_cast<std::size_t>(i) >= most) return;
    sets[static_cast<std::size_t>(i)] = subscripts.set;
    ellipses[static_cast<std::size_t>(i)] = subscripts.ellipsis >= 0;
  });
  const auto n = static_cast<std::size_t>(ctx.n_inputs());
  if (!equation || n > most) {
    cost.macs.add({{"operands", unknown_dim}});
    return;
  }
  const Letters out = equation->output.set;
  Figure& other = operations(cost, ctx.in(0).dtype);
  if (n == 1 && (sets[0] & ~out) != 0)
    times_letters(other.add("sum"), *equation, sets[0], ellipses[0]);
  Letters have = sets[0];
  bool ellipsis = ellipses[0];
  for (std::size_t i = 1; i < n; ++i) {
    have |= sets[i];
    ellipsis = ellipsis || ellipses[i];
    Letters needed = out;
    for (std::size_t later = i + 1; later < n; ++later) needed |= sets[later];
    const bool sums =
        (have & ~needed) != 0 ||
        (i + 1 == n && ellipsis && equation->output.ellipsis < 0 && equation->ellipsis.rank() > 0);
    Term& term = sums ? cost.macs.add() : other.add("multiply");
    if (sums) {
      term.operand_a = i == 1 ? std::int8_t{0} : Term::inner;
      term.operand_b = static_cast<std::int8_t>(i);
    }
    times_letters(term, *equation, have, ellipsis);
    have &= needed;
  }
}

void einsum_saved(const OpContext& ctx, Saved& saved) {
  // A sum of one operand needs only its shape.
  for (int i = 0; i < ctx.n_inputs() && i < 32 && ctx.n_inputs() > 1; ++i)
    saved.inputs |= std::uint32_t{1} << i;
}

constexpr OpDef rows[] = {
    {.name = "Einsum",
     .signature = "x:weight[*D] more:weight[*D]... -> y[*O]",
     .nature = {OpKind::product, Space::not_modelled, Functions::simple},
     .shape = einsum_shape,
     .cost = einsum_cost,
     .saved = einsum_saved},
};

std::vector<int> letters_of(const Subscripts& subscripts) {
  std::vector<int> letters;
  for (int i = 0; i < subscripts.n; ++i)
    letters.push_back((subscripts.letters[static_cast<std::size_t>(i)] + 26) % n_letters);
  return letters;
}

}  // namespace

std::optional<EinsumLetters> einsum_letters(const OpContext& ctx) {
  EinsumLetters letters;
  bool any_ellipsis = false;
  const auto equation = read_equation(ctx, [&](int, const Subscripts& operand) {
    letters.operands.push_back(letters_of(operand));
    any_ellipsis = any_ellipsis || operand.ellipsis >= 0;
  });
  if (!equation || any_ellipsis) return std::nullopt;
  letters.result = letters_of(equation->output);
  return letters;
}

constinit const std::span<const OpDef> einsum_ops(rows);

}  // namespace reckon

#include "analysis/receptive_step.h"

#include <algorithm>

#include "ops/op.h"
#include "ops/window.h"

namespace reckon {
namespace {

using Kind = ReceptiveField::Kind;
using Along = SeenAlong;
constexpr std::int8_t gone = SeenAlong::gone;
constexpr ReceptiveField nothing{.kind = Kind::nothing};

std::span<Along> alongs(ReceptiveField& field) {
  return std::span(field.along).first(static_cast<std::size_t>(field.rank));
}
std::span<const Along> alongs(const ReceptiveField& field) {
  return std::span(field.along).first(static_cast<std::size_t>(field.rank));
}

// The axis of a tensor of `rank` dimensions, counted from the first; −1 where it is gone.
int from_first(const Along& a, int rank) {
  return a.axis == gone ? -1 : rank - 1 - a.axis;
}

ReceptiveField unite(const ReceptiveField& a, const ReceptiveField& b) {
  if (a.kind == Kind::nothing || b.kind == Kind::unknown) return b;
  if (b.kind == Kind::nothing || a.kind == Kind::unknown) return a;
  ReceptiveField out = a;
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.rank); ++i) {
    Along& to = out.along[i];
    const Along& from = b.along[i];
    to.all = to.all || from.all;
    if (to.all) continue;
    // Branches of different stride, or whose dimensions lie elsewhere, do not line up.
    if (to.axis != from.axis || to.merged != from.merged || to.jump != from.jump) return {};
    if (less(from.low, to.low)) to.low = from.low;
    if (less(to.high, from.high)) to.high = from.high;
  }
  return out;
}

// Output element i looks at the elements [first + i·step, last + i·step] of the layer below.
struct Step {
  Rational first{0, 1}, last{0, 1}, step{1, 1};
};

class Through {
 public:
  Through(const OpContext& ctx, std::span<const ReceptiveField* const> operands)
      : ctx_(ctx), op_(*ctx.node().op), operands_(operands) {}

  ReceptiveField run() const {
    switch (op_.nature.space) {
      case Space::unknown:
      case Space::not_modelled:
        return {};
      case Space::nothing:
        return nothing;
      case Space::pointwise:
        return pointwise();
      case Space::mixes:
      case Space::rearranges:
        return along_axes();
      case Space::product:
        return product();
      case Space::whole:
        return whole();
      default:
        break;
    }
    if (!only_the_first_sees()) return {};
    switch (op_.nature.space) {
      case Space::window:
      case Space::transposed_window:
        return windowed();
      case Space::resampled:
        return resampled();
      case Space::padded:
        return padded();
      case Space::permutes:
        return permuted();
      default:
        return reshaped();
    }
  }

 private:
  const Shape& x() const { return ctx_.in(0).shape; }
  const Shape& y() const { return ctx_.out(0).shape; }

  bool only_the_first_sees() const {
    return std::all_of(operands_.begin() + 1, operands_.end(),
                       [](const auto* field) { return field->kind == Kind::nothing; });
  }

  ReceptiveField united() const {
    ReceptiveField out = nothing;
    for (const ReceptiveField* field : operands_) out = unite(out, *field);
    return out;
  }

  // An operand that is broadcast along a spatial dimension shows one place everywhere.
  bool is_broadcast(std::size_t operand) const {
    const Shape& shape = ctx_.in(static_cast<int>(operand)).shape;
    const ReceptiveField& field = *operands_[operand];
    if (field.kind != Kind::window) return false;
    return std::ranges::any_of(alongs(field), [&](const Along& a) {
      const int from = from_first(a, shape.rank()), to = from_first(a, y().rank());
      return !a.all && from >= 0 && (to < 0 || shape[from] != y()[to]);
    });
  }

  ReceptiveField pointwise() const {
    for (std::size_t i = 0; i < operands_.size(); ++i)
      if (is_broadcast(i)) return {};
    return united();
  }

  ReceptiveField whole() const {
    ReceptiveField out = united();
    for (Along& a : alongs(out)) a.all = true;
    return out;
  }

  ReceptiveField along_axes() const {
    ReceptiveField out = united();
    const auto axes = op_.nature.axes(ctx_);
    if (out.kind != Kind::window || !axes || !x().has_rank() || !y().has_rank()) return {};
    for (std::size_t i = 1; i < operands_.size(); ++i)
      if (operands_[i]->kind != Kind::nothing &&
          ctx_.in(static_cast<int>(i)).shape.rank() != x().rank())
        return {};
    const bool mixes = op_.nature.space == Space::mixes;
    for (Along& a : alongs(out)) {
      const int at = from_first(a, x().rank());
      if (a.all || at < 0) continue;
      if ((*axes >> at & 1) != 0) {
        if (!mixes) return {};
        a.all = true;
      } else if (x().rank() != y().rank()) {
        // Reduced axes go; all others keep their order.
        int n_gone = 0;
        for (int i = 0; i < x().rank(); ++i) n_gone += static_cast<int>(*axes >> i & 1);
        const int shift = x().rank() - y().rank();
        int behind = 0;
        for (int i = at + 1; i < x().rank(); ++i) behind += static_cast<int>(*axes >> i & 1);
        if (shift != n_gone) return {};
        a.axis = static_cast<std::int8_t>(a.axis - behind);
      }
    }
    return out;
  }

  // Row times column: one of the operands is stored, the other is mixed along one axis.
  ReceptiveField product() const {
    const bool second = operands_[0]->kind == Kind::nothing;
    if (operands_.size() < 2 || (second && operands_[1]->kind == Kind::nothing)) return {};
    ReceptiveField out = *operands_[second ? 1 : 0];
    for (std::size_t i = 0; i < operands_.size(); ++i)
      if (i != (second ? 1u : 0u) && operands_[i]->kind != Kind::nothing) return {};
    const bool transposed = ctx_.int_attr(second ? "transB" : "transA", 0) != 0;
    const int mixed = second != transposed ? 1 : 0;  // from the last
    const Shape& shape = ctx_.in(second ? 1 : 0).shape;
    for (Along& a : alongs(out)) {
      if (a.all || a.axis == gone) continue;
      if (a.axis == mixed)
        a.all = true;
      else if (shape.rank() < 2 || ctx_.in(second ? 0 : 1).shape.rank() < 2)
        return {};
      else if (transposed && a.axis < 2)
        a.axis = static_cast<std::int8_t>(1 - a.axis);
    }
    return out;
  }

  // Spatial dimensions where N×C×S… has them.
  bool is_plain(const ReceptiveField& field) const {
    if (x().rank() != field.rank + 2 || y().rank() != field.rank + 2) return false;
    for (int i = 0; i < field.rank; ++i) {
      const Along& a = field.along[static_cast<std::size_t>(i)];
      if (!a.all && (a.merged || a.axis != field.rank - 1 - i)) return false;
    }
    return true;
  }

  template <class StepOf>
  ReceptiveField through(StepOf step_of) const {
    ReceptiveField out = *operands_[0];
    if (!is_plain(out)) return {};
    for (int i = 0; i < out.rank; ++i) {
      Along& a = out.along[static_cast<std::size_t>(i)];
      const std::optional<Step> s = step_of(i);
      if (!s) return {};
      if (a.all) continue;
      const auto shift_low = multiply(a.jump, s->first), shift_high = multiply(a.jump, s->last);
      const auto jump = multiply(a.jump, s->step);
      const auto low = shift_low ? add(a.low, *shift_low) : std::nullopt;
      const auto high = shift_high ? add(a.high, *shift_high) : std::nullopt;
      if (!low || !high || !jump) return {};
      a.low = *low, a.high = *high, a.jump = *jump;
    }
    return out;
  }

  // Convolution, pooling and their transposes.
  ReceptiveField windowed() const {
    const int rank = operands_[0]->rank;
    Shape kernel = Shape::of_rank(rank);
    for (int operand = 1; operand < ctx_.n_inputs(); ++operand) {
      const Shape& w = ctx_.in(operand).shape;
      if (role_of_operand(op_.signature, operand) == OperandRole::weight && w.rank() == rank + 2)
        for (int i = 0; i < rank; ++i) kernel[i] = w[i + 2];
    }
    const auto window = read_window(ctx_, rank, kernel.dims());
    if (!window) return {};
    return through([&](int i) -> std::optional<Step> {
      const auto at = static_cast<std::size_t>(i);
      const Dim reach = window->extent(i) - 1, stride = window->stride[at];
      if (window->kernel[at] < 1 || reach < 0) return std::nullopt;
      Dim pad = window->pad_begin[at];
      if (window->auto_pad == Window::AutoPad::valid) pad = 0;
      if (window->auto_pad == Window::AutoPad::same_upper ||
          window->auto_pad == Window::AutoPad::same_lower) {
        const Dim in = x()[i + 2], out = y()[i + 2];
        if (in < 0 || out < 0 || op_.nature.space == Space::transposed_window) return std::nullopt;
        const Checked total = Checked(out - 1) * Checked(stride) + Checked(reach + 1) - Checked(in);
        const Dim both = std::max<Dim>(0, total.value_or(0));
        pad = window->auto_pad == Window::AutoPad::same_upper ? both / 2 : both - both / 2;
      }
      if (op_.nature.space == Space::transposed_window)
        return Step{{pad - reach, stride}, {pad, stride}, {1, stride}};
      return Step{{-pad, 1}, {reach - pad, 1}, {stride, 1}};
    });
  }

  // By the ratio of the sizes; interpolation looks at one neighbour more.
  ReceptiveField resampled() const {
    const std::string_view mode = ctx_.string_attr("mode", "nearest");
    const Dim reach = mode == "nearest" ? 0 : mode == "cubic" ? 3 : 1;
    return through([&](int i) -> std::optional<Step> {
      const Dim in = x()[i + 2], out = y()[i + 2];
      if (in < 1 || out < 1) return std::nullopt;
      const Dim divisor = std::gcd(in, out);
      return Step{{-(reach / 2), 1}, {reach - reach / 2, 1}, {in / divisor, out / divisor}};
    });
  }

  ReceptiveField padded() const {
    const auto pads = ctx_.ints_from("pads", 1);
    if (!pads.known || pads.values.size() != 2 * static_cast<std::size_t>(x().rank())) return {};
    return through([&](int i) -> std::optional<Step> {
      const std::int64_t pad = pads.values[static_cast<std::size_t>(i) + 2];
      if (pad == INT64_MIN) return std::nullopt;
      return Step{{-pad, 1}, {-pad, 1}, {1, 1}};
    });
  }

  ReceptiveField permuted() const {
    ReceptiveField out = *operands_[0];
    const auto order = ctx_.ints_attr("perm");
    const int rank = x().rank();
    if (rank < 0 || (!order.empty() && static_cast<int>(order.size()) != rank)) return {};
    for (Along& a : alongs(out)) {
      if (a.all || a.axis == gone) continue;
      int to = a.axis;  // without an order, axes are reversed: so many from the first
      for (int i = 0; i < static_cast<int>(order.size()); ++i)
        if (normalize_axis(order[static_cast<std::size_t>(i)], rank) == from_first(a, rank)) to = i;
      a.axis = static_cast<std::int8_t>(rank - 1 - to);
    }
    return out;
  }

  // Axes that stand alone between equal products stay themselves; neighbours may become one.
  ReceptiveField reshaped() const {
    ReceptiveField out = *operands_[0];
    if (!x().is_static() || !y().is_static()) return {};
    for (Along& a : alongs(out)) {
      const int at = from_first(a, x().rank());
      if (a.all || at < 0) continue;
      if (x()[at] == 1) {
        if (a.axis >= y().rank() || y()[from_first(a, y().rank())] != 1) a.axis = gone;
        continue;
      }
      const auto to = reshaped_axis(at);
      if (!to) return {};
      a.axis = static_cast<std::int8_t>(y().rank() - 1 - to->axis);
      a.merged = a.merged || to->merged;
    }
    return out;
  }

  struct Reshaped {
    int axis;
    bool merged;
  };
  std::optional<Reshaped> reshaped_axis(int at) const {
    for (int i = 0, j = 0; i < x().rank() && j < y().rank();) {
      const int first = i;
      Checked in = x()[i++], out = y()[j];
      int n_in = in == Checked(1) ? 0 : 1, n_out = out == Checked(1) ? 0 : 1, large = j++;
      while (!(in == out)) {
        const bool take_in = in.value_or(0) < out.value_or(0);
        if (!in.ok() || !out.ok() || (take_in ? i >= x().rank() : j >= y().rank()))
          return std::nullopt;
        const Dim next = take_in ? x()[i++] : y()[j];
        (take_in ? in : out) *= next;
        if (next != 1) ++(take_in ? n_in : n_out);
        if (!take_in && next != 1) large = j;
        if (!take_in) ++j;
      }
      if (first <= at && at < i)
        return n_out == 1 ? std::optional(Reshaped{large, n_in > 1}) : std::nullopt;
    }
    return std::nullopt;
  }

  const OpContext& ctx_;
  const OpDef& op_;
  std::span<const ReceptiveField* const> operands_;
};

}  // namespace

ReceptiveField seen_through(const OpContext& ctx, std::span<const ReceptiveField* const> operands) {
  return Through(ctx, operands).run();
}

}  // namespace reckon

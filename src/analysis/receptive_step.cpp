#include "analysis/receptive_step.h"

#include <algorithm>
#include <numeric>

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

// False where they do not line up: branches of different stride, or whose dimensions lie elsewhere.
bool unite(ReceptiveField& a, const ReceptiveField& b) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.rank); ++i) {
    Along& to = a.along[i];
    const Along& from = b.along[i];
    to.all = to.all || from.all;
    if (to.all) continue;
    if (to.axis != from.axis || to.merged != from.merged || !unite(to, from)) return false;
  }
  return true;
}

// Transposed: element i of the result has tap x of k where x·stride − pad + t·dilation = i.
std::optional<Looks> looks_of_transposed(Dim kernel, Dim stride, Dim dilation, Dim pad) {
  if (stride > SeenAlong::max_phases) return std::nullopt;
  // Of the taps that reach an element, one follows every stride/g places of the kernel.
  const Dim g = std::gcd(stride, dilation), every = stride / g;
  std::vector<Dim> first_place(static_cast<std::size_t>(stride), unknown_dim);
  for (Dim t = 0; t < std::min(every, kernel); ++t)
    first_place[static_cast<std::size_t>(t * (dilation % stride) % stride)] = t;
  Looks looks;
  for (Dim i = 0; i < stride; ++i) {
    const Dim place = first_place[static_cast<std::size_t>((i + pad) % stride)];
    if (place < 0) {
      looks.taps.push_back({0, 0, 1});
      continue;
    }
    const Dim n = (kernel - 1 - place) / every + 1, last_place = place + (n - 1) * every;
    const Checked first = Checked(i + pad) - Checked(last_place) * dilation;
    if (!first.ok()) return std::nullopt;
    looks.taps.push_back({first.value() / stride, n, dilation / g});
  }
  return looks;
}

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
      case Space::permutes:
        return permuted();
      case Space::reshapes:
        return reshaped();
      default:
        return through();
    }
  }

  // Of a window, its transpose, a resampling or a padding.
  std::optional<Looks> looks(int rank, int i) const {
    switch (op_.nature.space) {
      case Space::resampled:
        return resampled(i);
      case Space::padded:
        return padded(i);
      default:
        return windowed(rank, i);
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
    for (const ReceptiveField* field : operands_) {
      if (field->kind == Kind::nothing) continue;
      if (out.kind == Kind::nothing)
        out = *field;
      else if (!unite(out, *field))
        return {};
    }
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

  ReceptiveField through() const {
    ReceptiveField out = *operands_[0];
    if (!is_plain(out)) return {};
    for (int i = 0; i < out.rank; ++i) {
      Along& a = out.along[static_cast<std::size_t>(i)];
      const std::optional<Looks> at = looks(out.rank, i);
      if (!at || (!a.all && !look_through(a, at->taps, at->shift))) return {};
    }
    return out;
  }

  // Convolution, pooling and their transposes.
  std::optional<Looks> windowed(int rank, int i) const {
    Shape kernel = Shape::of_rank(rank);
    for (int operand = 1; operand < ctx_.n_inputs(); ++operand) {
      const Shape& w = ctx_.in(operand).shape;
      if (op_.role_of(operand) == OperandRole::weight && w.rank() == rank + 2)
        for (int axis = 0; axis < rank; ++axis) kernel[axis] = w[axis + 2];
    }
    const auto window = read_window(ctx_, rank, kernel.dims());
    if (!window) return std::nullopt;
    const auto at = static_cast<std::size_t>(i);
    const Dim reach = window->extent(i) - 1, stride = window->stride[at];
    if (window->kernel[at] < 1 || reach < 0) return std::nullopt;
    const auto pad = pad_along(*window, i, reach);
    if (!pad) return std::nullopt;
    if (op_.nature.space == Space::transposed_window)
      return looks_of_transposed(window->kernel[at], stride, window->dilation[at], *pad);
    return Looks{{{-*pad, window->kernel[at], window->dilation[at]}}, stride};
  }

  std::optional<Dim> pad_along(const Window& window, int i, Dim reach) const {
    const auto at = static_cast<std::size_t>(i);
    if (window.auto_pad == Window::AutoPad::valid) return 0;
    const bool same = window.auto_pad != Window::AutoPad::notset;
    const Dim in = x()[i + 2], out = y()[i + 2];
    Checked total = 0;
    if (op_.nature.space != Space::transposed_window) {
      if (!same) return window.pad_begin[at];
      total = Checked(out - 1) * Checked(window.stride[at]) + Checked(reach + 1) - Checked(in);
    } else if (same) {
      return std::nullopt;
    } else {
      // output_shape says the size, and the padding follows from it.
      if (!ctx_.has_attr("output_shape")) return window.pad_begin[at];
      const auto more = ctx_.ints_attr("output_padding");
      total = Checked(in - 1) * Checked(window.stride[at]) + Checked(reach + 1) - Checked(out) +
              (more.size() > at ? more[at] : 0);
    }
    if (in < 0 || out < 0) return std::nullopt;
    const Dim both = std::max<Dim>(0, total.value_or(0));
    const bool begins = window.auto_pad != Window::AutoPad::same_lower;
    return begins ? both / 2 : both - both / 2;
  }

  // Element i lies at c(i) among those of the operand: i·in/out, (i + ½)·in/out − ½, or, where the
  // corners are aligned, i·(in − 1)/(out − 1). Nearest sees one of c's neighbours, linear both,
  // cubic two on each side.
  std::optional<Looks> resampled(int i) const {
    const std::string_view mode = ctx_.string_attr("mode", "nearest");
    const std::string_view place = ctx_.string_attr(
        "coordinate_transformation_mode", ctx_.opset() < 11 ? "asymmetric" : "half_pixel");
    const std::string_view rounding =
        ctx_.string_attr("nearest_mode", ctx_.opset() < 11 ? "floor" : "round_prefer_floor");
    const bool corners = place == "align_corners", middle = place.find("half_pixel") != place.npos;
    if (!corners && !middle && place != "asymmetric") return {};
    constexpr Dim largest = Dim{1} << 30;
    Dim in = x()[i + 2], out = y()[i + 2];
    if (in < 1 || out < 1 || in > largest || out > largest) return std::nullopt;
    if (in > out && ctx_.int_attr("antialias", 0) != 0) return std::nullopt;
    if (corners && in > 1 && out > 1) --in, --out;
    const Dim g = std::gcd(in, out);
    Looks looks{{}, in / g};
    const Dim n = out / g;
    if (n > SeenAlong::max_phases) return std::nullopt;
    for (Dim k = 0; k < n; ++k) {
      // c in 2·out-ths.
      const Dim den = 2 * out, c = middle ? (2 * k + 1) * in - out : 2 * k * in;
      const Dim below = (c - (c % den + den) % den) / den, beyond = c - below * den;
      const Dim above = below + (beyond > 0 ? 1 : 0);
      if (mode == "nearest") {
        const bool up = rounding == "ceil" || 2 * beyond > den ||
                        (2 * beyond == den && rounding == "round_prefer_ceil");
        looks.taps.push_back({up && rounding != "floor" ? above : below, 1, 1});
      } else {
        const Dim more = mode == "cubic" && beyond > 0 ? 1 : 0;
        looks.taps.push_back({below - more, above - below + 1 + 2 * more, 1});
      }
    }
    return looks;
  }

  std::optional<Looks> padded(int i) const {
    const auto pads = ctx_.ints_from("pads", 1);
    if (!pads.known || pads.values.size() != 2 * static_cast<std::size_t>(x().rank())) return {};
    const std::int64_t pad = pads.values[static_cast<std::size_t>(i) + 2];
    if (pad == INT64_MIN) return std::nullopt;
    return Looks{{{-pad, 1, 1}}, 1};
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

std::optional<Looks> looks_along(const OpContext& ctx, int rank, int i) {
  return Through(ctx, {}).looks(rank, i);
}

}  // namespace reckon

#include <algorithm>

#include "learning/signal/rule.h"

namespace reckon::signal {
namespace {

std::vector<Factor> order_of(const std::vector<Axis>& axes, Along along) {
  std::vector<Factor> out;
  for (const Axis& axis : axes)
    for (const Factor& f : axis)
      if (f.along == along && f.size > 1) out.push_back(f);
  return out;
}

bool same_order(const std::vector<Axis>& a, const std::vector<Axis>& b, Along along) {
  // One factor has one order, however it is cut.
  const auto x = order_of(a, along), y = order_of(b, along);
  return x == y || x.size() <= 1;
}

}  // namespace

std::optional<std::vector<Axis>> reshaped(const std::vector<Axis>& axes, const Shape& to) {
  std::vector<Factor> left;
  for (const Axis& axis : axes)
    for (const Factor& f : axis)
      if (f.size != 1) left.push_back(f);
  std::size_t next = 0;
  std::vector<Axis> out;
  for (const Dim want : to.dims()) {
    if (want < 1) return std::nullopt;
    Axis axis;
    Dim size = 1;
    while (size < want) {
      if (next == left.size()) return std::nullopt;
      Factor& f = left[next];
      const Dim more = want / size;
      if (want % size != 0) return std::nullopt;
      if (f.size <= more) {
        if (more % f.size != 0) return std::nullopt;
        axis.push_back(f);
        size *= f.size;
        ++next;
      } else {
        if (f.size % more != 0) return std::nullopt;
        axis.push_back({f.along, more});
        f.size /= more;
        size *= more;
      }
    }
    out.push_back(std::move(axis));
  }
  return next == left.size() ? std::optional(out) : std::nullopt;
}

double size_along(const Axis& axis, Along along) {
  double size = 1;
  for (const Factor& f : axis)
    if (f.along == along) size *= static_cast<double>(f.size);
  return size;
}

double size_along(const std::vector<Axis>& axes, Along along) {
  double size = 1;
  for (const Axis& axis : axes) size *= size_along(axis, along);
  return size;
}

Axis channel_axis(Dim size) {
  return {{Along::channels, size}};
}

Grid grid_of(const std::vector<Axis>& axes) {
  return {size_along(axes, Along::samples), {size_along(axes, Along::positions)}};
}

Signal relaid(const Signal& x, std::vector<Axis> axes) {
  Signal y = x;
  y.source = none;
  y.function = {};
  y.scores = nullptr;
  const Grid grid = grid_of(axes);
  if (x.grid.positions.size() > 1 && !same_order(x.axes, axes, Along::positions)) {
    for (Part& part : y.parts) part.kernel = merged(x.grid, part.kernel);
    y.grid = grid;
  }
  if (x.parts.size() > 1 && !same_order(x.axes, axes, Along::channels)) {
    y.parts = {x.whole()};
    y.parts[0].kernel = spread(y.parts[0].kernel, y.grid.positions.size());
  }
  y.axes = std::move(axes);
  return y;
}

}  // namespace reckon::signal

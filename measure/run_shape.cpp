// Operators that change a shape, join and cut. The sizes are numbers by now.
#include <limits>

#include "interpreter.h"

namespace reckon {
namespace {

// nn.MultiheadAttention cuts q, k and v out of one product, L×N×E, and calls contiguous() before it
// splits the heads, L×(N·heads)×d. The export has no operator for that call.
bool asks_for_contiguous(RunContext& c) {
  const NodeId from = c.graph().values[static_cast<std::size_t>(c.input_id(0))].producer;
  const Shape &in = c.in(0).shape, &out = c.out(0).shape;
  return from != none && c.graph().nodes[static_cast<std::size_t>(from)].op_type == "Slice" &&
         in.rank() == 3 && out.rank() == 3 && in[0] == out[0] && in[1] == 1 && out[1] > 1;
}

void reshape(RunContext& c) {
  if (asks_for_contiguous(c)) return c.set(0, c.x(0).contiguous().view(c.sizes_of_output()));
  c.set(0, at::reshape(c.x(0), c.sizes_of_output()));
}

void transpose(RunContext& c) {
  std::vector<std::int64_t> order(c.ints_attr("perm").begin(), c.ints_attr("perm").end());
  if (order.empty())
    for (int i = c.in(0).shape.rank(); i-- > 0;) order.push_back(i);
  c.set(0, c.x(0).permute(order));
}

void expand(RunContext& c) {
  c.set(0, c.x(0).expand(c.sizes_of_output()));
}

void tile(RunContext& c) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < c.out(0).shape.rank(); ++i)
    times.push_back(c.in(0).shape[i] == 0 ? 1 : c.out(0).shape[i] / c.in(0).shape[i]);
  c.set(0, c.x(0).repeat(times));
}

void identity(RunContext& c) {
  c.set(0, c.x(0));
}

void cast(RunContext& c) {
  const at::Tensor& x = c.x(0);
  c.set(0, x.to(c.options(c.out(0).dtype).dtype()));
}

void concat(RunContext& c) {
  std::vector<at::Tensor> parts;
  for (int i = 0; i < c.n_inputs(); ++i) parts.push_back(c.x(i));
  c.set(0, at::cat(parts, c.int_attr("axis", 1)));
}

void split(RunContext& c) {
  const auto axis = normalize_axis(c.int_attr("axis", 0), c.in(0).shape.rank());
  if (!axis) throw Refused("an axis that the input does not have");
  std::int64_t begin = 0;
  for (int i = 0; i < c.n_outputs(); ++i) {
    if (!c.has_output(i)) throw Refused("a Split with a part that nobody takes is not run");
    const std::int64_t n = c.out(i).shape[*axis];
    c.set(i, c.x(0).narrow(*axis, begin, n));
    begin += n;
  }
}

// Starts and ends beyond the ends of the input mean its ends.
void slice(RunContext& c) {
  const auto starts = c.ints_from("starts", 1), ends = c.ints_from("ends", 2),
             axes = c.ints_from("axes", 3), steps = c.ints_from("steps", 4);
  if (!starts.known || !ends.known || !axes.known || !steps.known)
    throw Refused("a Slice whose bounds depend on data is not run");
  at::Tensor y = c.x(0);
  for (std::size_t i = 0; i < starts.values.size(); ++i) {
    const std::int64_t axis = axes.present ? axes.values[i] : static_cast<std::int64_t>(i);
    const std::int64_t step = steps.present ? steps.values[i] : 1;
    if (step < 1) throw Refused("a Slice that runs backwards is not run");
    y = at::slice(y, axis, starts.values[i], ends.values[i], step);
  }
  c.set(0, y);
}

void pad(RunContext& c) {
  const auto pads = c.ints_from("pads", 1);
  if (!pads.known) throw Refused("a Pad whose size depends on data is not run");
  const int rank = c.in(0).shape.rank();
  const auto n = static_cast<std::size_t>(rank);
  std::vector<std::int64_t> begin(n, 0), end(n, 0);
  const auto axes = c.ints_from("axes", 3);
  const std::size_t n_given = pads.values.size() / 2;
  for (std::size_t i = 0; i < n_given; ++i) {
    const auto axis =
        normalize_axis(axes.present ? axes.values[i] : static_cast<std::int64_t>(i), rank);
    if (!axis) throw Refused("an axis that the input does not have");
    begin[static_cast<std::size_t>(*axis)] = pads.values[i];
    end[static_cast<std::size_t>(*axis)] = pads.values[i + n_given];
  }
  std::vector<std::int64_t> from_last;
  std::size_t first = 0;
  while (first < n && begin[first] == 0 && end[first] == 0) ++first;
  for (std::size_t i = n; i-- > first;) {
    from_last.push_back(begin[i]);
    from_last.push_back(end[i]);
  }
  if (from_last.empty()) return c.set(0, c.x(0));
  const std::string_view mode = c.string_attr("mode", "constant");
  if (mode == "constant")
    return c.set(0, at::constant_pad_nd(c.x(0), from_last,
                                        c.const_float(2).value_or(c.float_attr("value", 0))));
  if (mode == "reflect" && from_last.size() == 4)
    return c.set(0, at::reflection_pad2d(c.x(0), from_last));
  if (mode == "edge" && from_last.size() == 4)
    return c.set(0, at::replication_pad2d(c.x(0), from_last));
  throw Refused("Pad in mode " + std::string(mode) + " over these dimensions is not run");
}

constexpr RunRow rows[] = {
    {"Reshape", reshape},   {"Flatten", reshape},     {"Squeeze", reshape},
    {"Unsqueeze", reshape}, {"Transpose", transpose}, {"Expand", expand},
    {"Tile", tile},         {"Identity", identity},   {"Cast", cast},
    {"Concat", concat},     {"Split", split},         {"Slice", slice},
    {"Pad", pad},
};

}  // namespace

std::span<const RunRow> shape_runs() {
  return rows;
}

}  // namespace reckon

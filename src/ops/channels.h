// Images whose channels are the last dimension, seen as images whose channels are the second.
#pragma once

#include "ops/context.h"

namespace reckon {

// x[N,*S,C] as x[N,C,*S], and back. Shapes of fewer than three dimensions stay as they are.
inline Shape channels_second(const Shape& x) {
  Shape y = x;
  for (int i = 2; i < x.rank(); ++i) y[i] = x[i - 1];
  if (x.rank() > 2) y[1] = x[x.rank() - 1];
  return y;
}

inline Shape channels_last(const Shape& x) {
  Shape y = x;
  for (int i = 2; i < x.rank(); ++i) y[i - 1] = x[i];
  if (x.rank() > 2) y[x.rank() - 1] = x[1];
  return y;
}

// Likewise where the node's attribute `channels_last` says so.
inline bool has_channels_last(const OpContext& ctx) {
  return ctx.int_attr("channels_last", 0) != 0;
}
inline Shape image_of(const OpContext& ctx, const Shape& x) {
  return has_channels_last(ctx) ? channels_second(x) : x;
}
inline Shape layout_of(const OpContext& ctx, const Shape& y) {
  return has_channels_last(ctx) ? channels_last(y) : y;
}

}  // namespace reckon

// Layers that move elements about: flatten, reshape, transpose, pad, upsample, pixel_shuffle,
// select, class_token, identity.
#include "base/text.h"
#include "formats/net/layer.h"

namespace reckon::net {
namespace {

using enum ArgType;

Result<ValueId> flatten(Layer& layer) {
  return layer.node("Flatten", "", {layer.input()}, {{.name = "axis", .value = std::int64_t{1}}});
}

Result<ValueId> identity(Layer& layer) {
  return layer.node("Identity", "", {layer.input()});
}

// The new dimensions without the batch; one of them may be -1.
Result<ValueId> reshape(Layer& layer) {
  const ArgValue& arg = *layer.positional(0);
  Checked had = 1, wanted = 1;
  for (int i = 1; i < layer.shape().rank(); ++i) had *= layer.shape()[i];
  int n_open = 0;
  for (const std::int64_t dim : arg.ints) {
    if (dim < -1 || dim == 0)
      return layer.error_at(arg, "a dimension is at least 1, or -1 for what is left");
    if (dim == -1)
      ++n_open;
    else
      wanted *= dim;
  }
  if (n_open > 1) return layer.error_at(arg, "only one dimension may be -1");
  RECKON_ASSIGN(const std::int64_t has, had.get("the number of elements"));
  RECKON_ASSIGN(const std::int64_t needs, wanted.get("the number of elements"));
  if (n_open == 0 ? has != needs : has % needs != 0)
    return layer.error(std::to_string(has) + " elements of " + with_batch(layer.shape()) +
                       " do not fit into the new shape of " + std::to_string(needs));
  std::vector<std::int64_t> target = arg.ints;
  for (std::int64_t& dim : target)
    if (dim == -1) dim = has / needs;
  return layer.reshape("", layer.input(), std::move(target));
}

// The order of all dimensions, the batch (0) first; without arguments the last two change places.
Result<ValueId> transpose(Layer& layer) {
  const int rank = layer.shape().rank();
  std::vector<std::int64_t> order;
  for (std::size_t i = 0; i < layer.n_positional(); ++i)
    order.push_back(layer.positional(i)->ints.front());
  if (order.empty()) {
    RECKON_TRY(layer.need_rank(3, Shape::max_rank, "at least two dimensions after the batch"));
    for (int i = 0; i < rank; ++i) order.push_back(i);
    std::swap(order[order.size() - 1], order[order.size() - 2]);
  }
  std::uint32_t seen = 0;
  for (const std::int64_t axis : order)
    if (axis >= 0 && axis < rank) seen |= 1U << axis;
  if (static_cast<int>(order.size()) != rank || seen != (1U << rank) - 1 || order.front() != 0)
    return layer.error("expected every dimension of " + with_batch(layer.shape()) +
                       " once, the batch (0) first, as in: transpose 0 2 1");
  return layer.transpose("", layer.input(), std::move(order));
}

// Zeros on both sides of every spatial dimension.
Result<ValueId> pad(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_ASSIGN(const auto widths,
                layer.per_dimension(layer.positional(0), layer.spatial_rank(), 0, 0, "padding"));
  std::vector<std::int64_t> pads;
  for (int side = 0; side < 2; ++side) {
    pads.insert(pads.end(), 2, 0);
    pads.insert(pads.end(), widths.begin(), widths.end());
  }
  return layer.node("Pad", "", {layer.input(), layer.ints("/pads", std::move(pads))});
}

Result<ValueId> upsample(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_ASSIGN(const auto factors,
                layer.per_dimension(layer.positional(0), layer.spatial_rank(), 1, 2, "factor"));
  const std::string_view mode = layer.word_option("mode", "nearest");
  if (mode != "nearest" && mode != "linear" && mode != "cubic")
    return layer.error_at(*layer.option("mode"),
                          "mode is nearest, linear or cubic, not " + quoted(mode));
  std::vector<double> scales{1, 1};
  for (const std::int64_t factor : factors) scales.push_back(static_cast<double>(factor));
  const std::string_view kept = mode == "nearest"  ? "nearest"
                                : mode == "linear" ? "linear"
                                                   : "cubic";
  return layer.node("Resize", "", {layer.input(), none, layer.floats("/scales", std::move(scales))},
                    {{.name = "mode", .value = kept}});
}

// N×(C·r²)×H×W as N×C×rH×rW. Shi et al. 2016, arXiv 1609.05158.
Result<ValueId> pixel_shuffle(Layer& layer) {
  RECKON_TRY(layer.need_rank(4, 4, "N×C×H×W"));
  RECKON_ASSIGN(const std::int64_t r, layer.count(layer.positional(0), 1, 1, "factor"));
  const Checked square = Checked(r) * r;
  if (!square.ok() || layer.channels() % square.value() != 0)
    return layer.error(std::to_string(layer.channels()) +
                       " channels do not divide by the square of " + std::to_string(r));
  return layer.node(
      "DepthToSpace", "", {layer.input()},
      {{.name = "blocksize", .value = r}, {.name = "mode", .value = std::string_view("CRD")}});
}

// One token of N×tokens×features: first, last, or its number from 0.
Result<ValueId> select(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, 3, "N×tokens×features"));
  const ArgValue& which = *layer.positional(0);
  const Dim tokens = layer.shape()[1];
  std::int64_t at = 0;
  if (which.ints.empty()) {
    if (which.word != "first" && which.word != "last")
      return layer.error_at(
          which, "expected first, last or the number of a token, found " + quoted(which.word));
    at = which.word == "first" ? 0 : tokens - 1;
  } else {
    at = which.ints.front();
  }
  if (at < 0 || at >= tokens)
    return layer.error_at(which, "there is no token " + std::to_string(at) + "; there are " +
                                     std::to_string(tokens) + ", counted from 0");
  return layer.node("Gather", "", {layer.input(), layer.int_scalar("/index", at)},
                    {{.name = "axis", .value = std::int64_t{1}}});
}

// A learned token before all others, the same for every sample: it is expanded over the batch.
Result<ValueId> class_token(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, 3, "N×tokens×features"));
  RECKON_ASSIGN(const ValueId token, layer.weight("weight", {1, 1, layer.width()}));
  RECKON_ASSIGN(const ValueId batch, layer.node("Shape", "/Shape", {layer.input()},
                                                {{.name = "start", .value = std::int64_t{0}},
                                                 {.name = "end", .value = std::int64_t{1}}}));
  RECKON_ASSIGN(const ValueId target,
                layer.node("Concat", "/Concat", {batch, layer.ints("/dims", {1, layer.width()})},
                           {{.name = "axis", .value = std::int64_t{0}}}));
  RECKON_ASSIGN(const ValueId tokens, layer.node("Expand", "/Expand", {token, target}));
  return layer.node("Concat", "", {tokens, layer.input()},
                    {{.name = "axis", .value = std::int64_t{1}}});
}

constexpr ArgType one_dims[] = {dims};
constexpr ArgType one_integer[] = {integer};
constexpr ArgType one_any[] = {any};
constexpr OptionDef upsample_options[] = {{"mode", word}};

constexpr LayerDef rows[] = {
    {"flatten", "Flatten", "flatten", {}, 0, false, {}, flatten},
    {"identity", "Identity", "identity", {}, 0, false, {}, identity},
    {"reshape",
     "Reshape",
     "reshape DIMENSIONS, as in: reshape 768 x 196",
     one_dims,
     1,
     false,
     {},
     reshape},
    {"transpose", "Transpose", "transpose [0 ORDER…]", one_integer, 0, true, {}, transpose},
    {"pad", "Pad", "pad WIDTH", one_dims, 1, false, {}, pad},
    {"upsample", "Upsample", "upsample [FACTOR] [mode=nearest|linear|cubic]", one_dims, 0, false,
     upsample_options, upsample},
    {"pixel_shuffle",
     "PixelShuffle",
     "pixel_shuffle FACTOR",
     one_integer,
     1,
     false,
     {},
     pixel_shuffle},
    {"select take", "Select", "select first|last|NUMBER", one_any, 1, false, {}, select},
    {"class_token", "ClassToken", "class_token", {}, 0, false, {}, class_token},
};

}  // namespace

constinit const std::span<const LayerDef> shape_layers(rows);

}  // namespace reckon::net

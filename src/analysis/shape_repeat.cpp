// Bodies that see other shapes in every repetition: loops whose states grow by something that is
// known, SequenceMap over tensors of several shapes, and the loops that generate text.
//
// Repetitions of one kind after another are one BodyRun; a state that grows makes every iteration a
// run of its own, so that what each costs is counted.
#include "analysis/shape_pass.h"
#include "ops/sequence_shapes.h"

namespace reckon {
namespace {

// Nodes and values of all repetitions that are looked at one by one.
constexpr std::int64_t max_unrolled = 200'000;

void copy_out(ShapeContext& ctx, int i, const Tensor& tensor) {
  ctx.set_out(i, tensor.dtype, tensor.shape);
  if (!tensor.shape.has_rank() && tensor.value != nullptr) ctx.set_value(i, *tensor.value);
}

// What an operand gives to repetition `at` of SequenceMap, and how many from there on get the same.
struct Part {
  Tensor tensor;
  Dim count = INT64_MAX;
};

Part part_of(const Tensor& operand, const std::optional<Sequence>& sequence, Dim at) {
  Part part{operand, INT64_MAX};
  if (!sequence) return part;
  part.tensor.value = nullptr;
  for (const Sequence::Run& run : sequence->runs) {
    if (at < run.count) return {{operand.dtype, run.shape, nullptr}, run.count - at};
    at -= run.count;
  }
  return part;
}

}  // namespace

bool same_state(const Tensor& a, const Tensor& b) {
  if (!(a.shape == b.shape)) return false;
  if (a.value == nullptr || b.value == nullptr) return a.value == b.value;
  return a.value->ints == b.value->ints;
}

bool ShapePass::may_unroll(const Graph& body, std::int64_t times) {
  const auto size = static_cast<std::int64_t>(body.nodes.size() + body.values.size());
  const Checked all = Checked(times) * size;
  return all.ok() && all.value() <= max_unrolled;
}

// `fed` is what the first iteration gets: its number, the condition, the states.
Status ShapePass::unroll(const Node& node, NodeId id, Shapes& shapes, const Graph& body,
                         std::int32_t index, std::vector<Tensor> fed, std::int64_t times) {
  const std::size_t states = fed.size() - 2;
  std::vector<Tensor> stacked;
  for (std::int64_t done = 0; done < times;) {
    RECKON_ASSIGN(Shapes run, this->run(body, &shapes, fed));
    bool settled = true;
    for (std::size_t i = 0; i < states; ++i) {
      Tensor after = output_of(run, i + 1);
      if (after.shape.has_rank()) after.value = nullptr;
      settled = settled && same_state(fed[i + 2], after);
      fed[i + 2] = after;
    }
    for (std::size_t i = states; i < node.outputs.count; ++i) {
      const Tensor element = output_of(run, i + 1);
      if (done == 0)
        stacked.push_back({element.dtype, element.shape, nullptr});
      else
        stacked[i - states].shape = common_shape(stacked[i - states].shape, element.shape);
    }
    const std::int64_t repeated = settled ? times - done : 1;
    add_run(shapes, {id, index, repeated, false, nullptr}, std::move(run));
    done += repeated;
  }
  ShapeContext out(*shapes.graph, node, shapes.tensors, shapes.folded);
  for (std::size_t i = 0; i < node.outputs.count; ++i) {
    const int at = static_cast<int>(i);
    if (i < states) {
      copy_out(out, at, fed[i + 2]);
      continue;
    }
    const Tensor element = i - states < stacked.size() ? stacked[i - states] : Tensor{};
    Shape shape;
    if (element.shape.has_rank() && element.shape.rank() < Shape::max_rank) {
      shape = Shape{times};
      for (const Dim d : element.shape.dims()) shape.push_back(d);
    }
    out.set_out(at, element.dtype, shape);
  }
  return {};
}

// The body runs for every tensor of input 0; other sequences are as long, tensors go to all.
Status ShapePass::run_sequence_map(const Node& node, NodeId id, Shapes& shapes) {
  const Graph& graph = *shapes.graph;
  const Attr* attr = graph.find_attr(node, "body");
  const auto* ref = attr == nullptr ? nullptr : std::get_if<BodyRef>(&attr->value);
  const OpContext ctx(graph, node, shapes.tensors);
  if (ref == nullptr || !ctx.has_input(0))
    return ctx.mismatch("the body or the sequence is missing");
  const Graph& body = *graph.bodies[static_cast<std::size_t>(ref->index)];
  std::vector<std::optional<Sequence>> sequences;
  for (int i = 0; i < ctx.n_inputs(); ++i) sequences.push_back(sequence_of(ctx.in(i)));
  const std::optional<Dim> length =
      sequences[0] ? std::optional(sequences[0]->length()) : std::nullopt;
  for (const auto& sequence : sequences)
    if (length && sequence && sequence->length() != *length)
      return ctx.mismatch("sequences of " + std::to_string(*length) + " and " +
                          std::to_string(sequence->length()) + " tensors");
  const auto n_outputs = static_cast<std::size_t>(ctx.n_outputs());
  std::vector<Sequence> outputs(n_outputs);
  std::vector<DType> types(n_outputs, DType::unknown);
  std::int64_t n_runs = 0;
  Dim at = 0;
  while (at < length.value_or(1)) {
    std::vector<Tensor> fed;
    Dim count = length.value_or(1) - at;
    for (int i = 0; i < ctx.n_inputs(); ++i) {
      const auto& sequence = sequences[static_cast<std::size_t>(i)];
      const Part part = length ? part_of(ctx.in(i), sequence, at)
                               : Part{{ctx.in(i).dtype, Shape(), nullptr}, INT64_MAX};
      fed.push_back(part.tensor);
      count = std::min(count, part.count);
    }
    if (!may_unroll(body, ++n_runs)) return {};  // too many shapes to look at: outputs stay unknown
    RECKON_ASSIGN(Shapes run, this->run(body, &shapes, fed));
    for (std::size_t i = 0; i < n_outputs; ++i) {
      types[i] = output_of(run, i).dtype;
      outputs[i].append(count, output_of(run, i).shape);
    }
    add_run(shapes, {id, ref->index, length ? std::optional(count) : std::nullopt, false, nullptr},
            std::move(run));
    at += count;
  }
  ShapeContext out(graph, node, shapes.tensors, shapes.folded);
  for (std::size_t i = 0; i < n_outputs; ++i) {
    out.set_out(static_cast<int>(i), types[i], Shape());
    if (length) set_sequence(out, static_cast<int>(i), types[i], outputs[i]);
  }
  return {};
}

// BeamSearch, GreedySearch, Sampling: an encoder and the first decoding run once, the decoder until
// the texts end, which depends on data. What the graphs inside see, only they declare.
Status ShapePass::run_generation(const Node& node, NodeId id, Shapes& shapes) {
  const Graph& graph = *shapes.graph;
  for (const Attr& attr : graph.attrs_of(node)) {
    const auto* ref = std::get_if<BodyRef>(&attr.value);
    if (ref == nullptr) continue;
    const Graph& body = *graph.bodies[static_cast<std::size_t>(ref->index)];
    auto run = this->run(body, &shapes, {});
    if (!run && run.error().code == ErrorCode::limit) return std::unexpected(run.error());
    Shapes unknown;
    unknown.graph = &body;
    unknown.tensors.resize(body.values.size());
    add_run(shapes,
            {id, ref->index, attr.name == "decoder" ? std::nullopt : std::optional<std::int64_t>(1),
             false, nullptr},
            run ? *std::move(run) : std::move(unknown));
  }
  ShapeContext out(graph, node, shapes.tensors, shapes.folded);
  const Dim batch =
      out.in(0).shape.has_rank() && out.in(0).shape.rank() > 0 ? out.in(0).shape[0] : unknown_dim;
  const Dim length = std::max(out.const_int(1).value_or(unknown_dim), unknown_dim);
  if (node.op_type == "BeamSearch" || node.op_type == "WhisperBeamSearch") {
    const Dim returned = std::max(out.const_int(4).value_or(unknown_dim), unknown_dim);
    out.set_out(0, DType::int32, Shape{batch, returned, length});
    out.set_out(1, DType::float32, Shape{batch, returned});
  } else {
    out.set_out(0, DType::int32, Shape{batch, length});
  }
  return {};
}

}  // namespace reckon

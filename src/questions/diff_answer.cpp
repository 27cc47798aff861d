#include "questions/diff_answer.h"

#include "analysis/align.h"

namespace reckon {
namespace {

// FNV-1a over dimensions.
std::uint64_t hash_of(const std::vector<Shape>& shapes) {
  std::uint64_t hash = 14695981039346656037U;
  const auto add = [&](std::int64_t n) {
    hash = (hash ^ static_cast<std::uint64_t>(n)) * 1099511628211U;
  };
  for (const Shape& shape : shapes) {
    add(shape.has_rank() ? shape.rank() : -1);
    if (shape.has_rank())
      for (const Dim d : shape.dims()) add(d);
  }
  return hash;
}

struct Side {
  std::vector<AlignedLayer> layers;
  std::vector<LayerRow> rows;

  explicit Side(const Analysis& analysis) {
    for_each_row(analysis, Rows::visible, [&](const LayerRow& row) {
      layers.push_back(
          {row.op, row.module, row.name, hash_of(row.output_shapes), row.params.value_or(-1)});
      rows.push_back(row);
    });
  }
  const LayerRow& row(std::int64_t at) const { return rows[static_cast<std::size_t>(at)]; }
};

bool is_same(const LayerRow& a, const LayerRow& b) {
  return a.op == b.op && a.output_shapes == b.output_shapes && a.params == b.params &&
         a.buffers == b.buffers && a.macs == b.macs && a.flops == b.flops &&
         a.int_ops == b.int_ops && a.read_bytes == b.read_bytes && a.write_bytes == b.write_bytes &&
         a.activations == b.activations;
}

}  // namespace

DiffAnswer diff_answer(Inquiry of, Inquiry other) {
  DiffAnswer answer{std::move(of), std::move(other), {}};
  const Side a(answer.of.analysis), b(answer.other.analysis);
  const Alignment alignment = align_layers(a.layers, b.layers);
  answer.exact = alignment.exact;
  for (const auto& [at, other_at] : alignment.pairs) {
    DiffAnswer::Pair pair;
    if (at >= 0) pair.layer = a.row(at).layer, pair.index = at + 1;
    if (other_at >= 0) pair.other = b.row(other_at).layer, pair.other_index = other_at + 1;
    if (at < 0) {
      pair.change = "added", ++answer.added;
    } else if (other_at < 0) {
      pair.change = "removed", ++answer.removed;
    } else if (is_same(a.row(at), b.row(other_at))) {
      pair.change = "same", ++answer.same;
    } else {
      pair.change = "changed", ++answer.changed;
    }
    answer.pairs.push_back(pair);
  }
  return answer;
}

Result<DiffAnswer> inquire_diff(const ModelRef& of, const ModelRef& other, const Asked& asked) {
  RECKON_ASSIGN(Question question, question_of(asked));
  Question of_other = question;
  if (const auto batch = asked.whole("other-batch")) of_other.batch = batch;
  of_other.set = asked.wholes("other-set");
  of_other.shape = asked.names("other-shape");
  RECKON_ASSIGN(Inquiry first, inquire(of, question));
  auto second = inquire(other, of_other);
  if (!second) {
    Error error = std::move(second).error();  // a setting is the other's
    if (error.where == "`set`") error.where = "`other-set`";
    if (error.where == "`shape`") error.where = "`other-shape`";
    if (error.where == "`batch`") error.where = "`other-batch`";
    return std::unexpected(std::move(error));
  }
  return diff_answer(std::move(first), *std::move(second));
}

}  // namespace reckon

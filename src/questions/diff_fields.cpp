// The fields of the answer of `reckon diff`.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/diff_answer.h"
#include "questions/shape_fields.h"

namespace reckon {
namespace {

constexpr Row<Shape> shape_item[] = {
    list<dim_item>("[]", "", [](const Shape& shape) { return dims_of(shape); }),
};
constexpr Row<LayerRow> side_rows[] = {
    field<&LayerRow::index>("index", "", "among its network's layers, from 1"),
    field<&LayerRow::name>("name", "", "name"),
    field<&LayerRow::op>("op", "", "operator, as ONNX spells it"),
    field<&LayerRow::module>("module", "", "scope without the layer itself; may be empty"),
    list<shape_item, &LayerRow::output_shapes>("output_shapes", "of every output"),
    field<&LayerRow::params>("params", "parameters", "first used here"),
    field<&LayerRow::buffers>("buffers", "elements", "first used here"),
    field<&LayerRow::macs>("macs", "MAC", "null where unknown"),
    field<&LayerRow::flops>("flops", "FLOP", "null where unknown"),
    field<&LayerRow::int_ops>("int_ops", "OP", "null where unknown"),
    field<&LayerRow::read_bytes>("read_bytes", "B", "null where a shape is unknown"),
    field<&LayerRow::write_bytes>("write_bytes", "B", "null where a shape is unknown"),
    field<&LayerRow::activations>("activations", "elements", "outputs that need new memory"),
};
struct PairShown {
  std::string_view change;
  std::optional<LayerRow> layer, other;
};
constexpr Row<PairShown> pair_rows[] = {
    field<&PairShown::change>(
        "change", "", "same (operator, output shapes and every figure), changed, added, removed"),
    object<side_rows, &PairShown::layer>("layer", "of the model; null where it was added"),
    object<side_rows, &PairShown::other>("other", "of the other; null where it was removed"),
};

constexpr auto pairs = [](const DiffAnswer& of, auto emit) {
  for (const DiffAnswer::Pair& pair : of.pairs) {
    PairShown shown{pair.change, {}, {}};
    if (pair.layer != nullptr) shown.layer = row_of(of.of.analysis, *pair.layer, pair.index);
    if (pair.other != nullptr)
      shown.other = row_of(of.other.analysis, *pair.other, pair.other_index);
    emit(shown);
  }
};

constexpr Row<DiffAnswer> diff_rows[] = {
    field<&DiffAnswer::exact>("exact", "",
                              "false where the lists are so long that only layers at about the "
                              "same place in both were held against each other"),
    field<&DiffAnswer::same>("same", "layers", "in which nothing differs"),
    field<&DiffAnswer::changed>("changed", "layers", "that both have, with something different"),
    field<&DiffAnswer::added>("added", "layers", "that only the other network has"),
    field<&DiffAnswer::removed>("removed", "layers", "that only the model has"),
    list<pair_rows>("layers", "in the order of both networks, each layer of either once",
                    [](const DiffAnswer& d) { return made<PairShown>(d, pairs); }),
};

}  // namespace

constinit const Row<DiffAnswer> diff_field =
    answer<diff_rows>("diff", "with the question diff: layer by layer, the model and the other");

}  // namespace reckon

// The fields of the answers of `reckon report`, `layers` and `explain` beside what they are about.
#include "base/field_rows.h"
#include "base/formula.h"
#include "formats/model.h"
#include "questions/answer.h"
#include "questions/layers_answer.h"
#include "questions/shape_fields.h"

namespace reckon {
namespace {

constexpr Row<Shape> shape_item[] = {
    list<dim_item>("[]", "", [](const Shape& shape) { return dims_of(shape); }),
};

constexpr Row<std::int64_t> size_item[] = {
    field("[]", "elements", "", [](const std::int64_t& n) { return n; }),
};
// Whole numbers without a point.
constexpr Row<SeenAlong> stride_item[] = {[] {
  Row<SeenAlong> row = field("[]", "elements", "", [](const SeenAlong&) { return 0.0; });
  row.get = [](const void* of, std::string&) -> FieldValue {
    const auto& along = *static_cast<const SeenAlong*>(of);
    if (along.step % along.n_phases() == 0) return along.step / along.n_phases();
    return static_cast<double>(along.step) / static_cast<double>(along.n_phases());
  };
  return row;
}()};
constexpr Row<SeenAlong> start_item[] = {
    field("[]", "elements", "",
          [](const SeenAlong& along) {
            return along.all || along.first.is_empty() ? std::nullopt
                                                       : std::optional(along.first.low);
          }),
};
constexpr auto sizes = [](const ReceptiveField& field, auto emit) {
  for (int i = 0; i < field.rank; ++i) emit(field.size(i));
};

constexpr Row<LayerRow> layer_rows[] = {
    field("index", "",
          "1 for the first layer; null for nodes that only prepare shapes and constants",
          [](const LayerRow& row) {
            return row.index > 0 ? std::optional(row.index) : std::nullopt;
          }),
    field<&LayerRow::name>("name", "", "name"),
    field<&LayerRow::op>("op", "", "operator, as ONNX spells it"),
    field<&LayerRow::module>("module", "", "scope without the layer itself; may be empty"),
    field("coverage", "", "counted, free, unknown",
          [](const LayerRow& row) { return row.layer->coverage; }),
    field("times", "",
          "executions in one forward pass; the figures are for all of them, and those of all "
          "layers add up to the totals",
          [](const LayerRow& row) { return row.layer->times; }),
    list<shape_item, &LayerRow::input_shapes>("input_shapes", "of every input, weights included"),
    list<shape_item, &LayerRow::output_shapes>("output_shapes", "of every output"),
    field<&LayerRow::params>("params", "parameters", "first used here"),
    field<&LayerRow::buffers>("buffers", "elements", "first used here"),
    field<&LayerRow::macs>("macs", "MAC",
                           "null where unknown, and a lower bound where it is known in part"),
    field<&LayerRow::flops>("flops", "FLOP", "null where unknown"),
    field<&LayerRow::int_ops>("int_ops", "OP", "null where unknown"),
    field<&LayerRow::read_bytes>("read_bytes", "B", "null where a shape is unknown"),
    field<&LayerRow::write_bytes>("write_bytes", "B", "null where a shape is unknown"),
    field<&LayerRow::activations>("activations", "elements", "outputs that need new memory"),
    list<size_item>(
        "receptive_field",
        "input elements that one output element can see, by spatial dimension; null without one",
        [](const LayerRow& row) {
          return row.receptive_field != nullptr
                     ? std::optional(made<std::int64_t>(*row.receptive_field, sizes))
                     : std::nullopt;
        }),
    list<stride_item>("receptive_field_stride", "input elements between neighbours",
                      [](const LayerRow& row) {
                        const ReceptiveField* const field = row.receptive_field;
                        return field != nullptr
                                   ? std::optional(std::span(field->along.data(),
                                                             static_cast<std::size_t>(field->rank)))
                                   : std::nullopt;
                      }),
    list<start_item>(
        "receptive_field_start",
        "where that of output element 0 begins in the input, before it is cut: negative in the "
        "padding; null along a dimension of which all is seen",
        [](const LayerRow& row) {
          const ReceptiveField* const field = row.receptive_field;
          return field != nullptr ? std::optional(std::span(field->along.data(),
                                                            static_cast<std::size_t>(field->rank)))
                                  : std::nullopt;
        }),
    field("receptive_field_whole", "", "it sees the whole input",
          [](const LayerRow& row) {
            return row.receptive_field != nullptr ? std::optional(row.receptive_field->is_whole())
                                                  : std::nullopt;
          }),
};
constexpr Row<LayersAnswer> layers_rows[] = {
    sometimes(list<layer_rows>("layers", "one object for each layer, on a line of its own",
                               [](const LayersAnswer& l) {
                                 return made<LayerRow>(l, [](const LayersAnswer& of, auto emit) {
                                   for_each_row(of.analysis, of.which, [&](const LayerRow& row) {
                                     if (of.only == nullptr || row.layer == of.only) emit(row);
                                   });
                                 });
                               })),
};

constexpr Row<Factor> factor_rows[] = {
    field<&Factor::name>("name", "", "C_out, k_h, …"),
    field("value", "", "null where unknown",
          [](const Factor& f) { return f.value >= 0 ? std::optional(f.value) : std::nullopt; }),
};
constexpr Row<Term> term_rows[] = {
    field<&Term::label>("label", "", "bias, weight, …; may be empty"),
    list<factor_rows>("factors", "named factors", [](const Term& term) { return term.factors(); }),
};
struct Explained {
  std::string_view name, unit;
  Standing standing = Standing::exact;
  std::optional<std::int64_t> value;
  std::string formula, substitution;
  const ExplainedFigure* figure = nullptr;  // null for a total, whose terms are layers

  static Explained of(const ExplainedFigure& f) {
    const Checked value = f.figure.value();
    return {f.name,
            f.unit,
            f.standing,
            f.figure.known() && value.ok() ? std::optional(value.value()) : std::nullopt,
            formula_of(f.figure),
            substitution_of(f.figure),
            &f};
  }
};
constexpr Row<Explained> explained_rows[] = {
    field<&Explained::name>("name", "", "the key of the figure above"),
    field<&Explained::value>("value", "", "null where unknown"),
    field<&Explained::unit>("unit", "", "MAC, FLOP, B, …"),
    field<&Explained::standing>("standing", "", "exact, measured, modelled, reference, assumed"),
    field<&Explained::formula>("formula", "", "C_in/g · k_h · k_w · …"),
    field<&Explained::substitution>("substitution", "", "3 · 11 · 11 · …"),
    list<term_rows>("terms", "of a layer: the products whose sum is the value",
                    [](const Explained& e) {
                      return IfAny{e.figure != nullptr ? std::optional(e.figure->figure.terms())
                                                       : std::nullopt};
                    }),
    field("note", "", "of a layer: why it is zero, or unknown",
          [](const Explained& e) {
            return IfAny{e.figure != nullptr ? std::optional<std::string_view>(e.figure->note)
                                             : std::nullopt};
          }),
};
constexpr Row<ExplainAnswer> explain_rows[] = {
    sometimes(
        list<explained_rows>("explain", "with the question explain: each figure with its formula",
                             [](const ExplainAnswer& e) {
                               return made<Explained>(e, [](const ExplainAnswer& of, auto emit) {
                                 for (const auto& figure : of.figures) emit(Explained::of(figure));
                                 for (const auto& total : of.totals)
                                   emit({total.name, total.unit, Standing::exact, total.value,
                                         total.formula, total.substitution});
                               });
                             })),
};

// A network of the list, or one with its text.
struct NetworkShown {
  const BuiltIn& network;
  bool with_text = false;
};
constexpr Row<NetworkShown> network_rows[] = {
    field("name", "", "name", [](const NetworkShown& n) { return n.network.name; }),
    field("summary", "", "what it is", [](const NetworkShown& n) { return n.network.summary; }),
    field("text", "", "with show: in the network language",
          [](const NetworkShown& n) {
            return IfAny{n.with_text ? std::optional(n.network.text) : std::nullopt};
          }),
};
constexpr Row<NetworksAnswer> networks_rows[] = {
    sometimes(list<network_rows>("networks", "with the question networks: the built-in networks",
                                 [](const NetworksAnswer& answer) {
                                   return made<NetworkShown>(
                                       answer, [](const NetworksAnswer& of, auto emit) {
                                         for (const BuiltIn& network : of.networks)
                                           emit(NetworkShown{network, of.with_text});
                                       });
                                 })),
};

}  // namespace

constinit const Row<LayersAnswer> layers_field = answer<layers_rows>("", "");
constinit const Row<ExplainAnswer> explain_field = answer<explain_rows>("", "");
constinit const Row<NetworksAnswer> networks_field = answer<networks_rows>("", "");

}  // namespace reckon

// The fields of the modules that `reckon layers --depth` sums up.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/layers_answer.h"

namespace reckon {
namespace {

template <ModuleFigure figure>
constexpr auto sum = [](const ModuleSums& m) { return m.sum(figure); };

constexpr Row<std::string_view> name_item[] = {
    field("[]", "", "", [](const std::string_view& name) { return name; }),
};
constexpr Row<ModuleSums> module_rows[] = {
    field<&ModuleSums::path>("path", "", "scope, as of `layers[].module`; empty: the network"),
    field<&ModuleSums::depth>("depth", "", "parts of the path"),
    field<&ModuleSums::layers>("layers", "layers", "in it and in the modules within"),
    field("params", "parameters", "sum over those layers, as all that follow",
          sum<ModuleFigure::params>),
    field("buffers", "elements", "", sum<ModuleFigure::buffers>),
    field("macs", "MAC", "", sum<ModuleFigure::macs>),
    field("flops", "FLOP", "", sum<ModuleFigure::flops>),
    field("int_ops", "OP", "", sum<ModuleFigure::int_ops>),
    field("read_bytes", "B", "", sum<ModuleFigure::read_bytes>),
    field("write_bytes", "B", "", sum<ModuleFigure::write_bytes>),
    field("activations", "elements", "outputs that need new memory",
          sum<ModuleFigure::activations>),
    list<name_item>("lower_bounds", "those of the figures of which a part is unknown",
                    [](const ModuleSums& m) {
                      return made<std::string_view>(m, [](const ModuleSums& of, auto emit) {
                        for (std::size_t i = 0; i < std::size(module_figure_names); ++i)
                          if (of.is_lower_bound[i]) emit(std::string_view(module_figure_names[i]));
                      });
                    }),
};
constexpr Row<ModulesAnswer> modules_rows[] = {
    sometimes(list<module_rows, &ModulesAnswer::modules>(
        "modules",
        "with the question layers and `depth`: the network and its modules, in the order of their "
        "first layers, each on a line of its own")),
};

}  // namespace

constinit const Row<ModulesAnswer> modules_field = answer<modules_rows>("", "");

}  // namespace reckon

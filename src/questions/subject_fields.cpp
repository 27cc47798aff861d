// The beginning of every answer about a model.
#include "base/field_rows.h"
#include "base/version.h"
#include "questions/answer.h"
#include "questions/shape_fields.h"

namespace reckon {
namespace {

constexpr std::int64_t schema_version = 1;

struct Nobody {};
constexpr Row<Nobody> reckon_rows[] = {
    field("version", "", "version of Reckon",
          [](const Nobody&) { return std::string_view(version); }),
    field("schema", "", "version of this format; keys are added without a new one",
          [](const Nobody&) { return schema_version; }),
};

constexpr Row<Error> error_rows[] = {
    field<&Error::code>("code", "",
                        "a word for programs: not_found, io_error, not_a_model, corrupt, "
                        "invalid_graph, shape_mismatch, overflow, limit, syntax, bad_argument, "
                        "unsupported, internal"),
    field<&Error::message>("message", "", "one sentence for people"),
    field<&Error::where>("where", "", "file, line:column, node, option or JSON path; may be empty"),
};

constexpr Row<std::string> declared_item[] = {
    field("[]", "", "a number, the name of a free dimension, or \"?\"",
          [](const std::string& dim) { return std::string_view(dim); }),
};
constexpr Row<Port> port_rows[] = {
    field<&Port::name>("name", "", "name of the value"),
    field("dtype", "", "element type: float32, int64, …; unknown",
          [](const Port& port) { return port.tensor.dtype; }),
    list<dim_item>("shape", "dimensions as bound",
                   [](const Port& port) { return dims_of(port.tensor.shape); }),
    list<declared_item, &Port::declared>("declared", "dimensions as the file has them"),
};
constexpr Row<Parameter> parameter_rows[] = {
    field<&Parameter::name>("name", "", "name"),
    field<&Parameter::value>("value", "", "in this answer"),
    field<&Parameter::default_value>("default", "", "where nobody sets it"),
    field<&Parameter::min>("min", "", "smallest"),
    field<&Parameter::max>("max", "", "largest"),
};
constexpr Row<Subject> model_rows[] = {
    field("name", "", "name of the network",
          [](const Subject& s) -> auto& { return s.model.name; }),
    field("source", "", "\"built-in\", a path, or the chain as typed",
          [](const Subject& s) -> auto& { return s.model.source; }),
    field("format", "", "onnx, net", [](const Subject& s) -> auto& { return s.model.format; }),
    field("batch", "inputs", "the batch that everything below is for",
          [](const Subject& s) { return s.analysis.bound.batch; }),
    list<port_rows>("inputs", "what the network is fed",
                    [](const Subject& s) {
                      return made<Port>(s.analysis, [](const Analysis& a, auto emit) {
                        for (const Port& port : inputs_of(a)) emit(port);
                      });
                    }),
    list<port_rows>("outputs", "what it returns; the same keys as inputs",
                    [](const Subject& s) {
                      return made<Port>(s.analysis, [](const Analysis& a, auto emit) {
                        for (const Port& port : outputs_of(a)) emit(port);
                      });
                    }),
    list<parameter_rows>("parameters", "of a network in the network language: what --set moves",
                         [](const Subject& s) -> auto& { return s.model.parameters; }),
};

constexpr Row<CoverageSummary> coverage_rows[] = {
    field("complete", "", "nothing is unknown",
          [](const CoverageSummary& c) { return c.complete(); }),
    field<&CoverageSummary::nodes>("nodes", "nodes",
                                   "nodes of the graph and of the bodies of control flow"),
    field<&CoverageSummary::counted>("counted", "nodes", "their arithmetic is counted"),
    field<&CoverageSummary::free>("free", "nodes",
                                  "do none by definition: views, data movement, shape arithmetic"),
    field<&CoverageSummary::unknown>("unknown", "nodes",
                                     "nobody has a rule, or a shape depends on data"),
    values<&CoverageSummary::unknown_ops>("unknown_ops",
                                          "the operators of those, each once, with the reason"),
};

constexpr Row<Totals> work_rows[] = {
    field<&Totals::params>("params", "parameters", "learned numbers; shared ones once"),
    field<&Totals::trainable_params>("trainable_params", "parameters",
                                     "those that an optimizer moves"),
    field<&Totals::buffers>("buffers", "elements",
                            "kept but not learned: running statistics, tables"),
    field<&Totals::param_bytes>("param_bytes", "B", "of the parameters in their own types"),
    field<&Totals::buffer_bytes>("buffer_bytes", "B", "of the buffers"),
    field<&Totals::quantisation>("quantisation", "elements",
                                 "scales and zero points of quantised numbers"),
    field<&Totals::quantisation_bytes>("quantisation_bytes", "B", "of the scales and zero points"),
    field("constant_bytes", "B",
          "tensors that follow from constants alone, which a runtime computes when it loads the "
          "network and keeps; where there are any",
          [](const Totals& t) {
            return IfAny{t.constant_bytes > 0 ? std::optional(t.constant_bytes) : std::nullopt};
          }),
    field<&Totals::macs>(
        "macs", "MAC",
        "multiply-accumulates of convolutions, linear layers, matrix products, recurrent cells"),
    field<&Totals::conv_macs>("conv_macs", "MAC", "of convolutions"),
    field<&Totals::linear_macs>("linear_macs", "MAC", "of fully connected layers"),
    field<&Totals::matmul_macs>("matmul_macs", "MAC", "of matrix products of two activations"),
    field<&Totals::recurrent_macs>("recurrent_macs", "MAC", "of RNN, LSTM and GRU cells"),
    field<&Totals::flops>("flops", "FLOP",
                          "2 per floating-point MAC, and every other floating-point operation"),
    field<&Totals::int_ops>("int_ops", "OP", "integer operations; 2 per integer MAC"),
    field<&Totals::activations>("activations", "elements",
                                "the network's input and every output that needs new memory"),
    field<&Totals::peak_activations>(
        "peak_activations", "elements",
        "largest sum of inputs and outputs of one operator; where bodies "
        "run (If, Loop, Scan), the most that is alive at once"),
    field<&Totals::activation_bytes>("activation_bytes", "B", "of the activations"),
    field<&Totals::peak_activation_bytes>("peak_activation_bytes", "B", "of the peak"),
};
constexpr Row<Totals> moving_rows[] = {
    field<&Totals::conv_gemm_outputs>("conv_gemm_outputs", "elements",
                                      "outputs of convolutions, linear layers and matrix products: "
                                      "what fvcore and timm call activations"),
    field<&Totals::read_bytes>("read_bytes", "B", "read by all operators, weights included"),
    field<&Totals::write_bytes>("write_bytes", "B", "written by all operators"),
    field<&Totals::arithmetic_intensity>("arithmetic_intensity", "FLOP/B",
                                         "flops / (read_bytes + write_bytes)"),
};
constexpr Row<Subject> totals_rows[] = {
    members<work_rows>([](const Subject& s) -> auto& { return s.analysis.totals; }),
    field("peak_layer", "", "the layer of peak_activations",
          [](const Subject& s) {
            const Totals& t = s.analysis.totals;
            const auto& layers = s.analysis.layers;
            return t.peak_activations > 0 && t.peak_layer < layers.size()
                       ? std::optional(name_of(layers[t.peak_layer]))
                       : std::nullopt;
          }),
    members<moving_rows>([](const Subject& s) -> auto& { return s.analysis.totals; }),
};

constexpr Row<ConventionRow> convention_layer_rows[] = {
    field<&ConventionRow::layer>("layer", "", "as that tool names it"),
    list<dim_item>("output_shape", "dimensions",
                   [](const ConventionRow& row) { return dims_of(row.output_shape); }),
    field<&ConventionRow::params>("params", "parameters", "as that tool counts them"),
    field<&ConventionRow::macs>("macs", "MAC",
                                "that tool's mult-adds or flops; 0 where it counts none"),
};
constexpr Row<ConventionReport> convention_rows[] = {
    field<&ConventionReport::convention>("name", "", "torchsummary, torchinfo, fvcore"),
    field<&ConventionReport::difference>("difference", "", "how and why it differs from pure"),
    counts("totals", "that tool's figures, by name: counts and bytes",
           [](const ConventionReport& c) {
             return made<NamedCount>(c, [](const ConventionReport& from, auto emit) {
               for (const ConventionTotal& total : from.totals) emit({total.name, total.value});
             });
           }),
    list<convention_layer_rows, &ConventionReport::rows>("rows", "that tool's table"),
};

constexpr Row<Subject> subject_rows[] = {
    sometimes(object<model_rows>("model", "what was asked about")),
    sometimes(values("assumptions", "what had to be assumed",
                     [](const Subject& s) {
                       return made<std::string>(s, [](const Subject& of, auto emit) {
                         for (const std::string& note : of.model.notes) emit(note);
                         for (const std::string& note : of.analysis.assumptions) emit(note);
                       });
                     })),
    sometimes(object<coverage_rows>("coverage", "how much of the network has a rule",
                                    [](const Subject& s) -> auto& { return s.analysis.coverage; })),
    sometimes(field("totals_are_lower_bound", "",
                    "something is unknown: read every total as \"at least\"",
                    [](const Subject& s) { return !s.analysis.coverage.complete(); })),
    sometimes(object<totals_rows>("totals", "of the whole network, one forward pass")),
    object<convention_rows>("convention",
                            "with a convention other than pure: how another tool counts",
                            [](const Subject& s) { return IfAny{s.convention}; }),
};

}  // namespace

constinit const Field reckon_field = answer<reckon_rows>("reckon", "who answers");
constinit const Row<Error> error_field =
    answer<error_rows>("error", "instead of an answer: what went wrong; the exit status is not 0");
constinit const Row<Subject> subject_fields = answer<subject_rows>("", "");
constinit const Row<Subject> other_field =
    answer<subject_rows>("other", "with the question diff: the same of the other network");

void WholeAnswer::operator()(SeeAnswer see) const {
  const AnswerPart who{&reckon_field, &reckon_field};
  if (about_ == nullptr) return see({who, own_});
  see({who, {&subject_fields, about_}, own_});
}

}  // namespace reckon

// Stored tensors that an exporter computed of parameters.
//
// PyTorch's exporter folds what depends on no input: a weight that is turned, and also a class
// token that is expanded to the batch, [4,1,768] of [1,1,768]. The program's signature names the
// parameters, one a line, and folded_from what a tensor was computed of.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "formats/onnx/graph_reader.h"
#include "formats/onnx/metadata.h"
#include "ops/table.h"

namespace reckon {
namespace {

// A text is read in pieces that end with a line.
template <class SeeLine>
void for_each_line(WireReader& wire, Field text, SeeLine see) {
  constexpr std::uint64_t piece_bytes = WireReader::window_bytes;
  while (text.size > 0) {
    Field piece = text;
    piece.size = std::min(text.size, piece_bytes);
    std::string_view rest = wire.text(piece);
    if (rest.empty()) return;
    const bool is_last = piece.size == text.size;
    const std::size_t end = is_last ? rest.size() : rest.rfind('\n') + 1;
    if (end == 0) return;  // a line longer than any name
    rest = rest.substr(0, end);
    while (!rest.empty()) {
      const std::size_t line_end = rest.find('\n');
      see(rest.substr(0, line_end));
      rest = line_end == std::string_view::npos ? std::string_view() : rest.substr(line_end + 1);
    }
    text.at += end;
    text.size -= end;
  }
}

// Which of `tensors` some node reads as a weight, a bias or a scale: what was computed of a
// parameter is counted for it.
std::set<ValueId> read_as_parameters(const Graph& graph, const std::set<ValueId>& tensors) {
  std::set<ValueId> read;
  for (const Node& node : graph.nodes) {
    const auto inputs = graph.inputs_of(node);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!tensors.contains(inputs[i])) continue;
      const OpDef* const op = find_op(node.op_type, node.domain);
      const OperandRole role = op == nullptr ? OperandRole::data : op->role_of(static_cast<int>(i));
      const auto dims = graph.values[static_cast<std::size_t>(inputs[i])].declared().dims();
      const bool is_vector = std::ranges::count_if(dims, [](Dim d) { return d != 1; }) <= 1;
      // A class token that is joined to the others is read by what adds positions to them all.
      const bool is_carried = op != nullptr && has(op->traits, Trait::carries);
      if (role == OperandRole::weight ||
          (is_vector && (is_carried || role == OperandRole::addend || role == OperandRole::factor)))
        read.insert(inputs[i]);
    }
  }
  return read;
}

}  // namespace

void GraphReader::settle_folded_parameters() {
  if (!signature_ || folded_from_.empty()) return;
  std::map<std::string, std::set<ValueId>> made_of;  // by what may be a parameter's name
  std::set<ValueId> tensors;
  for (const auto& [id, list] : folded_from_) {
    if (at(id).stated != Stated::constant || !is_float(at(id).dtype)) continue;
    tensors.insert(id);
    for (const std::string_view name : strings_of_list(list)) made_of[std::string(name)].insert(id);
  }
  const auto read = read_as_parameters(graph_, tensors);
  for_each_line(file_.wire, *signature_, [&](std::string_view line) {
    const std::string name(parameter_of_line(line));
    const auto found = made_of.find(name);
    if (found == made_of.end() || scope_.values.find(name) != nullptr ||
        std::ranges::any_of(found->second, [&](ValueId id) { return read.contains(id); }))
      return;
    const Value& made = at(*found->second.begin());
    file_.notes.push_back("the parameter " + quoted(name) +
                          " is not in the file, and so not among the parameters: the exporter "
                          "stored what it computed of it, " +
                          quoted(made.name) + " of " + to_string(made.declared()));
    made_of.erase(found);
  });
}

}  // namespace reckon

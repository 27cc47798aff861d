// Parameters that an exporter stored once because they were equal, told apart.
//
// PyTorch's exporter stores equal tensors once: all biases of a network that was just made are one
// vector of zeros. But each node names the call in the program that it is part of, and that call
// names what it reads (pkg.torch.onnx.fx_node, metadata.h):
//
//   Add(val_13, features.0.1.bias)    of   linear(%gelu, %p_features_1_1_block_5_weight,
//                                                 %p_features_1_1_block_5_bias)
//
// Where the stored operands of a call that bear none of its names are as many as the names that
// none of its operands bears, they are these, in order; each becomes a value of its own. A bias of
// zeros is left out altogether: that is said.
#include <algorithm>
#include <map>

#include "formats/onnx/graph_reader.h"
#include "formats/onnx/metadata.h"
#include "ops/table.h"

namespace reckon {

// The nodes of one call that read stored tensors.
struct GraphReader::Call {
  std::vector<std::string> names;     // of parameters and buffers, as the program has them
  std::vector<std::uint32_t> places;  // in Graph::edges: the stored operands
  std::string_view module;
  bool has_place_for_bias = false;  // a layer that may have a bias has none
};

namespace {

constexpr std::string_view of_parameter = "p_", of_buffer = "b_";

// As torch.export names what it feeds a program with, without the prefix: letter by letter.
char program_letter(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
}

bool is_program_name(std::string_view program, std::string_view name) {
  return std::ranges::equal(program, name, {}, {}, program_letter);
}

// "%p_conv_weight" and "%b_norm_mean" in the arguments of a call, each once.
std::vector<std::string> names_in_call(std::string_view call) {
  std::vector<std::string> names;
  const std::size_t arguments = call.find("args = ");
  if (arguments == std::string_view::npos) return names;
  call = call.substr(arguments);
  constexpr std::size_t most = 64;
  for (std::size_t i = call.find('%'); i != std::string_view::npos && names.size() < most;
       i = call.find('%', i + 1)) {
    const std::string_view rest = call.substr(i + 1);
    if (!rest.starts_with(of_parameter) && !rest.starts_with(of_buffer)) continue;
    const auto ends = [](char c) {
      return c == ',' || c == ')' || c == ']' || c == '}' || c == ' ';
    };
    std::string name(rest.begin(), std::ranges::find_if(rest, ends));
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

// "layer1.0" and "layer1_0_bias" → "layer1.0.bias".
std::string name_in_module(std::string_view module, std::string_view name) {
  const std::size_t n = module.size();
  if (n == 0 || n >= name.size() || name[n] != '_' || !is_program_name(name.substr(0, n), module))
    return std::string(name);
  return std::string(module) + "." + std::string(name.substr(n + 1));
}

bool lacks_bias(const Node& node) {
  const OpDef* const op = find_op(node.op_type, node.domain);
  return node.inputs.count == 2 && op != nullptr && op->takes_bias();
}

}  // namespace

std::vector<GraphReader::Call> GraphReader::calls_with_stored() {
  std::vector<Call> calls;
  std::unordered_map<std::string, std::size_t> by_text;
  for (const auto& [id, message] : calls_) {
    const Node& node = graph_.nodes[static_cast<std::size_t>(id)];
    std::vector<std::uint32_t> places;
    for (std::uint32_t i = node.inputs.begin; i < node.inputs.begin + node.inputs.count; ++i) {
      const ValueId in = graph_.edges[i];
      if (in != none && at(in).kind == ValueKind::initializer && is_float(at(in).dtype) &&
          at(in).declared().rank() > 0)
        places.push_back(i);
    }
    if (places.empty()) continue;
    const std::string text = text_of(file_.wire, read_metadata(file_.wire, message));
    const auto [known, is_new] = by_text.emplace(text, calls.size());
    if (is_new) calls.push_back({names_in_call(text), {}, node.module, false});
    Call& call = calls[known->second];
    call.has_place_for_bias = call.has_place_for_bias || lacks_bias(node);
    call.places.insert(call.places.end(), places.begin(), places.end());
  }
  return calls;
}

void GraphReader::part_shared_parameters() {
  if (calls_.empty()) return;
  const auto bears = [&](ValueId id, std::string_view name) {
    const auto is_it = [&](std::string_view one) {
      return is_program_name(name.substr(of_parameter.size()), one);
    };
    if (is_it(at(id).name)) return true;
    const auto from = folded_from_.find(id);
    if (from == folded_from_.end()) return false;
    const auto names = strings_of_list(from->second);
    return std::any_of(names.begin(), names.end(), is_it);
  };
  std::map<std::string, ValueId> made;  // by the name in the program
  int n_left_out = 0;
  for (const Call& call : calls_with_stored()) {
    std::vector<std::uint32_t> strangers;
    for (const std::uint32_t place : call.places)
      if (std::none_of(call.names.begin(), call.names.end(),
                       [&](const std::string& name) { return bears(graph_.edges[place], name); }))
        strangers.push_back(place);
    std::vector<std::string> absent;
    for (const std::string& name : call.names)
      if (std::none_of(call.places.begin(), call.places.end(),
                       [&](std::uint32_t place) { return bears(graph_.edges[place], name); }))
        absent.push_back(name);
    if (strangers.empty() && absent.size() == 1 && call.has_place_for_bias) ++n_left_out;
    if (strangers.empty() || strangers.size() != absent.size()) continue;
    for (std::size_t i = 0; i < strangers.size(); ++i) {
      const auto [known, is_new] = made.emplace(absent[i], none);
      if (is_new) {
        const Value stored = at(graph_.edges[strangers[i]]);
        known->second =
            graph_.add_value(name_in_module(call.module, absent[i].substr(of_parameter.size())),
                             stored.kind, stored.dtype, stored.declared());
        at(known->second).constant = stored.constant;
        at(known->second).stated =
            absent[i].starts_with(of_parameter) ? Stated::parameter : Stated::buffer;
      }
      graph_.edges[strangers[i]] = known->second;
    }
  }
  if (!made.empty())
    file_.notes.push_back(std::to_string(made.size()) +
                          " tensors that the exporter stored once because they were equal are "
                          "counted apart, as the calls that it names read them");
  if (n_left_out > 0)
    file_.notes.push_back(std::to_string(n_left_out) + (n_left_out == 1 ? " bias" : " biases") +
                          " that the exporter left out, as zeros, are not in the file, and so not "
                          "among the parameters");
}

}  // namespace reckon

// Metadata of a node or a value (metadata_props): one entry, and what entries of values say.
//
// PyTorch's exporter (torch.onnx.export(dynamo=True)) writes what a stored tensor was in the
// program: pkg.torch.export.graph_signature.InputSpec.kind = PARAMETER, BUFFER, CONSTANT_TENSOR;
// what a tensor was computed of before the export: pkg.onnxscript.optimizer.folded_from; of a node,
// the call in the program that it is part of (pkg.torch.onnx.fx_node), with the parameters and
// buffers that the call reads; and the rule that rewrote it (pkg.onnxscript.rewriter.rule_name). Of
// the graph: the signature of the program (pkg.torch.export.ExportedProgram.graph_signature).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace reckon {

enum class MetadataKey : std::uint8_t {
  other,
  name_scopes,
  name_space,
  call,  // fx_node
  rule,  // rule_name
  kind,  // InputSpec.kind
  folded_from,
  signature,  // of a graph: what feeds the program, ExportedProgram.graph_signature
  location,   // of a tensor's elements in another file, with their offset and length in bytes
  offset,
  length,
};
// Keys are compared where they lie, and what stands behind others (stack traces) is not read.
struct MetadataEntry {
  MetadataKey key = MetadataKey::other;
  Field value;  // bytes
};
MetadataEntry read_metadata(WireReader& wire, Message message);
// Empty where it is longer than a window.
std::string text_of(WireReader& wire, const MetadataEntry& entry);

// The elements of a Python list of strings, as it is printed: ['a', "b'c"].
std::vector<std::string_view> strings_of_list(std::string_view list);

// The kind of tensor that a value of InputSpec.kind tells of; `nothing` where it tells of none.
Stated stated_by(std::string_view kind);

// The target of a line of a signature, "p_conv_weight: PARAMETER target='conv.weight'"; empty where
// it is another one's.
std::string_view parameter_of_line(std::string_view line);

// Of a node that scaled_dot_product_attention was written out as, the share that it drops out of
// its softmax, which has no node: the fifth argument of the call, or dropout_p. 0 elsewhere.
//   pkg.torch.onnx.fx_node: "… call_function[target=torch.ops.aten.scaled_dot_product_attention
//   .default](args = (%q, %k, %v, %mask, 0.1), kwargs = {scale: 0.125})"
double dropout_of_attention(std::string_view call);

}  // namespace reckon

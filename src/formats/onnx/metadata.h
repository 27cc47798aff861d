// Metadata of a node or a value (metadata_props): one entry, and what entries of values say.
//
// PyTorch's exporter (torch.onnx.export(dynamo=True)) writes what a stored tensor was in the
// program: pkg.torch.export.graph_signature.InputSpec.kind = PARAMETER, BUFFER, CONSTANT_TENSOR;
// what a tensor was computed of before the export: pkg.onnxscript.optimizer.folded_from; of a node,
// the call in the program that it is part of (pkg.torch.onnx.fx_node), with the parameters and
// buffers that the call reads; and the rule that rewrote it (pkg.onnxscript.rewriter.rule_name).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace reckon {

struct MetadataEntry {
  std::string key, value;
};
MetadataEntry read_metadata(WireReader& wire, Message message);

// The elements of a Python list of strings, as it is printed: ['a', "b'c"].
std::vector<std::string_view> strings_of_list(std::string_view list);

// The kind of value that the entry tells of; `nothing` where it is about something else.
Stated stated_by(const MetadataEntry& entry);

// Of a node that scaled_dot_product_attention was written out as, the share that it drops out of
// its softmax, which has no node: the fifth argument of the call, or dropout_p. 0 elsewhere.
//   pkg.torch.onnx.fx_node: "… call_function[target=torch.ops.aten.scaled_dot_product_attention
//   .default](args = (%q, %k, %v, %mask, 0.1), kwargs = {scale: 0.125})"
double dropout_of_attention(const MetadataEntry& entry);

}  // namespace reckon

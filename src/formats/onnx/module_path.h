// The module of a node, recovered from what exporters leave behind. A module path is dotted, as
// PyTorch's named_modules() spells it: "inception3a.branch2.0.conv". Empty when there is none.
#pragma once

#include <string>
#include <string_view>

namespace reckon {

// From a node's name. The name is split at '/', the last segment is the operator and is dropped,
// and empty segments are ignored. A segment that continues the one before it with a '.' replaces
// it, because PyTorch's exporter repeats the parent in the names of a Sequential's children:
//   "/inception3a/branch2/branch2.0/conv/Conv" -> "inception3a.branch2.0.conv"
//   "/layer1/layer1.0/relu/Relu_1"             -> "layer1.0.relu"
//   "model/block1/Conv2D" (TensorFlow)         -> "model.block1"
//   "Conv_12" (PaddlePaddle, older PyTorch)    -> ""
std::string module_from_node_name(std::string_view node_name);

// From the node metadata of torch.onnx.export(dynamo=True). The last element is the node itself.
//   pkg.torch.onnx.name_scopes: "['', 'features', 'features.0', 'conv2d']"  -> "features.0"
//   namespace: ": m.AlexNet/features: nn.Sequential/features.0: nn.Conv2d/conv2d: aten.conv2d"
//                                                                            -> "features.0"
std::string module_from_name_scopes(std::string_view list);
std::string module_from_namespace(std::string_view path);

// "a" and "b" -> "a.b"; either may be empty.
std::string join_modules(std::string_view outer, std::string_view inner);

}  // namespace reckon

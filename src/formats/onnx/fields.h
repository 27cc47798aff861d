// Field numbers of onnx.proto (IR version 13). Source:
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
#pragma once

// clang-format off: one number beside the other, as in the source

#include <cstdint>

namespace reckon::onnx {

namespace model {
enum : std::uint32_t {
  ir_version = 1, producer_name = 2, producer_version = 3, domain = 4, model_version = 5,
  doc_string = 6, graph = 7, opset_import = 8, metadata_props = 14, training_info = 20,
  functions = 25,
};
}
namespace opset {
enum : std::uint32_t { domain = 1, version = 2 };
}
namespace graph {
enum : std::uint32_t {
  node = 1, name = 2, initializer = 5, doc_string = 10, input = 11, output = 12, value_info = 13,
  sparse_initializer = 15, metadata_props = 16,
};
}
namespace node {
enum : std::uint32_t {
  input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7, overload = 8,
  metadata_props = 9,
};
}
namespace attribute {
enum : std::uint32_t {
  name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, floats = 7, ints = 8, strings = 9, tensors = 10,
  graphs = 11, type = 20, ref_attr_name = 21, sparse_tensor = 22,
};
}
namespace attribute_type {
enum : std::uint64_t {
  undefined = 0, float_ = 1, int_ = 2, string = 3, tensor = 4, graph = 5, floats = 6, ints = 7,
  strings = 8, sparse_tensor = 11,
};
}
namespace tensor {
enum : std::uint32_t {
  dims = 1, data_type = 2, float_data = 4, int32_data = 5, string_data = 6, int64_data = 7,
  name = 8, raw_data = 9, double_data = 10, uint64_data = 11, external_data = 13,
  data_location = 14,
};
}
namespace sparse_tensor {
enum : std::uint32_t { values = 1, indices = 2, dims = 3 };
}
namespace value_info {
enum : std::uint32_t { name = 1, type = 2, metadata_props = 4 };
}
namespace type {
enum : std::uint32_t { tensor_type = 1, sparse_tensor_type = 8 };
}
namespace tensor_type {
enum : std::uint32_t { elem_type = 1, shape = 2 };
}
namespace tensor_shape {
enum : std::uint32_t { dim = 1 };
}
namespace dimension {
enum : std::uint32_t { dim_value = 1, dim_param = 2 };
}
namespace entry {
enum : std::uint32_t { key = 1, value = 2 };
}
namespace function {
enum : std::uint32_t {
  name = 1, input = 4, output = 5, attribute = 6, node = 7, opset_import = 9, domain = 10,
  attribute_proto = 11, overload = 13,
};
}

}  // namespace reckon::onnx

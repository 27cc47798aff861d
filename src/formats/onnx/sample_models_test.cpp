#include "formats/onnx/sample_models_test.h"

#include "formats/onnx/proto_writer_test.h"

namespace reckon::test {
namespace {

using namespace std::string_literals;

const Proto x_info = value_info("x", 1, {"N", 3, 8, 8});
const Proto y_info = value_info("y", 1, {});

std::string with_nodes(const std::vector<Proto>& nodes,
                       const std::vector<Proto>& initializers = {}) {
  return model(graph(nodes, initializers, {x_info}, {Proto().str(1, "y")}));
}

// f0 calls f1 twice, f1 calls f2 twice, …: 2^depth nodes in the end.
std::string doubling_functions(int depth) {
  std::vector<Proto> functions;
  for (int i = 0; i < depth; ++i) {
    const std::string callee = i + 1 < depth ? "f" + std::to_string(i + 1) : "Relu";
    const std::string domain = i + 1 < depth ? "local" : "";
    std::vector<Proto> nodes;
    for (int k = 0; k < 10; ++k)
      nodes.push_back(node(callee, {k == 0 ? "a" : "t" + std::to_string(k - 1)},
                           {k == 9 ? "b" : "t" + std::to_string(k)}, {}, {}, domain));
    functions.push_back(function("f" + std::to_string(i), "local", {"a"}, {"b"}, nodes));
  }
  return model(graph({node("f0", {"x"}, {"y"}, "call", {}, "local")}, {}, {x_info}, {y_info}),
               functions);
}

// If in If in If …
Proto nested_bodies(int depth) {
  Proto g = graph({node("Relu", {"x"}, {"r"})}, {}, {}, {Proto().str(1, "r")});
  for (int i = 0; i < depth; ++i)
    g = graph({node("If", {"c"}, {"r"}, {}, {attr_graph("then_branch", g)})}, {}, {},
              {Proto().str(1, "r")});
  return g;
}

std::string nested_model(int depth) {
  return model(
      graph({node("If", {"c"}, {"y"}, {}, {attr_graph("then_branch", nested_bodies(depth))})}, {},
            {x_info, value_info("c", 9, {})}, {y_info}));
}

std::string nested_groups(int depth) {
  Proto p = Proto().num(1, 8).str(2, "p");
  for (int i = 0; i < depth; ++i) p.tag(99, 3);
  for (int i = 0; i < depth; ++i) p.tag(99, 4);
  return p.bytes + with_nodes({node("Relu", {"x"}, {"y"})});
}

}  // namespace

std::vector<Sample> valid_models() {
  const Proto w = tensor("w", 1, {4, 3, 3, 3});
  const Proto conv = node("Conv", {"x", "w"}, {"t"}, "/block/block.0/Conv",
                          {attr_ints("kernel_shape", {3, 3}), attr_int("group", 1)});
  const Proto reshape_to = tensor("s", 7, {2}, little_endian<std::int64_t>({0, -1}));
  const Proto relu_body = graph({node("Relu", {"x"}, {"r"})}, {}, {}, {Proto().str(1, "r")});
  const Proto neg_body = graph({node("Neg", {"x"}, {"r"})}, {}, {}, {Proto().str(1, "r")});
  return {
      {"relu", with_nodes({node("Relu", {"x"}, {"y"})})},
      {"conv", with_nodes({conv, node("Relu", {"t"}, {"y"}, "/block/block.1/Relu")}, {w})},
      {"reshape", with_nodes({node("Reshape", {"x", "s"}, {"y"})}, {reshape_to})},
      {"old_ir", model(graph({node("Conv", {"x", "w"}, {"y"})}, {w},
                             {x_info, value_info("w", 1, {4, 3, 3, 3})}, {y_info}))},
      {"if", model(graph({node("If", {"c"}, {"y"}, "choose",
                               {attr_graph("then_branch", relu_body),
                                attr_graph("else_branch", neg_body)})},
                         {}, {x_info, value_info("c", 9, {})}, {y_info}))},
      {"function", doubling_functions(2)},
      {"nested", nested_model(10)},
      {"nested_groups", nested_groups(60)},
      {"huge_dimensions",
       model(graph({node("Relu", {"x"}, {"y"})}, {},
                   {value_info("x", 1, {INT64_MAX, INT64_MAX, INT64_MAX})}, {y_info}))},
      {"unknown_operator", with_nodes({node("Frobnicate", {"x"}, {"y"}, {}, {}, "com.example")})},
      {"unsorted", with_nodes({node("Relu", {"t"}, {"y"}), node("Neg", {"x"}, {"t"})})},
  };
}

std::vector<Hostile> hostile_models() {
  using enum ErrorCode;
  const std::string conv = valid_models()[1].bytes;
  const Proto w = tensor("w", 1, {4, 3, 3, 3});
  const Proto relu = node("Relu", {"x"}, {"y"});
  const std::vector<DimText> rank_13(13, DimText(1));
  return {
      {"empty", "", not_a_model, "the file is empty", ""},
      {"png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, not_a_model, "a PNG image", ""},
      {"text", "hello, this is a shopping list\n", not_a_model, "a text file", ""},
      {"json", "{\"layers\": []}\n", not_a_model, "a JSON file", ""},
      {"html", "<!DOCTYPE html><html>", not_a_model, "a web page", ""},
      {"elf",
       "\x7f"
       "ELF\2\1\1\0\0\0"s,
       not_a_model, "ELF", ""},
      {"zip", "PK\3\4\0\0\0\0archive/data.pkl"s, not_a_model, "a ZIP archive", ""},
      {"hdf5", "\x89HDF\r\n\x1a\n\0\0"s, not_a_model, "an HDF5 file", ""},
      {"tflite", "\x1c\0\0\0TFL3\x14\0"s, not_a_model, "a TensorFlow Lite model", ""},
      {"gguf", "GGUF\3\0\0\0"s, not_a_model, "a GGUF file", ""},
      {"safetensors", "\x02\0\0\0\0\0\0\0{}\0"s, not_a_model, "a safetensors file", ""},
      {"pickle", "\x80\x02}q\0."s, not_a_model, "a Python pickle", ""},
      {"gzip", "\x1f\x8b\x08\0"s, not_a_model, "gzip", ""},
      {"lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", not_a_model,
       "Git LFS pointer", ""},
      {"zeros", std::string(64, '\0'), not_a_model, "zeros only", ""},
      {"noise", "\xc8\x91\x03\xff\x11\xee\x42\xb7\x0a\x99"s, not_a_model, "no ONNX model", ""},
      {"tensor", tensor("w", 1, {2, 2}, std::string(16, 'x')).bytes, not_a_model, "a single tensor",
       ""},
      {"saved_model", Proto().num(1, 1).msg(2, Proto().msg(1, Proto().str(1, "v"))).bytes,
       not_a_model, "TensorFlow SavedModel", ""},
      {"no_graph", Proto().num(1, 8).msg(8, opset_import("", 17)).bytes, corrupt,
       "the file ends before its graph", ""},
      {"cut_off", conv.substr(0, conv.size() / 2), corrupt, "cut off", "byte "},
      // A graph that claims 4 GiB; the length in an inner message; a length of 2^64 - 1.
      {"long_graph", Proto().num(1, 8).tag(7, 2).varint(0xffffffffU).raw("abc").bytes, corrupt,
       "claims 4294967295 bytes where 3 are left", "byte "},
      {"long_node", model(Proto().tag(1, 2).varint(0xffffffffU)), corrupt,
       "claims 4294967295 bytes", "in graph"},
      {"endless_length",
       model(
           graph({Proto().tag(1, 2).raw("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")}, {}, {}, {})),
       corrupt, "claims 18446744073709551615 bytes", "graph.node"},
      {"long_varint", model(Proto().raw("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
       corrupt, "longer than 10 bytes", "in graph"},
      {"wrong_wire", model(Proto().num(1, 5)), corrupt, "stored as varint, expected bytes",
       "in graph"},
      {"field_zero", model(Proto().raw("\x02\x01x")), corrupt, "no field starts", "in graph"},
      {"deep_groups", nested_groups(70), limit, "nested more than 64", "byte "},
      {"deep_bodies", nested_model(70), limit, "nested more than 64", "byte "},
      {"cycle",
       with_nodes({node("Add", {"x", "b"}, {"a"}, "first"), node("Relu", {"a"}, {"b"}, "second"),
                   node("Neg", {"b"}, {"y"})}),
       invalid_graph, "cycle", "node 'first'"},
      {"made_twice", with_nodes({relu, node("Neg", {"x"}, {"y"}, "again")}), invalid_graph,
       "'y' is made twice", "node 'again'"},
      {"initialized_twice", with_nodes({relu}, {w, w}), invalid_graph, "'w' is initialized twice",
       "initializer"},
      {"initialized_and_made", with_nodes({relu}, {tensor("y", 1, {1})}), invalid_graph,
       "'y' is initialized and made by a node", "initializer"},
      {"input_twice", model(graph({relu}, {}, {x_info, x_info}, {y_info})), invalid_graph,
       "'x' is listed twice", "graph input"},
      {"input_made", with_nodes({relu, node("Neg", {"y"}, {"x"})}), invalid_graph,
       "'x' is made by a node", "graph input"},
      {"missing",
       with_nodes({node("Conv", {"x", "weigth"}, {"y"}, "c1")},
                  {tensor("weight", 1, {4, 3, 3, 3})}),
       invalid_graph, "'weigth', did you mean weight?", "node 'c1' (Conv)"},
      {"missing_output", model(graph({relu}, {}, {x_info}, {value_info("z", 1, {})})),
       invalid_graph, "nobody makes the value 'z'", "graph outputs"},
      {"negative_dimension", with_nodes({relu}, {tensor("w", 1, {4, -3})}), invalid_graph,
       "a dimension of -3 elements", "graph.initializer"},
      {"negative_input_dimension", model(graph({relu}, {}, {value_info("x", 1, {-7})}, {y_info})),
       invalid_graph, "a dimension is -7", "shape.dim"},
      {"rank_13", model(graph({relu}, {}, {value_info("x", 1, rank_13)}, {y_info})), limit,
       "more than 12 dimensions", "type.shape"},
      {"overflowing_tensor", with_nodes({relu}, {tensor("w", 1, {INT64_MAX, INT64_MAX}, "1234")}),
       corrupt, "holds 4 bytes", "tensor 'w'"},
      {"short_tensor", with_nodes({relu}, {tensor("w", 7, {2}, "12345678")}), corrupt,
       "holds 8 bytes", "tensor 'w'"},
      {"element_type", with_nodes({relu}, {tensor("w", 999, {2})}), unsupported, "element type 999",
       "graph.initializer"},
      {"long_name", with_nodes({node("Relu", {"x"}, {std::string(70000, 'n')})}), limit,
       "a name of 70000 bytes", "byte "},
      {"no_operator", with_nodes({Proto().str(1, "x").str(2, "y")}), corrupt, "has no operator",
       "node"},
      {"exponential_functions", doubling_functions(10), limit, "expand to more than 200000 nodes",
       "function 'f"},
      {"recursive_function",
       model(graph({node("f", {"x"}, {"y"}, "call", {}, "local")}, {}, {x_info}, {y_info}),
             {function("f", "local", {"a"}, {"b"}, {node("f", {"a"}, {"b"}, {}, {}, "local")})}),
       invalid_graph, "calls itself", "function 'f'"},
      {"function_twice",
       model(graph({relu}, {}, {x_info}, {y_info}),
             {function("f", "local", {"a"}, {"b"}, {}), function("f", "local", {"a"}, {"b"}, {})}),
       invalid_graph, "'f' is defined twice", "function 'f'"},
      {"function_without_body",
       model(graph({node("f", {"x"}, {"y"}, "call", {}, "local")}, {}, {x_info}, {y_info}),
             {function("f", "local", {"a"}, {"b"}, {node("Relu", {"c"}, {"b"})})}),
       invalid_graph, "nobody makes the value 'call/c'", "call/Relu"},
      {"attribute_twice",
       with_nodes({node("Conv", {"x", "w"}, {"y"}, "c1",
                        {attr_ints("strides", {1, 1}), attr_int("group", 1),
                         attr_ints("strides", {2, 2})})},
                  {w}),
       invalid_graph, "'strides' is given twice", "node 'c1' (Conv)"},
      {"attribute_of_call_twice",
       model(graph({node("f", {"x"}, {"y"}, "call", {attr_int("k", 1), attr_int("k", 2)}, "local")},
                   {}, {x_info}, {y_info}),
             {function("f", "local", {"a"}, {"b"}, {node("Relu", {"a"}, {"b"})}, {"k"})}),
       invalid_graph, "'k' is given twice", "node 'call' (f)"},
      {"body_twice",
       with_nodes({node("If", {"x"}, {"y"}, "either",
                        {attr_graph("then_branch", graph({}, {}, {}, {y_info}))
                             .msg(6, graph({}, {}, {}, {y_info}))})}),
       corrupt, "has its g twice", "byte "},
      {"second_graph",
       model(graph({relu}, {}, {x_info}, {y_info})) +
           Proto().msg(7, graph({relu}, {}, {x_info}, {y_info})).bytes,
       invalid_graph, "holds a second graph", "byte "},
  };
}

}  // namespace reckon::test

// What the reader makes of good files. Every expectation follows from the bytes that the test
// itself writes.
#include "formats/onnx/onnx.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <span>

#include "formats/onnx/proto_writer_test.h"
#include "formats/onnx/sample_models_test.h"

namespace reckon {
namespace {

using namespace test;
using namespace std::string_literals;

Model open(const std::string& bytes) {
  const auto source = memory_source(std::as_bytes(std::span(bytes)), "dir/net.onnx");
  auto model = onnx_open(*source);
  EXPECT_TRUE(model.has_value()) << model.error().message << " at " << model.error().where;
  return model ? *std::move(model) : Model{.graph = std::make_unique<Graph>()};
}

const Value& value(const Graph& graph, std::string_view name) {
  static const Value nothing = Value();
  for (const Value& v : graph.values)
    if (v.name == name) return v;
  ADD_FAILURE() << "no value " << name;
  return nothing;
}

const Constant* constant(const Graph& graph, std::string_view name) {
  const auto index = value(graph, name).constant;
  return index == none ? nullptr : &graph.constants[static_cast<std::size_t>(index)];
}

// A Relu from x to y, and whatever initializers.
Model with(const std::vector<Proto>& initializers) {
  return open(model(graph({node("Relu", {"x"}, {"y"})}, initializers, {value_info("x", 1, {1})},
                          {value_info("y", 1, {1})})));
}

TEST(Onnx, EveryValidSampleOpens) {
  for (const Sample& sample : valid_models()) {
    SCOPED_TRACE(sample.name);
    const Model m = open(sample.bytes);
    EXPECT_FALSE(m.graph->nodes.empty());
    EXPECT_EQ(m.format, "onnx");
    EXPECT_EQ(m.name, "net");
  }
}

// Two int64 numbers, 2 and 3, behind eight other bytes: the shape of a Reshape.
TEST(Onnx, ReadsASmallTensorFromTheFileThatHoldsIt) {
  namespace fs = std::filesystem;
  const fs::path top = fs::path(testing::TempDir()) / "external_data_test", folder = top / "model";
  fs::remove_all(top);
  fs::create_directories(folder / "weights");
  const std::string numbers = "12345678"s + little_endian<std::int64_t>({2, 3});
  const auto write = [](const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  };
  write(folder / "data.bin", numbers);
  write(folder / "weights" / "data.bin", numbers);
  write(folder / "short.bin", numbers.substr(0, 23));
  write(top / "outside.bin", numbers);
  fs::create_symlink("../outside.bin", folder / "link.bin");
  const auto elements = [&](const std::string& location, const std::string& offset) {
    Proto shape = Proto().num(1, 2).num(2, 7).str(8, "shape").num(14, 1);
    shape.msg(13, Proto().str(1, "location").str(2, location));
    shape.msg(13, Proto().str(1, "offset").str(2, offset));
    shape.msg(13, Proto().str(1, "length").str(2, "16"));
    write(folder / "net.onnx",
          model(graph({node("Reshape", {"x", "shape"}, {"y"})}, {shape}, {value_info("x", 1, {6})},
                      {value_info("y", 1, {2, 3})})));
    const auto file = open_file((folder / "net.onnx").string());
    const auto m = onnx_open(**file);
    EXPECT_TRUE(m.has_value());
    const Constant* const c = m ? constant(*m->graph, "shape") : nullptr;
    return c == nullptr ? std::vector<std::int64_t>() : c->ints;
  };
  const std::vector<std::int64_t> two_three = {2, 3}, nothing;
  EXPECT_EQ(elements("data.bin", "8"), two_three);
  EXPECT_EQ(elements("weights/data.bin", "8"), two_three);
  // Not there, too short, another place, and whatever leads out of the folder.
  EXPECT_EQ(elements("absent.bin", "8"), nothing);
  EXPECT_EQ(elements("short.bin", "8"), nothing);
  EXPECT_EQ(elements("data.bin", "9"), nothing);
  EXPECT_EQ(elements("data.bin", "-1"), nothing);
  EXPECT_EQ(elements("data.bin", "9223372036854775807"), nothing);
  EXPECT_EQ(elements("../outside.bin", "8"), nothing);
  EXPECT_EQ(elements("link.bin", "8"), nothing);
  EXPECT_EQ(elements((top / "outside.bin").string(), "8"), nothing);
  EXPECT_EQ(elements("weights", "8"), nothing);
  EXPECT_EQ(elements("", "8"), nothing);
  fs::remove_all(top);
}

TEST(Onnx, ReadsNodesValuesAndDimensions) {
  const Model m = open(model(
      graph({node("Conv", {"x", "w", ""}, {"t"}, "/features/features.0/Conv",
                  {attr_ints("pads", {1, 2, 3, 4}), attr_int("group", 3),
                   Proto().str(1, "alpha").flt(2, 0.5F).num(20, 1),
                   Proto().str(1, "mode").str(4, "same").num(20, 3),
                   Proto().str(1, "nothing").num(20, 7)}),
             node("Relu", {"t"}, {"y"})},
            {tensor("w", 1, {6, 1, 3, 3})}, {value_info("x", 1, {"N", 3, -1, 8})},
            {value_info("y", 1, {"N", 6, "unk__7", 8})}, {value_info("t", 1, {"N", 6, 7, 8})})));
  const Graph& g = *m.graph;
  ASSERT_EQ(g.nodes.size(), 2U);
  const Node& conv = g.nodes[0];
  EXPECT_EQ(conv.op_type, "Conv");
  EXPECT_NE(conv.op, nullptr);
  EXPECT_EQ(conv.opset, 17);
  EXPECT_EQ(conv.module, "features.0");
  EXPECT_EQ(g.nodes[1].name, "Relu_1");
  ASSERT_EQ(g.inputs_of(conv).size(), 3U);
  EXPECT_EQ(g.inputs_of(conv)[2], none);
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(g.find_attr(conv, "pads")->value),
            (Ints{1, 2, 3, 4}));
  EXPECT_EQ(std::get<std::int64_t>(g.find_attr(conv, "group")->value), 3);
  EXPECT_EQ(std::get<double>(g.find_attr(conv, "alpha")->value), 0.5);
  EXPECT_EQ(std::get<std::string_view>(g.find_attr(conv, "mode")->value), "same");
  EXPECT_TRUE(std::get<std::vector<std::int64_t>>(g.find_attr(conv, "nothing")->value).empty());
  ASSERT_EQ(g.inputs.size(), 1U);
  const Shape& x = value(g, "x").declared();
  ASSERT_EQ(x.rank(), 4);
  EXPECT_EQ(g.dim_name(x[0]), "N");
  EXPECT_EQ(g.dim_name(x[2]), "x[2]");  // without a name of its own: called after its place
  EXPECT_EQ(value(g, "w").kind, ValueKind::initializer);
  EXPECT_EQ(value(g, "w").declared(), (Shape{6, 1, 3, 3}));
  EXPECT_EQ(value(g, "t").declared(), (Shape{x[0], 6, 7, 8}));
  // A name that no input brings in is nothing that a caller may choose.
  EXPECT_EQ(value(g, "y").declared(), (Shape{x[0], 6, unknown_dim, 8}));
  EXPECT_EQ(g.dim_names.size(), 2U);
}

TEST(Onnx, InitializersThatAreInputsToo) {
  const Model m = open(valid_models()[3].bytes);
  EXPECT_EQ(m.graph->inputs.size(), 1U);
  EXPECT_EQ(value(*m.graph, "w").kind, ValueKind::initializer);
}

TEST(Onnx, KeepsElementsOfSmallTensors) {
  const Proto packed = Proto().packed(1, {3}).num(2, 7).packed(7, {1, -2, 3}).str(8, "packed");
  const Proto unpacked = Proto().num(1, 2).num(2, 6).num(5, -5).num(5, 6).str(8, "unpacked");
  const Proto floats = Proto().num(1, 2).num(2, 1).flt(4, 1.5F).flt(4, -2.0F).str(8, "floats");
  const Proto halves =  // 1.0 and -2.0 in half precision
      Proto().num(1, 2).num(2, 10).packed(5, {0x3c00, 0xc000}).str(8, "halves");
  const Model m =
      with({packed, unpacked, floats, halves,
            tensor("raw", 7, {2}, little_endian<std::int64_t>({-1, INT64_MIN})),
            tensor("scalar", 1, {}, little_endian<float>({0.25F})),
            tensor("bytes", 3, {3}, "\x01\xff\x80"s), tensor("nibbles", 22, {3}, "\xf1\x07"s),
            tensor("bools", 9, {2}, "\x01\x00"s), tensor("none", 7, {2}), tensor("empty", 7, {0})});
  const Graph& g = *m.graph;
  EXPECT_EQ(constant(g, "packed")->ints, (Ints{1, -2, 3}));
  EXPECT_EQ(constant(g, "unpacked")->ints, (Ints{-5, 6}));
  EXPECT_EQ(constant(g, "floats")->floats, (std::vector<double>{1.5, -2}));
  EXPECT_EQ(constant(g, "halves")->floats, (std::vector<double>{1, -2}));
  // INT64_MIN marks an unknown element.
  EXPECT_EQ(constant(g, "raw")->ints, (Ints{-1, INT64_MIN + 1}));
  EXPECT_EQ(constant(g, "scalar")->floats, (std::vector<double>{0.25}));
  EXPECT_EQ(constant(g, "scalar")->shape, Shape(std::initializer_list<Dim>{}));
  EXPECT_EQ(constant(g, "bytes")->ints, (Ints{1, -1, -128}));
  EXPECT_EQ(constant(g, "nibbles")->ints, (Ints{1, -1, 7}));
  EXPECT_EQ(constant(g, "bools")->ints, (Ints{1, 0}));
  EXPECT_EQ(constant(g, "none"), nullptr);
}

TEST(Onnx, ATensorOfNoElementsIsKnown) {
  const Model m = with({tensor("empty", 7, {0})});
  ASSERT_NE(constant(*m.graph, "empty"), nullptr);
  EXPECT_TRUE(constant(*m.graph, "empty")->ints.empty());
}

TEST(Onnx, ExternalDataIsNotOpened) {
  const Proto external =
      tensor("e", 7, {2}).msg(13, Proto().str(1, "location").str(2, "/etc/passwd")).num(14, 1);
  const Model m = with({external});
  EXPECT_EQ(value(*m.graph, "e").declared(), Shape{2});
  EXPECT_EQ(constant(*m.graph, "e"), nullptr);
}

TEST(Onnx, BodiesCaptureThroughLevels) {
  // outer x -> If { If { Relu(x) } }
  const Proto inner = graph({node("Relu", {"x"}, {"r"})}, {}, {}, {Proto().str(1, "r")});
  const Proto middle = graph({node("If", {"c"}, {"r"}, {}, {attr_graph("then_branch", inner)})}, {},
                             {}, {Proto().str(1, "r")});
  const Model m = open(
      model(graph({node("If", {"c"}, {"y"}, {}, {attr_graph("then_branch", middle)})}, {},
                  {value_info("x", 1, {2}), value_info("c", 9, {})}, {value_info("y", 1, {2})})));
  const auto body = [](const Graph& g) -> const Graph& {
    const auto ref = std::get<BodyRef>(g.find_attr(g.nodes[0], "then_branch")->value);
    return *g.bodies[static_cast<std::size_t>(ref.index)];
  };
  const Graph& first = body(*m.graph);
  const Graph& second = body(first);
  const Value& in_second = value(second, "x");
  EXPECT_EQ(in_second.kind, ValueKind::captured);
  const Value& in_first = first.values[static_cast<std::size_t>(in_second.outer)];
  EXPECT_EQ(in_first.name, "x");
  EXPECT_EQ(in_first.kind, ValueKind::captured);
  const Value& at_home = m.graph->values[static_cast<std::size_t>(in_first.outer)];
  EXPECT_EQ(at_home.name, "x");
  EXPECT_EQ(at_home.kind, ValueKind::input);
  EXPECT_NE(second.nodes[0].op, nullptr);
}

TEST(Onnx, FunctionsAreInlined) {
  // f(a; alpha = 0.25 by default, axis) = Relu(LeakyRelu(a, alpha), axis)
  const Proto f =
      function("f", "local", {"a", "unused"}, {"b"},
               {node("LeakyRelu", {"a"}, {"t"}, "leaky", {attr_ref("alpha", "slope", 1)}),
                node("Relu", {"t"}, {"b"}, "relu", {attr_ref("axis", "axis", 2)})},
               {"axis"}, {Proto().str(1, "slope").flt(2, 0.25F).num(20, 1)});
  const Model m = open(model(
      graph({node("f", {"x"}, {"t"}, "/enc/act", {}, "local"),
             node("f", {"t"}, {"y"}, {},
                  {Proto().str(1, "slope").flt(2, 0.5F).num(20, 1), attr_int("axis", 7)}, "local")},
            {}, {value_info("x", 1, {2})}, {value_info("y", 1, {2})}),
      {f}));
  const Graph& g = *m.graph;
  ASSERT_EQ(g.nodes.size(), 4U);
  EXPECT_EQ(g.nodes[0].name, "/enc/act/leaky");
  EXPECT_EQ(g.nodes[0].module, "enc.act");
  EXPECT_EQ(g.nodes[0].opset, 17);
  EXPECT_EQ(std::get<double>(g.find_attr(g.nodes[0], "alpha")->value), 0.25);
  EXPECT_EQ(g.find_attr(g.nodes[1], "axis"), nullptr);
  EXPECT_EQ(std::get<double>(g.find_attr(g.nodes[2], "alpha")->value), 0.5);
  EXPECT_EQ(std::get<std::int64_t>(g.find_attr(g.nodes[3], "axis")->value), 7);
  // x -> [leaky -> relu] -> t -> [leaky -> relu] -> y
  EXPECT_EQ(g.inputs_of(g.nodes[0])[0], g.inputs[0]);
  EXPECT_EQ(g.inputs_of(g.nodes[2])[0], g.outputs_of(g.nodes[1])[0]);
  EXPECT_EQ(g.outputs_of(g.nodes[3])[0], g.outputs[0]);
}

TEST(Onnx, AFunctionThatReturnsItsInput) {
  const Model m = open(model(graph({node("f", {"x"}, {"y"}, "call", {}, "local")}, {},
                                   {value_info("x", 1, {2})}, {value_info("y", 1, {2})}),
                             {function("f", "local", {"a"}, {"a"}, {})}));
  ASSERT_EQ(m.graph->nodes.size(), 1U);
  EXPECT_EQ(m.graph->nodes[0].op_type, "Identity");
}

// The body of a node in a function reads the function's values, and what the call is given may be
// an initializer, which stands behind all nodes in the file.
TEST(Onnx, BodiesInFunctions) {
  const Proto body =
      graph({node("Add", {"a", "local_value"}, {"r"})}, {}, {}, {Proto().str(1, "r")});
  const Proto f = function("f", "local", {"a", "c"}, {"b"},
                           {node("Relu", {"a"}, {"local_value"}),
                            node("If", {"c"}, {"b"}, "if", {attr_graph("then_branch", body)})});
  const Model m =
      open(model(graph({node("f", {"w", "c"}, {"y"}, "call", {}, "local")}, {tensor("w", 1, {2})},
                       {value_info("c", 9, {})}, {value_info("y", 1, {2})}),
                 {f}));
  ASSERT_EQ(m.graph->bodies.size(), 1U);
  const Graph& inner = *m.graph->bodies[0];
  const Value& a = value(inner, "a");
  EXPECT_EQ(a.kind, ValueKind::captured);
  EXPECT_EQ(m.graph->values[static_cast<std::size_t>(a.outer)].name, "w");
  const Value& local = value(inner, "local_value");
  EXPECT_EQ(m.graph->values[static_cast<std::size_t>(local.outer)].name, "call/local_value");
}

TEST(Onnx, UnsortedNodesAreSorted) {
  const Model m = open(valid_models().back().bytes);
  EXPECT_EQ(m.graph->nodes[0].op_type, "Neg");
  EXPECT_EQ(m.graph->nodes[1].op_type, "Relu");
}

TEST(Onnx, MatchesByContentAndByName) {
  const auto match = [](const std::string& bytes, const std::string& name) {
    const auto source = memory_source(std::as_bytes(std::span(bytes)), name);
    return onnx_match(*source);
  };
  EXPECT_TRUE(match(valid_models()[0].bytes, "anything"));
  EXPECT_TRUE(match("\x89PNG", "liar.ONNX"));
  EXPECT_FALSE(match("\x89PNG", "image"));
  EXPECT_FALSE(match("input 784\nlinear 10\n", "mnist.net"));
  EXPECT_FALSE(match("", "empty.onnx"));
}

// A model of a terabyte: one weight, whose bytes only exist as a number. What is read is counted.
TEST(Onnx, WeightsAreSteppedOver) {
  constexpr std::uint64_t weight_bytes = std::uint64_t{1} << 40;
  Proto head = Proto().num(1, 1LL << 38).num(2, 1).str(8, "w").tag(9, 2).varint(weight_bytes);
  Proto graph_head = Proto().msg(1, node("Relu", {"x"}, {"y"}));
  graph_head.tag(5, 2).varint(head.bytes.size() + weight_bytes);
  const std::string tail =
      Proto().msg(11, value_info("x", 1, {2})).msg(12, value_info("y", 1, {2})).bytes;
  Proto first = Proto().num(1, 8).tag(7, 2).varint(graph_head.bytes.size() + head.bytes.size() +
                                                   weight_bytes + tail.size());
  first.raw(graph_head.bytes).raw(head.bytes);
  const std::string end = tail + Proto().msg(8, opset_import("", 17)).bytes;
  const std::uint64_t size = first.bytes.size() + weight_bytes + end.size();
  std::uint64_t read_bytes = 0;
  const auto source = callback_source(size, [&](std::uint64_t at, std::byte* out, std::size_t n) {
    read_bytes += n;
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t k = at + i;
      char c = 0;
      if (k < first.bytes.size()) c = first.bytes[k];
      if (k >= size - end.size()) c = end[k - (size - end.size())];
      out[i] = static_cast<std::byte>(c);
    }
    return true;
  });
  const auto m = onnx_open(*source);
  ASSERT_TRUE(m.has_value()) << m.error().message << " at " << m.error().where;
  EXPECT_EQ(value(*m->graph, "w").declared(), Shape{1LL << 38});
  EXPECT_LT(read_bytes, std::uint64_t{1} << 19);
}

}  // namespace
}  // namespace reckon

// The built-in networks: parameter counts against published numbers, shapes, and damage.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "formats/model.h"
#include "formats/net/program.h"

namespace reckon {
namespace {

bool is_buffer(std::string_view name) {
  return name.ends_with(".running_mean") || name.ends_with(".running_var");
}

// Elements of all weights; running statistics are buffers.
std::int64_t count_parameters(const Graph& graph) {
  std::int64_t n = 0;
  for (const Value& value : graph.values)
    if (value.kind == ValueKind::initializer && !is_buffer(value.name))
      n += value.declared().elements().value();
  return n;
}

struct Expected {
  std::string_view spec;
  std::int64_t parameters;
};

class ParameterCount : public testing::TestWithParam<Expected> {};

TEST_P(ParameterCount, IsThePublishedOne) {
  const auto model = open_model(GetParam().spec);
  ASSERT_TRUE(model) << model.error().where << ": " << model.error().message;
  EXPECT_EQ(count_parameters(*model->graph), GetParam().parameters);
}

// torchvision: torchvision 0.14.1 (resnet50, vgg11, mobilenet_v2, alexnet also in
// oracles/torchvision_macs.csv; the others in its documentation's weight tables). By hand: the sum
// is in the comment.
constexpr Expected expected[] = {
    {"784-128-64-10", 109386},          // by hand: 785·128 + 129·64 + 65·10
    {"mnist", 109386},                  // the same
    {"mnist?W=256", 235146},            // by hand: 785·256 + 257·128 + 129·10
    {"lenet5", 61706},                  // by hand: 156 + 2416 + 48120 + 10164 + 850
    {"alexnet", 60965224},              // Krizhevsky 2012, two groups, with biases
    {"alexnet-torchvision", 61100840},  // torchvision
    {"alexnet-d2l", 46787978},          // the torchsummary table of d2l's network
    {"vgg11", 132863336},               // torchvision
    {"vgg16", 138357544},               // torchvision
    {"vgg19", 143667240},               // torchvision
    {"resnet18", 11689512},             // torchvision
    {"resnet50", 25557032},             // torchvision
    {"mobilenet-v1", 4231976},          // Keras: 4,253,864 less 21,888 moving statistics
    {"mobilenet-v2", 3504872},          // torchvision
    {"depthwise-example", 2336},        // by hand: 32·9 + 32·64
    {"grouped-example", 18432},         // by hand: 128·16·9
    // by hand, a = 9·in·out + out for each pair: 64: 640 + 36928; 128: 73856 + 147584;
    // 256: 295168 + 590080; 512: 1180160 + 2359808; 1024: 4719616 + 9438208; up: 2097664 +
    // (4719104 + 2359808) + 524544 + (1179904 + 590080) + 131200 + (295040 + 147584) + 32832 +
    // (73792 + 36928); head: 130
    {"unet", 31030658},
    // by hand: 10000·650 + 2·(4·650·1300 + 8·650) + 650·10000 + 10000
    {"lstm", 19780400},
    // by hand: 2·(3·64·(32 + 64) + 6·64) + 128·10 + 10
    {"gru", 38922},
    {"transformer-encoder", 3152384},                   // torch.nn.TransformerEncoderLayer(512, 8)
    {"vit-b-16", 86567656},                             // torchvision
    {"bert-base", 109482240},                           // Hugging Face bert-base-uncased, BertModel
    {"gpt2", 124439808},                                // Hugging Face gpt2
    {"gpt2?layers=24&width=1024&heads=16", 354823168},  // Hugging Face gpt2-medium
    {"gpt2?layers=36&width=1280&heads=20", 774030080},  // Hugging Face gpt2-large
    {"gpt2?layers=48&width=1600&heads=25", 1557611200},  // Hugging Face gpt2-xl
    {"gpt3", 125226240},  // by hand: gpt2 and 1024·768 for further positions
    {"opt", 125239296},   // Hugging Face facebook/opt-125m
    {"opt?layers=24&width=2048&heads=32", 1315758080},  // Hugging Face facebook/opt-1.3b
    {"llama", 6738415616},                              // Hugging Face Llama-2-7b
    {"llama3", 8030261248},                             // Hugging Face Meta-Llama-3-8B
};
INSTANTIATE_TEST_SUITE_P(Networks, ParameterCount, testing::ValuesIn(expected),
                         [](const auto& one) {
                           std::string name;
                           for (const char c : one.param.spec)
                             name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

TEST(Networks, EveryOneHasAParameterCountAndASummary) {
  std::set<std::string_view> tested;
  for (const Expected& e : expected) tested.insert(e.spec);
  for (const BuiltIn& network : built_in_networks()) {
    EXPECT_TRUE(tested.contains(network.name)) << network.name;
    EXPECT_GE(network.summary.size(), 20U) << network.name;
    EXPECT_LE(network.summary.size(), 100U) << network.name;
  }
  EXPECT_GE(built_in_networks().size(), 22U);
  EXPECT_TRUE(std::ranges::is_sorted(built_in_networks(), {}, &BuiltIn::name));
}

TEST(Networks, NodesAreNamedOnceAndHaveRows) {
  for (const BuiltIn& network : built_in_networks()) {
    const auto model = open_model(network.name);
    ASSERT_TRUE(model) << network.name << ": " << model.error().message;
    EXPECT_EQ(model->source, "built-in");
    EXPECT_EQ(model->name, network.name);
    std::set<std::string_view> nodes, values;
    for (const Node& node : model->graph->nodes) {
      EXPECT_TRUE(nodes.insert(node.name).second) << network.name << ": " << node.name;
      EXPECT_NE(node.op, nullptr) << node.op_type;
      EXPECT_GT(node.line, 0U);
    }
    for (const Value& value : model->graph->values)
      EXPECT_TRUE(values.insert(value.name).second) << network.name << ": " << value.name;
    for (const ValueId input : model->graph->inputs) {
      const Dim batch = model->graph->values[static_cast<std::size_t>(input)].declared()[0];
      ASSERT_LE(batch, -2);
      EXPECT_EQ(model->graph->dim_name(batch), "N");
    }
  }
}

TEST(Networks, LayersAreCountedAsTorchsummaryCountsThem) {
  const auto model = open_model("alexnet-d2l");
  ASSERT_TRUE(model);
  std::vector<std::string> names;
  for (const Node& node : model->graph->nodes)
    if (node.name.find('/') == std::string_view::npos) names.emplace_back(node.name);
  const std::vector<std::string> wanted{
      "Conv-1",    "Relu-2",  "MaxPool-3",  "Conv-4",    "Relu-5",  "MaxPool-6",  "Conv-7",
      "Relu-8",    "Conv-9",  "Relu-10",    "Conv-11",   "Relu-12", "MaxPool-13", "Flatten-14",
      "Linear-15", "Relu-16", "Dropout-17", "Linear-18", "Relu-19", "Dropout-20", "Linear-21"};
  EXPECT_EQ(names, wanted);
}

TEST(Networks, SmallestAndLargestParametersAnswer) {
  for (const BuiltIn& network : built_in_networks()) {
    const auto program = parse_network(std::string(network.text), std::string(network.name));
    ASSERT_TRUE(program);
    const auto defaults = network_parameters(**program, {});
    ASSERT_TRUE(defaults);
    for (const Parameter& p : *defaults)
      for (const std::int64_t value : {p.min, p.max}) {
        const auto graph = instantiate(*program, {{p.name, value}});
        if (!graph) {
          EXPECT_NE(graph.error().code, ErrorCode::internal) << graph.error().message;
        }
      }
  }
}

TEST(Networks, EveryTruncationIsAModelOrAnError) {
  for (const BuiltIn& network : built_in_networks())
    for (std::size_t n = 0; n < network.text.size(); ++n) {
      const auto model = open_network_text(network.text.substr(0, n), "cut");
      if (!model) {
        EXPECT_FALSE(model.error().message.empty());
        EXPECT_NE(model.error().code, ErrorCode::internal) << model.error().message;
        EXPECT_TRUE(model.error().where.starts_with("cut")) << model.error().where;
      }
    }
}

TEST(Networks, RebuildsAtOtherParameters) {
  const auto program = parse_network("param W = 4 in 1..100\ninput 8\nlinear W\n", "small");
  ASSERT_TRUE(program);
  for (const std::int64_t w : {1, 7, 100}) {
    const auto model = instantiate(*program, {{"W", w}});
    ASSERT_TRUE(model);
    EXPECT_EQ(count_parameters(*model->graph), 9 * w);
    ASSERT_EQ(model->parameters.size(), 1U);
    EXPECT_EQ(model->parameters[0].value, w);
    EXPECT_EQ(model->parameters[0].default_value, 4);
  }
}

}  // namespace
}  // namespace reckon

// The tensors that `alive` lists sum to the peak of each step, to the highest of them and, by
// category, to what the peak is made of: on every built-in network, whatever runs it. And a graph
// has the nodes of the layers.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "api/answer.h"
#include "source_path.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

Json asked(const std::shared_ptr<const Model>& model, const char* question) {
  return Json::parse(answer(model, question));
}

void expect_sums(const Json& page) {
  ASSERT_TRUE(page.contains("alive")) << page.dump().substr(0, 300);
  const Json& memory = page["memory"];
  const Json& steps = memory["timeline"];
  std::vector<std::map<std::string, std::int64_t>> parts(steps.size());
  for (const Json& tensor : page["alive"]["tensors"]) {
    ASSERT_LE(tensor["first_step"], tensor["last_step"]);
    ASSERT_LT(tensor["last_step"], steps.size());
    for (std::size_t step = tensor["first_step"]; step <= tensor["last_step"]; ++step)
      parts[step][tensor["category"]] += tensor["bytes"].get<std::int64_t>();
  }
  std::int64_t most = 0;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    std::int64_t sum = 0;
    for (const auto& [category, bytes] : parts[step]) sum += bytes;
    EXPECT_EQ(sum, steps[step]["peak_bytes"].get<std::int64_t>()) << "step " << step;
    most = std::max(most, sum);
  }
  const Json& peak = memory["peak"];
  EXPECT_EQ(most, peak["bytes"].get<std::int64_t>());
  const std::size_t at = page["alive"]["peak_step"];
  EXPECT_EQ(steps[at]["layer"], peak["layer"]);
  EXPECT_EQ(steps[at]["phase"], peak["phase"]);
  // The update is told as gradients and scratch, whatever else is alive.
  if (peak["phase"] == "update") return;
  auto& there = parts[at];
  there["gradients"] += there["activation_gradients"];
  for (const char* word : {"weights", "buffers", "input", "optimizer", "gradients", "saved",
                           "activations", "workspace"})
    EXPECT_EQ(there[word], peak["composition"][std::string(word) + "_bytes"].get<std::int64_t>())
        << word;
}

TEST(AliveNetworks, SumToThePeak) {
  const char* const questions[] = {
      R"({"question":"memory","alive":true})",
      R"({"question":"memory","alive":true,"precision":"fp16","batch":3})",
      R"({"question":"memory","alive":true,"train":true,"optimizer":"adam"})",
      R"({"question":"memory","alive":true,"train":true,"torch":"1.13","batch":2,"accumulate":2})",
      R"({"question":"memory","alive":true,"train":true,"where":"cuda","optimizer":"adamw","precision":"autocast-bf16"})"};
  int n_answers = 0;
  for (const BuiltIn& network : built_in_networks()) {
    const auto opened = open_model(network.name);
    ASSERT_TRUE(opened) << network.name;
    const auto model = std::make_shared<const Model>(*opened);
    for (const char* const question : questions) {
      SCOPED_TRACE(std::string(network.name) + " " + question);
      const Json page = asked(model, question);
      if (page.contains("error") || page["memory"]["timeline"].is_null()) continue;
      expect_sums(page);
      ++n_answers;
    }
  }
  EXPECT_GT(n_answers, 120);
}

TEST(AliveNetworks, OnlyWhereTheyAreAskedFor) {
  const auto model = std::make_shared<const Model>(*open_model("784-128-64-10"));
  EXPECT_FALSE(asked(model, R"({"question":"memory","train":true})").contains("alive"));
  EXPECT_FALSE(
      asked(model, R"({"question":"memory","policy":"textbook","alive":true})").contains("alive"));
}

TEST(AliveNetworks, GraphHasTheNodesOfTheLayers) {
  for (const BuiltIn& network : built_in_networks()) {
    SCOPED_TRACE(network.name);
    const auto model = std::make_shared<const Model>(*open_model(network.name));
    const Json graph = asked(model, R"({"question":"graph"})")["graph"];
    const Json layers = asked(model, R"({"question":"layers","all":true})")["layers"];
    ASSERT_EQ(graph["nodes"].size(), layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const Json& node = graph["nodes"][i];
      for (const char* key : {"index", "name", "op", "module", "params", "macs"})
        EXPECT_EQ(node[key], layers[i][key]) << i << " " << key;
      Json shapes = Json::array();
      for (const Json& id : node["outputs"])
        if (!id.is_null()) shapes.push_back(graph["values"][id.get<std::size_t>()]["shape"]);
      EXPECT_EQ(shapes, layers[i]["output_shapes"]) << i;
    }
  }
}

// By hand: y = If(c) then x + mask else x · em, where x and mask are those of the network around.
TEST(AliveNetworks, GraphOfABodyReadsTheValuesAround) {
  const auto opened = open_model(source_path("tests/cases/constant_in_if.onnx"));
  ASSERT_TRUE(opened);
  const Json graph =
      asked(std::make_shared<const Model>(*opened), R"({"question":"graph"})")["graph"];
  std::map<std::string, std::string> told;
  for (const Json& node : graph["nodes"]) {
    std::string text;
    for (const Json& id : node["inputs"])
      text.append(graph["values"][id.get<std::size_t>()]["name"]).append(" ");
    if (!node["in_body"].is_null())
      text.append("in ").append(graph["nodes"][node["in_body"].get<std::size_t>()]["name"]);
    told[node["op"]] = text;
  }
  EXPECT_EQ(told["If"], "c ");
  EXPECT_EQ(told["Add"], "x mask in If_1");
  EXPECT_EQ(told["Mul"], "x em in If_1");
  EXPECT_EQ(graph["values"].size(), 9);  // s mask c y x, t, es em e: each once
}

}  // namespace
}  // namespace reckon

// Sums of modules: by hand, as sums of the layers of every built-in network, and where a part of
// them is unknown.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/answer.h"
#include "formats/model.h"
#include "source_path.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

constexpr const char* figures[] = {"params",  "buffers",    "macs",        "flops",
                                   "int_ops", "read_bytes", "write_bytes", "activations"};

Json layers_of(Result<Model> opened, int depth) {
  const auto model = std::make_shared<const Model>(std::move(opened).value());
  return Json::parse(answer(model, Json{{"question", "layers"}, {"depth", depth}}.dump()));
}
Json figures_of(const Json& module) {
  Json out = {module["path"], module["layers"]};
  for (const char* const figure : figures) out.push_back(module[figure]);
  return out;
}

// A linear layer of 10 from 10: 100 + 10 parameters, 100 MAC, 200 + 10 FLOP, reads 10 + 110 numbers
// and writes 10. A ReLU of 10: 10 FLOP, in place.
TEST(Modules, AddUpByHand) {
  constexpr const char* text = "input 10\nrepeat 2 {\n  linear 10\n  relu\n}\nlinear 5\n";
  const Json told = layers_of(open_network_text(text, "hand"), 100);
  ASSERT_TRUE(told.contains("modules")) << told.dump();
  Json found = Json::array();
  for (const Json& module : told["modules"]) found.push_back(figures_of(module));
  EXPECT_EQ(found, Json::parse(R"([
    ["",           5, 275, 0, 250, 545, 0, 1300, 180, 25],
    ["repeat-1",   4, 220, 0, 200, 440, 0, 1040, 160, 20],
    ["repeat-1.0", 2, 110, 0, 100, 220, 0, 520, 80, 10],
    ["repeat-1.1", 2, 110, 0, 100, 220, 0, 520, 80, 10]
  ])"));
  EXPECT_EQ(layers_of(open_network_text(text, "hand"), 1)["modules"].size(), 2U);
  EXPECT_EQ(layers_of(open_network_text(text, "hand"), 0)["modules"].size(), 1U);
}

bool is_in(const std::string& module, const std::string& path) {
  return path.empty() || module == path || module.starts_with(path + ".");
}

TEST(Modules, AreSumsOfTheirLayers) {
  for (const BuiltIn& network : built_in_networks()) {
    const Json told = layers_of(open_model(std::string(network.name)), 100);
    for (const Json& module : told["modules"]) {
      const std::string path = module["path"];
      EXPECT_TRUE(module["lower_bounds"].empty()) << network.name << " " << path;
      std::int64_t layers = 0;
      std::map<std::string, std::int64_t> sums;
      for (const Json& layer : told["layers"]) {
        if (!is_in(layer["module"], path)) continue;
        ++layers;
        for (const char* const figure : figures) sums[figure] += layer[figure].get<std::int64_t>();
      }
      EXPECT_EQ(module["layers"], layers) << network.name << " " << path;
      for (const char* const figure : figures)
        EXPECT_EQ(module[figure], sums[figure]) << network.name << " " << path << " " << figure;
    }
    // The totals count the input of the network among activations; modules have none of it.
    for (const char* const figure : figures) {
      if (std::string_view(figure) == "activations") continue;
      EXPECT_EQ(told["modules"][0][figure], told["totals"][figure]) << network.name << figure;
    }
  }
}

// Nobody knows what mine::Warp computes; its parameters would be known.
TEST(Modules, SayWhatIsALowerBound) {
  const Json told =
      layers_of(open_model(source_path("tests/models/untrainable/unknown_operator.onnx")), 100);
  const auto lower = told["modules"][0]["lower_bounds"].get<std::vector<std::string>>();
  const auto has = [&](std::string_view figure) { return std::ranges::count(lower, figure) == 1; };
  EXPECT_TRUE(has("macs") && has("flops") && has("int_ops")) << told["modules"].dump();
  EXPECT_FALSE(has("params") || has("buffers")) << told["modules"].dump();
}

}  // namespace
}  // namespace reckon

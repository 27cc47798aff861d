// What a person may type as MODEL.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "formats/model.h"

namespace reckon {
namespace {

Error error_of(std::string_view spec, const Parameters& set = {}) {
  const auto model = open_model(spec, set);
  if (model) {
    ADD_FAILURE() << spec << " is a model";
    return {};
  }
  return model.error();
}

TEST(Source, NamesIgnoreCaseAndUnderscores) {
  for (const std::string_view spec : {"alexnet-d2l", "AlexNet_D2L", "ALEXNET-d2l"}) {
    const auto model = open_model(spec);
    ASSERT_TRUE(model) << spec;
    EXPECT_EQ(model->name, "alexnet-d2l");
    EXPECT_EQ(model->source, "built-in");
    EXPECT_EQ(model->format, "net");
  }
}

TEST(Source, UnknownNamesSuggest) {
  EXPECT_EQ(error_of("resnet5").code, ErrorCode::not_found);
  EXPECT_NE(error_of("alexnett").message.find("did you mean alexnet?"), std::string::npos);
  EXPECT_NE(error_of("zzzzzzzz").message.find("lists the networks"), std::string::npos);
  EXPECT_EQ(error_of("no/such/file.onnx").code, ErrorCode::not_found);
  EXPECT_EQ(error_of("").code, ErrorCode::not_found);
}

TEST(Source, Queries) {
  const auto model = open_model("gpt2?layers=2&width=96", {{"heads", 4}});
  ASSERT_TRUE(model) << model.error().message;
  for (const Parameter& p : model->parameters) {
    if (p.name == "layers") {
      EXPECT_EQ(p.value, 2);
    }
    if (p.name == "width") {
      EXPECT_EQ(p.value, 96);
    }
    if (p.name == "heads") {
      EXPECT_EQ(p.value, 4);
    }
    if (p.name == "vocabulary") {
      EXPECT_EQ(p.value, 50257);
    }
  }
  const Error unknown = error_of("gpt2?layres=2");
  EXPECT_EQ(unknown.code, ErrorCode::not_found);
  EXPECT_NE(unknown.message.find("did you mean layers?"), std::string::npos);
  EXPECT_NE(unknown.message.find("There are: layers, width, heads"), std::string::npos);
  const Error range = error_of("mnist?W=65537");
  EXPECT_EQ(range.code, ErrorCode::bad_argument);
  EXPECT_NE(range.message.find("1..65536"), std::string::npos);
  for (const std::string_view bad :
       {"mnist?W", "mnist?W=", "mnist?W=1x", "mnist?=3", "mnist?W=1&W=2"})
    EXPECT_EQ(error_of(bad).code, ErrorCode::bad_argument) << bad;
}

TEST(Source, WhatIsNoParameterIsLeftForTheAnalysis) {
  Parameters unused;
  const auto model = open_model("mnist", {{"W", 64}, {"N", 32}}, &unused);
  ASSERT_TRUE(model);
  EXPECT_EQ(unused, (Parameters{{"N", 32}}));
  EXPECT_EQ(model->parameters.front().value, 64);
  unused.clear();
  ASSERT_TRUE(open_model("mnist?W=32", {{"N", 4}}, &unused));
  EXPECT_EQ(unused, (Parameters{{"N", 4}}));
  EXPECT_TRUE(open_model("mnist", {{"N", 32}}));
}

TEST(Source, Chains) {
  const auto model = open_model("784-128-64-10");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->name, "784-128-64-10");
  std::string ops;
  for (const Node& node : model->graph->nodes) ops += std::string(node.name) + " ";
  EXPECT_EQ(ops, "Linear-1 Relu-2 Linear-3 Relu-4 Linear-5 ");
  for (const std::string_view bad : {"784-", "-784", "784--10"})
    EXPECT_EQ(error_of(bad).code, ErrorCode::not_found) << bad;
  EXPECT_EQ(error_of("784-0-10").code, ErrorCode::bad_argument);
  EXPECT_EQ(error_of("784-99999999999999999999-10").code, ErrorCode::overflow);
}

TEST(Source, ALineInTheNetworkLanguage) {
  const auto model = open_model("input 10x32; lstm 64");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(error_of("input 10x32; lsmt 64").where, "<text>:1:14");
}

class Files : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::path(testing::TempDir()) / ("reckon_source_" + std::string(test->name()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, std::string_view bytes) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
  std::filesystem::path folder_;
};

TEST_F(Files, NetworkFiles) {
  const std::string path = write("my.model.net", "param W = 4 in 1..9\ninput 8\nlinear W\n");
  const auto model = open_model(path, {{"W", 5}});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "my.model");
  EXPECT_EQ(model->source, path);
  EXPECT_EQ(model->format, "net");
  EXPECT_EQ(model->parameters.front().value, 5);
  const auto queried = open_model(path + "?W=6");
  ASSERT_TRUE(queried) << queried.error().message;
  EXPECT_EQ(queried->parameters.front().value, 6);
  EXPECT_EQ(queried->source, path);
}

TEST_F(Files, TextsAreKnownByTheirFirstWord) {
  EXPECT_TRUE(open_model(write("plain.txt", "# a network\n\ninput 8\nrelu\n")));
  EXPECT_EQ(error_of(write("broken.net", "input 8\nrelo\n")).code, ErrorCode::syntax);
  EXPECT_EQ(error_of(write("empty.net", "")).code, ErrorCode::invalid_graph);
}

TEST_F(Files, WhatIsNoModel) {
  EXPECT_EQ(error_of(write("empty.onnx", "")).code, ErrorCode::not_a_model);
  EXPECT_EQ(error_of(write("picture.png", "\x89PNG\r\n\x1a\n0000000000")).code,
            ErrorCode::not_a_model);
  EXPECT_EQ(error_of(write("words.txt", "hello there\n")).code, ErrorCode::not_a_model);
  EXPECT_EQ(error_of(folder_.string()).code, ErrorCode::io_error);
}

}  // namespace
}  // namespace reckon

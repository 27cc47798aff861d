// Labs through the C interface: malformed files, wrong questions, and many threads at once.
#include <gtest/gtest.h>
#include <reckon/reckon.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "source_path.h"

namespace {

using Json = nlohmann::json;

Json tiny_files() {
  Json files = Json::object();
  for (const char* name : {"lab.toml", "act.toml"}) {
    std::ifstream in(reckon::source_path("tests/labs/tiny/" + std::string(name)));
    std::stringstream text;
    text << in.rdbuf();
    files[name] = text.str();
  }
  return files;
}

std::string answer(const reckon_lab* lab, const std::string& question) {
  char* text = reckon_lab_answer(lab, question.c_str());
  std::string out = text == nullptr ? "" : text;
  reckon_free(text);
  return out;
}

TEST(LabAbi, Opens) {
  reckon_lab* lab = reckon_lab_open(tiny_files().dump().c_str());
  EXPECT_EQ(reckon_lab_error(lab), nullptr) << reckon_lab_error(lab);
  EXPECT_EQ(Json::parse(answer(lab, R"({"question":"document"})"))["id"], "tiny");
  // 10 inputs times 64 neurons, and 64 biases.
  const Json value = Json::parse(answer(lab, R"({"question":"evaluate","controls":{"n":64}})"));
  EXPECT_EQ(value["elements"]["count.sizes"]["total"]["value"], 704);
  reckon_lab_close(lab);
  reckon_lab_close(nullptr);
}

TEST(LabAbi, RefusesWithASentence) {
  for (const char* files : {"", "[]", "{}", "{\"lab.toml\":1}", "{\"lab.toml\":\"\"}",
                            "{\"lab.toml\":\"[\"}", "{\"x.txt\":\"\",\"lab.toml\":\"\"}"}) {
    reckon_lab* lab = reckon_lab_open(files);
    ASSERT_NE(reckon_lab_error(lab), nullptr) << files;
    EXPECT_EQ(answer(lab, R"({"question":"document"})"), reckon_lab_error(lab));
    reckon_lab_close(lab);
  }
  reckon_lab* lab = reckon_lab_open(nullptr);
  EXPECT_NE(reckon_lab_error(lab), nullptr);
  reckon_lab_close(lab);
  EXPECT_NE(answer(nullptr, "{}").find("error"), std::string::npos);
  lab = reckon_lab_open(tiny_files().dump().c_str());
  for (const char* question :
       {"", "[]", "{}", "{\"question\":1}", "{\"question\":\"documnet\"}",
        "{\"question\":\"evaluate\",\"controls\":{\"n\":1e999}}", "{\"question\":\"ledger\"}",
        "{\"question\":\"ledger\",\"entries\":[{\"at\":\"now\"}]}"})
    EXPECT_NE(answer(lab, question).find("\"error\""), std::string::npos) << question;
  reckon_lab_close(lab);
}

TEST(LabAbi, ManyThreads) {
  reckon_lab* lab = reckon_lab_open(tiny_files().dump().c_str());
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const int n = 1 + (i * 7 + static_cast<int>(t)) % 64;
        const Json value = Json::parse(
            answer(lab, R"({"question":"evaluate","controls":{"n":)" + std::to_string(n) + "}}"));
        if (value["elements"]["count.sizes"]["total"]["value"] != 11 * n) ++wrong[t];
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
  reckon_lab_close(lab);
}

}  // namespace

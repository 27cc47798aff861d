// The rows of questions and options hold together, and every face refuses what a question does not
// read.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "api/answer.h"
#include "base/text.h"
#include "questions/asked.h"
#include "questions/question.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

const QuestionKind* kind_named(std::string_view name) {
  for (const QuestionKind& kind : question_kinds())
    if (kind.name == name) return &kind;
  return nullptr;
}

Json ask(const Json& question) {
  static const auto model = std::make_shared<const Model>(open_model("784-10").value());
  return Json::parse(answer(model, question.dump()));
}

std::string place_of(const Json& answer) {
  return answer.contains("error") ? answer["error"]["where"].get<std::string>() : "";
}

TEST(Options, NameQuestionsThatThereAre) {
  for (const Option& row : option_rows)
    for (const auto name : words_of(row.questions))
      EXPECT_NE(kind_named(name), nullptr) << row.name << " names " << name;
}

TEST(Options, HaveOneRowAQuestion) {
  for (const QuestionKind& kind : question_kinds()) {
    std::set<std::string> names, keys;
    for (const OptionRule& rule : option_rules()) {
      if (!is_word_of(kind.name, rule.questions)) continue;
      EXPECT_TRUE(names.insert(std::string(rule.name)).second) << kind.name << " " << rule.name;
      if (rule.face == Face::program) continue;
      EXPECT_TRUE(keys.insert(key_of(rule)).second) << kind.name << " " << rule.name;
    }
  }
}

TEST(Options, TakeTheirOwnDefaults) {
  for (const OptionRule& rule : option_rules()) {
    if (rule.otherwise.empty()) continue;
    if (!rule.words.empty()) {
      EXPECT_TRUE(is_word_of(rule.otherwise, rule.words)) << rule.name;
    }
    if (rule.kind != Kind::whole) continue;
    const auto number = parse_int(rule.otherwise);
    ASSERT_TRUE(number) << rule.name;
    EXPECT_TRUE(rule.least <= *number && *number <= rule.most) << rule.name;
  }
}

TEST(Questions, OfJsonAreAnswered) {
  for (const QuestionKind& kind : question_kinds()) {
    const std::string place = place_of(ask({{"question", kind.name}}));
    EXPECT_EQ(place == "question.question", kind.face == Face::program) << kind.name;
  }
}

// Whatever its value: the key itself is refused, and named.
TEST(Questions, RefuseKeysThatTheyDoNotRead) {
  int refused = 0;
  for (const QuestionKind& kind : question_kinds()) {
    if (kind.face == Face::program) continue;
    std::set<std::string> reads, all;
    for (const OptionRule& rule : option_rules()) {
      all.insert(key_of(rule));
      if (rule.face != Face::program && is_word_of(kind.name, rule.questions))
        reads.insert(key_of(rule));
    }
    for (const std::string& key : all) {
      if (reads.contains(key)) continue;
      const Json answer = ask({{"question", kind.name}, {key, "x"}});
      EXPECT_EQ(place_of(answer), "question." + key) << kind.name;
      EXPECT_EQ(answer["error"]["code"], "bad_argument");
      ++refused;
    }
  }
  EXPECT_GT(refused, 500);
}

TEST(Questions, SayWhatIsWrongWithAValue) {
  const auto place = [](const char* text) { return place_of(ask(Json::parse(text))); };
  EXPECT_EQ(place(R"({"question":"report","optimizer":"nonsense"})"), "question.optimizer");
  EXPECT_EQ(place(R"({"question":"fit","device":"t4","checkpoint":"sqrt"})"),
            "question.checkpoint");
  EXPECT_EQ(place(R"({"question":"memory","train":true,"optimizer":"adma"})"),
            "question.optimizer");
  EXPECT_EQ(place(R"({"question":"memory","policy":"pytroch"})"), "question.policy");
  EXPECT_EQ(place(R"({"question":"memory","inplace":"on off"})"), "question.inplace");
  EXPECT_EQ(place(R"({"question":"memory","device":"t5"})"), "question.device");
  EXPECT_EQ(place(R"({"question":"time"})"), "question.device");
  EXPECT_EQ(place(R"({"question":"gradients","width":5000})"), "question.width");
  EXPECT_EQ(place(R"({"question":"silicon","overrides":{"relu.nothing":1}})"),
            "question.overrides.relu.nothing");
  EXPECT_EQ(place(R"({"question":"memory","train":false})"), "");
}

}  // namespace
}  // namespace reckon

// Expressions, texts, states and hashes of labs, with an engine that only echoes.
#include <gtest/gtest.h>

#include <string>

#include "lab/check.h"
#include "lab/evaluate.h"
#include "lab/expression.h"
#include "lab/ledger.h"
#include "lab/sha256.h"
#include "lab/tree.h"

namespace reckon::lab {
namespace {

Value value_of_json(const Json& json) {
  if (!json.is_object()) return Value::of(json);
  Object object;
  for (const auto& [name, member] : json.items()) object.emplace_back(name, value_of_json(member));
  return Value(std::move(object));
}

// Answers {"doubled": 2·x, "echo": the question, "unsure": {"value": 1, "standing": "assumed"}}.
Faculties echo() {
  Faculties faculties;
  faculties.ask = [](std::string_view, const Json& asked) -> Result<Value> {
    if (asked["question"] == "nonsense")
      return fail(ErrorCode::bad_argument, "there is no question 'nonsense'");
    Json json = {{"echo", asked}, {"unsure", {{"value", 1}, {"standing", "assumed"}}}};
    if (asked.contains("x")) json["doubled"] = asked["x"].get<double>() * 2;
    return value_of_json(json);
  };
  faculties.format = [](double x, std::string_view format) -> Result<std::string> {
    if (!format.empty() && format != "int")
      return fail(ErrorCode::bad_argument, "there is no format");
    return json_number(x).dump();
  };
  faculties.engine_version = "test";
  return faculties;
}

std::string head(const std::string& figures) {
  return R"(schema = 1
id = "t"
chapter = 1
title = "T"
minutes = [1, 2]
intro = "x is {{ x | int }}."
closing = "-"
[ledger]
file_name = "t.json"
[networks]
net = "param W = 1 in 1..9\ninput v 1\nlinear W"
[[control]]
id = "n"
type = "range"
label = "N"
min = 1
max = 100
default = 5
[figures]
)" + figures;
}

const std::string act = R"([act]
id = "a"
title = "A"
minutes = 1
intro = "-"
reveal = "{{ answers.a.prediction.f }}"
[act.prediction]
prompt = "⟪f⟫"
[[act.prediction.field]]
id = "f"
type = "number"
key = "n"
why = "-"
)";

// The value of an expression, or its error.
Json value_of(const std::string& expression) {
  const auto lab =
      read_lab({{"lab.toml", head("x = \"\"\"" + expression + "\"\"\"\n")}, {"act.toml", act}});
  if (!lab) return "error: " + lab.error().message + " at " + lab.error().where;
  const Faculties faculties = echo();
  const auto json = document(**lab, faculties);
  if (!json) return "error: " + json.error().message + " at " + json.error().where;
  return (*json)["intro"]["figures"][0]["value"];
}

TEST(Expression, Arithmetic) {
  EXPECT_EQ(value_of("1 + 2 * 3 ^ 2"), 19);
  EXPECT_EQ(value_of("2 ^ 3 ^ 2"), 512);  // from the right
  EXPECT_EQ(value_of("-2 ^ 2"), -4);      // the power binds tighter
  EXPECT_EQ(value_of("(1 - 2) - 3"), -4);
  EXPECT_EQ(value_of("7 % 3 + 65_536 / 4"), 16385);
  EXPECT_EQ(value_of("-7 % 3"), 2);
  EXPECT_EQ(value_of("0.25 ^ 2"), 0.0625);
  EXPECT_EQ(value_of("round(2.345, 2)"), 2.35);
  EXPECT_EQ(value_of("max(1, 3, 2) + min([4, 5]) + sum([n for n in 1..4])"), 17);
  EXPECT_EQ(value_of("log10(1e-6) + len('abc') + floor(2.5) + abs(-1)"), 0);
  EXPECT_EQ(value_of("null + 1"), nullptr);
  EXPECT_EQ(value_of("9007199254740992 - 1"), 9007199254740991);
}

TEST(Expression, LogicAndChoice) {
  EXPECT_EQ(value_of("1 if 2 > 1 and not false else 0"), 1);
  EXPECT_EQ(value_of("'a' == 'b' ? 1 : 'a' < 'b' ? 2 : 3"), 2);
  EXPECT_EQ(value_of("true or 1 / 0 == 0"), true);  // the right side is not needed
  EXPECT_EQ(value_of("null < 1 or null > 1"), false);
  EXPECT_EQ(value_of("{'relu': 50}['relu'] + [1, 2, 3][2]"), 53);
  EXPECT_EQ(value_of("{'relu': 50}['tanh']"), nullptr);
  EXPECT_EQ(value_of("'a' + text(1 + 1, 'int')"), "a2");
}

TEST(Expression, AsksTheEngine) {
  EXPECT_EQ(value_of("probe(x=21).doubled"), 42);
  EXPECT_EQ(value_of("probe(net, W=3, batch=2).echo.set.W"), 3);
  EXPECT_EQ(value_of("probe(net, W=3, batch=2).echo.batch"), 2);
  EXPECT_EQ(value_of("find([{'k': 1, 'v': 2}], 'k', 1).v"), 2);
  EXPECT_EQ(value_of("find([], 'k', 1)"), nullptr);
}

TEST(Expression, OtherStates) {
  EXPECT_EQ(value_of("n + at(n, n=7) + defaults(n)"), 17);
  EXPECT_EQ(value_of("first(n, 1, 100, n * n >= 50)"), 8);
  EXPECT_EQ(value_of("first(n, 1, 100, n > 100)"), nullptr);
  EXPECT_EQ(value_of("first(n, 1, 100, true)"), 1);
}

TEST(Expression, ErrorsHaveAPlace) {
  const auto error = [](const std::string& expression) {
    const Json json = value_of(expression);
    return json.is_string() ? json.get<std::string>() : json.dump();
  };
  // Line 20 is `x = """…"""`, whose first character stands in column 8.
  EXPECT_NE(error("1 + ").find("ends too early at lab.toml:20:"), std::string::npos)
      << error("1 + ");
  EXPECT_NE(error("1 +* 2").find("did not expect '*' here at lab.toml:20:11"), std::string::npos)
      << error("1 +* 2");
  EXPECT_NE(error("nn").find("did you mean n?"), std::string::npos);
  EXPECT_NE(error("x").find("refers to itself"), std::string::npos);
  EXPECT_NE(error("1 / 0").find("division by zero"), std::string::npos);
  EXPECT_NE(error("1 + 'a'").find("two numbers"), std::string::npos);
  EXPECT_NE(error("probe().doublet").find("has no 'doublet'"), std::string::npos);
  EXPECT_NE(error("nonsense()").find("there is no question"), std::string::npos);
  EXPECT_NE(error("[1][1]").find("the list has 1 items"), std::string::npos);
  EXPECT_NE(error("answers.a.prediction.g").find("did you mean answers.a.prediction.f?"),
            std::string::npos);
  EXPECT_NE(error(std::string(100, '(') + "1").find("64 levels"), std::string::npos);
  EXPECT_NE(error(std::string(100, '-') + "1").find("64 levels"), std::string::npos);
  EXPECT_NE(error("[k for k in 1..1e9]").find("too long"), std::string::npos);
  EXPECT_NE(error("sum([sum([k for k in 1..90000]) for j in 1..90000])").find("more than it may"),
            std::string::npos);
}

TEST(Expression, StandingIsTheWeakest) {
  const auto standing_of = [](const std::string& expression) {
    const auto lab =
        read_lab({{"lab.toml", head("x = \"" + expression +
                                    "\"\ny = { value = \"1\", standing = \"modelled\" }\n")},
                  {"act.toml", act}});
    const auto json = document(**lab, echo());
    return (*json)["intro"]["figures"][0]["standing"].get<std::string>();
  };
  EXPECT_EQ(standing_of("n + 1"), "exact");
  EXPECT_EQ(standing_of("n + y"), "modelled");
  EXPECT_EQ(standing_of("y + probe().unsure.value"), "assumed");
}

TEST(Lab, LocksKeepSecrets) {
  const auto lab = read_lab({{"lab.toml", head("x = 1\n")}, {"act.toml", act}});
  ASSERT_TRUE(lab) << lab.error().message << lab.error().where;
  const Faculties faculties = echo();
  const Json asked = {{"question", "evaluate"}};
  EXPECT_TRUE((*evaluate(**lab, faculties, asked))["elements"].empty());
  Json answered = asked;
  answered["answers"]["a.prediction"]["f"] = 4;
  const Json elements = (*evaluate(**lab, faculties, answered))["elements"];
  EXPECT_EQ(elements["a.reveal"]["text"]["figures"][0]["value"], 4);
  EXPECT_EQ(elements["a.prediction"]["fields"]["f"]["key"], 5);
  EXPECT_EQ(elements["a.prediction"]["fields"]["f"]["correct"], false);
}

TEST(Lab, ForeignStatesAreRefused) {
  const auto lab = read_lab({{"lab.toml", head("x = 1\n")}, {"act.toml", act}});
  const Faculties faculties = echo();
  for (const char* question :
       {R"({"controls":{"m":1}})", R"({"controls":{"n":"1"}})", R"({"controls":{"n":101}})",
        R"({"controls":[]})", R"({"answers":{"b":{}}})", R"({"answers":{"a.prediction":{"g":1}}})",
        R"({"answers":{"a.prediction":{"f":"x"}}})", R"({"answers":{"a.prediction":3}})",
        R"({"elements":["nothing"]})", R"({"elements":[1]})", R"({"previous":3})", R"({"what":1})"})
    EXPECT_FALSE(evaluate(**lab, faculties, Json::parse(question))) << question;
}

TEST(Lab, EveryTruncatedFileIsAnErrorOrALab) {
  const std::string whole = head("x = \"1 + sum([n for n in 1..3])\"\n");
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const auto lab = read_lab({{"lab.toml", whole.substr(0, n)}, {"act.toml", act}});
    EXPECT_TRUE(lab || !lab.error().where.empty()) << n;
  }
  for (std::size_t n = 0; n <= act.size(); ++n) {
    const auto lab = read_lab({{"lab.toml", whole}, {"act.toml", act.substr(0, n)}});
    EXPECT_TRUE(lab || !lab.error().where.empty()) << n;
  }
}

TEST(Tree, TextsBeginBehindTheirQuotes) {
  const std::string file = "lab.toml";
  const auto tree = read_toml(
      "a = \"x\"\nb = \"\"\"x\"\"\"\nc = \"\"\"\nx\"\"\"\nd = '''x'''\ne = [\"é\", \"x\"]\n", file);
  ASSERT_TRUE(tree) << tree.error().message;
  ASSERT_EQ(tree->members.size(), 5U);
  // Counted by hand; a column is a character, so that é is one.
  const std::string expected[] = {"lab.toml:1:6", "lab.toml:2:8", "lab.toml:4:1", "lab.toml:5:8"};
  for (std::size_t i = 0; i < std::size(expected); ++i)
    EXPECT_EQ(tree->members[i].value.place.text(), expected[i]);
  EXPECT_EQ(tree->members[4].value.items.at(1).place.text(), "lab.toml:6:12");
}

TEST(Tree, JsonKeepsWhatTomlSays) {
  const std::string file = "lab.json";
  const std::string json = R"({"z":"é\n\"","a":[1.0,-2.5e-07,true,{"y":{},"b":[]}],"m":false})";
  const auto tree = read_json(json, file);
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_EQ(json_of(*tree), json);  // the order of the members as well
  for (std::size_t n = 0; n < json.size(); ++n)
    EXPECT_FALSE(read_json(std::string_view(json).substr(0, n), file)) << n;
  for (const char* wrong :
       {"[]", "1", R"({"a":null})", R"({"a":1}{})", R"({"a":01})", "{a:1}", R"({"a":1,})"})
    EXPECT_FALSE(read_json(wrong, file)) << wrong;
  const std::string deep = R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}";
  EXPECT_FALSE(read_json(deep, file));
}

TEST(Tree, ALabInJsonIsTheLabInToml) {
  const std::map<std::string, std::string> files = {{"lab.toml", head("x = \"1 + n\"\n")},
                                                    {"act.toml", act}};
  std::map<std::string, std::string> packed;
  for (const auto& [name, text] : files) {
    const auto tree = read_toml(text, name);
    ASSERT_TRUE(tree) << tree.error().message;
    packed[name.substr(0, name.find('.')) + ".json"] = json_of(*tree);
  }
  const auto toml = read_lab(files), json = read_lab(packed);
  ASSERT_TRUE(toml) << toml.error().message;
  ASSERT_TRUE(json) << json.error().message;
  const Faculties faculties = echo();
  EXPECT_EQ(document(**toml, faculties).value(), document(**json, faculties).value());
  EXPECT_FALSE(read_lab({{"lab.json", packed["lab.json"]}, {"act.toml", act}}));
}

// FIPS 180-2, appendix B, and the empty message.
TEST(Sha256, Vectors) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace reckon::lab

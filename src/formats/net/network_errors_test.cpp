// What is wrong in a network, where, and what the error suggests.
#include "formats/net/net_test.h"

namespace reckon {
namespace {

struct Case {
  std::string_view text;
  ErrorCode code;
  std::string_view where;    // "line:column"
  std::string_view message;  // a part of it
};

using enum ErrorCode;
constexpr Case cases[] = {
    // words
    {"input 8\nlinaer 4", syntax, "2:1", "no layer 'linaer', did you mean linear?"},
    {"input 8\nrelu\n  frobnicate", syntax, "3:3", "docs/network-language.md"},
    {"input 8\nlinear 4 biass=false", syntax, "2:10", "no option 'biass', did you mean bias?"},
    {"input 8\nlinear 4 bias=true bias=true", syntax, "2:20", "given twice"},
    {"input 8\nlinear", syntax, "2:7", "needs 1 value; expected: linear OUTPUTS"},
    {"input 8\nlinear 4 5", syntax, "2:10", "at most 1 value"},
    {"input 8\nrelu 4", syntax, "2:6", "nothing without a name"},
    {"input 8\nlinear bias=true 4", syntax, "2:18", "before the options"},
    {"input 8\nlinear 4 )", syntax, "2:10", "expected the end of the line, found ')'"},
    {"input 8\nlinear $", syntax, "2:8", "'$' has no meaning"},
    {"input 8\nlinear 4a", syntax, "2:8", "cannot begin with a digit"},
    {"input 8\nlinear +", syntax, "2:8", "needs 1 value"},
    {"input 8\nlinear (4", syntax, "2:10", "')' to close the parenthesis"},
    {"input 8\nlinear foo(4, 5)", syntax, "2:8", "no function 'foo'"},
    {"input 8\nlinear maxx(4, 5)", syntax, "2:8", "did you mean max?"},
    {"input 8\nlinear max(4)", syntax, "2:13", "',' between the two arguments"},
    {"input 8\nlinear 99999999999999999999", overflow, "2:8", "beyond 64 bits"},
    {"input 8\nif = relu", syntax, "2:4", "a number, a name"},
    {"input 8\nelse = relu", syntax, "2:1", "without the 'if'"},
    {"input 8\n= relu", syntax, "2:1", "expected a layer"},
    {"é", syntax, "1:1", "'é' has no meaning"},
    {"input 8 # é\né", syntax, "2:1", "has no meaning"},
    // parameters
    {"param", syntax, "1:6", "a parameter"},
    {"param W 4", syntax, "1:9", "as in: param W = 128 in 1..65536"},
    {"param W = x", syntax, "1:11", "a whole number"},
    {"param W = 4", syntax, "1:12", "'in' and a range"},
    {"param W = 4 in 1", syntax, "1:17", "'..' between"},
    {"param W = 4 in 5..9", syntax, "1:7", "outside its range 5..9"},
    {"param W = 4 in 9..1", syntax, "1:7", "is empty"},
    {"param W = 4 in 1..9\nparam W = 4 in 1..9", syntax, "2:7", "already on line 1"},
    {"param if = 4 in 1..9", syntax, "1:7", "a word of the language"},
    {"input 8\nresidual { param W = 1 in 1..2 }", syntax, "2:12", "top level"},
    // values
    {"param width = 4 in 1..9\ninput 8\nlinear widht", not_found, "3:8", "did you mean width?"},
    {"input 8\nlinear 4/(2-2)", bad_argument, "2:9", "division by zero"},
    {"input 8\nlinear 4%0", bad_argument, "2:9", "division by zero"},
    {"input 8\nlinear ceil_div(4, 0)", bad_argument, "2:8", "division by zero"},
    {"input 8\nlinear 9223372036854775807+1", overflow, "2:27", "beyond 64 bits"},
    {"input 8\nlinear 4000000000*4000000000", overflow, "2:18", "beyond 64 bits"},
    {"input 8\nlinear 0", bad_argument, "2:8", "at least 1, not 0"},
    {"input 8\nlinear 2.5", bad_argument, "2:8", "a whole number"},
    {"input 8\nlinear 4 bias=2", bad_argument, "2:10", "true or false, not 2"},
    {"input 8\nlinear 4x4", syntax, "2:8", "expected one number"},
    {"input 8\ndropout 1", bad_argument, "2:9", "below 1"},
    {"input 8\nrepeat 0-1 { relu }", bad_argument, "2:1", "cannot be negative"},
    {"input 4611686018427387904\nlinear 4", overflow, "2:1", "beyond 64 bits"},
    {"input 4611686018427387904x4\nrelu", overflow, "1:7", "64 bits"},
    // inputs
    {"", invalid_graph, "", "no input"},
    {"# nothing", invalid_graph, "", "no input"},
    {"input 8", invalid_graph, "", "no layer"},
    {"relu", invalid_graph, "1:1", "no input before this layer"},
    {"input", syntax, "1:6", "as in: input image 3x224x224"},
    {"input image", not_found, "1:7", "'image'"},
    {"input image 0x4\nrelu", bad_argument, "1:13", "at least 1, not 0"},
    {"input image 4 int46", syntax, "1:15", "did you mean int64?"},
    {"input a 4\ninput a 4\nrelu", syntax, "2:1", "already taken"},
    {"repeat 2 { input 4 }", syntax, "1:12", "top level"},
    {"input 1x1x1x1x1x1x1x1x1x1x1x1x1", limit, "1:31", "more than 12 dimensions"},
    // names
    {"input 8\nskip = relu\nadd skpi", not_found, "3:5", "did you mean skip?"},
    {"input 8\na = relu\na = relu", syntax, "3:1", "already taken on line 2"},
    {"input 8\nfrom nowhere", not_found, "2:6", "no layer or input named 'nowhere'"},
    {"input 8\nrepeat 2 { a = relu }\nadd a", not_found, "3:5", "named 'a'"},
    {"input 8\na = relu\nlinear 4 tied=a", bad_argument, "3:10", "no weight to share"},
    {"input 8\na = linear 4\nlinear 4 tied=a", shape_mismatch, "3:10", "is 4×8"},
    // shapes
    {"input 3x8x8\nlinear 4", shape_mismatch, "2:1", "'flatten' before it"},
    {"input 8\nconv 4 3x3", shape_mismatch, "2:1", "the input is N×8"},
    {"input 3x8x8\nconv 4 3x3x3", bad_argument, "2:8", "has 3 dimensions"},
    {"input 3x8\nconv2d 4 3x3", shape_mismatch, "2:1", "expected N×C×H×W"},
    {"input 3x8x8\nconv 4 9x9", shape_mismatch, "2:1", ""},
    {"input 3x8x8\nconv 4 3x3 groups=2", shape_mismatch, "2:1", "3 input channels do not divide"},
    {"input 4x8x8\nconv 5 3x3 groups=2", shape_mismatch, "2:1", "5 output channels do not divide"},
    {"input 3x8x8\nconv 4 3x3 stride=0", bad_argument, "2:12", "stride must be at least 1"},
    {"input 3x8x8\nconv 4 3x3 pad=smae", bad_argument, "2:12", "must be a number"},
    {"input 3x8x8\nadaptive_avgpool 9", shape_mismatch, "2:1", "cannot give 9"},
    {"input 6x8x8\ngroupnorm 4", shape_mismatch, "2:1", "do not divide into 4"},
    {"input 8\na = linear 4\nrelu\nlinear 3\nadd a", shape_mismatch, "5:1", "N×3 and N×4"},
    {"input 8\nresidual {\n linear 4\n}", shape_mismatch, "2:1", "shortcut"},
    {"input 8x4x4\nparallel { {} { maxpool 2 } }", shape_mismatch, "2:1", "differ in more than"},
    {"input 8\nconcat input axis=0", shape_mismatch, "2:1", "is the batch"},
    {"input 10x64\nattention heads=5", shape_mismatch, "2:1", "does not divide into 5 heads"},
    {"input 10x64\nattention heads=8 kv_heads=3", shape_mismatch, "2:1", "do not divide over 3"},
    {"input 10x64\nattention heads=64 rotary=true", shape_mismatch, "2:1", "even size"},
    {"input 10x64\nposition_embedding 5", shape_mismatch, "2:1", "10 tokens and 5 positions"},
    {"input 10\nembedding 5 5", shape_mismatch, "2:1", "whole numbers"},
    {"input 10x4\nlstm 5 return=all", bad_argument, "2:8", "sequence or last"},
    {"input 10x4\nselect 10", bad_argument, "2:8", "there are 10, counted from 0"},
    {"input 10x4\nselect middle", bad_argument, "2:8", "first, last or the number"},
    {"input 10x4\nreshape 7", shape_mismatch, "2:1", "do not fit"},
    {"input 10x4\nreshape -1 x -1", bad_argument, "2:9", "only one"},
    {"input 10x4\ntranspose 1 0 2", shape_mismatch, "2:1", "the batch (0) first"},
    {"input 8\nsoftmax axis=0", bad_argument, "2:9", "the batch"},
    {"input 8\ngelu approximate=erf", bad_argument, "2:6", "tanh or none"},
    // braces and blocks
    {"input 8\nresidual {\n relu", syntax, "3:6", "expected '}', found the end"},
    {"input 8\n}", syntax, "2:1", "closes nothing"},
    {"input 8\nresidual relu", syntax, "2:10", "'{' after residual"},
    {"input 8\nshortcut { }", syntax, "2:1", "without the 'residual'"},
    {"input 8\nparallel { { relu } }", syntax, "2:1", "needs two branches"},
    {"input 8\nparallel sum { {} {} }", syntax, "2:10", "concat, add or multiply"},
    {"input 8\nparallel { relu }", syntax, "2:12", "a branch in braces"},
    {"input 8\nparallel add axis=1 { {} {} }", syntax, "2:14", "axis"},
    {"block conv() { }", syntax, "1:7", "is a layer"},
    {"block A() { }\nblock A() { }", syntax, "2:7", "already on line 1"},
    {"block A(a, a) { }", syntax, "1:12", "there twice"},
    {"block A { }", syntax, "1:9", "'(' after the name"},
    {"input 8\nBlok()\nblock Block() { relu }", syntax, "2:1", "did you mean Block?"},
    {"input 8\nA(1, 2)\nblock A(a) { relu }", syntax, "2:6", "takes 1 arguments"},
    {"input 8\nA(widht=2)\nblock A(width) { relu }", syntax, "2:3", "did you mean width?"},
    {"input 8\nA()\nblock A(width) { relu }", syntax, "2:1", "needs its argument 'width'"},
    {"input 8\nA(1, a=1)\nblock A(a) { relu }", syntax, "2:6", "given twice"},
    {"input 8\nA(1)\nblock A(a) { B() }\nblock B() { linear a }", not_found, "4:20", "'a'"},
    // limits
    {"input 8\nA()\nblock A() {\n A()\n}", limit, "4:2", "call itself?"},
    {"input 8\nrepeat 1000000 { relu }", limit, "2:18", "200000 layers"},
    {"input 8\nrepeat 9223372036854775807 { }", limit, "2:1", "2000000 statements"},
    {"input 8x8\nrepeat 190000 { attention }", limit, "2:17", "250000 weights"},
};

TEST(Errors, HaveAPlaceAndASuggestion) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto model = open_network_text(c.text, "t");
    ASSERT_FALSE(model);
    EXPECT_EQ(to_string(model.error().code), to_string(c.code)) << model.error().message;
    EXPECT_EQ(model.error().where, c.where.empty() ? "t" : "t:" + std::string(c.where))
        << model.error().message;
    EXPECT_NE(model.error().message.find(c.message), std::string::npos)
        << "message: " << model.error().message << "\nexpected: " << c.message;
  }
}

TEST(Errors, NestingAndLengthAreBounded) {
  const auto repeated = [](std::string_view part, int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += part;
    return text;
  };
  for (const std::string& text :
       {"input 8\n" + repeated("residual {", 100000), "input 8\nlinear " + repeated("(", 100000),
        "input 8\nlinear " + repeated("- ", 100000) + "1",
        "input 8\nlinear 1" + repeated("+1", 100000), "input 8\n" + repeated("parallel {{", 5000),
        "input 8\n" + repeated("if 1 { } else ", 5000), "input 8\n" + repeated("relu\n", 100000)}) {
    const auto model = open_network_text(text, "t");
    ASSERT_FALSE(model) << text.substr(0, 40);
    EXPECT_EQ(model.error().code, ErrorCode::limit) << model.error().message;
  }
}

TEST(Errors, BlocksThatDoubleEndSoon) {
  std::string text = "input 8\nB0()\n";
  for (int i = 0; i < 60; ++i)
    text += "block B" + std::to_string(i) + "() { B" + std::to_string(i + 1) + "(); B" +
            std::to_string(i + 1) + "() }\n";
  text += "block B60() { }\n";
  const auto model = open_network_text(text, "t");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::limit);
}

TEST(Errors, LongNamesAreBounded) {
  const std::string word(64, 'a');
  std::string text = "input 8\n";
  for (int i = 0; i < 40; ++i) text += word + " = repeat 1 {";
  text += "b = repeat 200000 { " + word + " = linear 8 }";
  for (int i = 0; i < 40; ++i) text += "}";
  const auto model = open_network_text(text, "t");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::limit);
  EXPECT_NE(model.error().message.find("names of layers"), std::string::npos);
  EXPECT_EQ(open_network_text("input 8\na" + word + " = relu", "t").error().where, "t:2:1");
}

// Every byte of a network replaced by each of a few others: a model or an error, never more.
TEST(Errors, EveryDamagedByte) {
  const std::string text =
      "param W = 8 in 1..9\nlet h = W/2\ninput t 4x8\nblock B(a, b=2) { linear a*b; relu }\n"
      "r = residual { attention heads=2\n } shortcut { identity }\nrepeat 2 as i { B(W+i) }\n"
      "parallel add { { B(4) } { linear 8 tied=r } }\nif W > 2 { select first }\n";
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char c :
         {'\0', ' ', '\n', '{', '}', '(', ')', '=', '-', 'x', '9', '.', '#', '\xff'}) {
      std::string damaged = text;
      damaged[i] = c;
      const auto model = open_network_text(damaged, "t");
      if (!model) {
        EXPECT_NE(model.error().code, ErrorCode::internal) << damaged;
      }
    }
}

}  // namespace
}  // namespace reckon

#include "base/text.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

// One character that is not plain, at every place of a text of three words and a rest.
TEST(PlainLength, StopsAtWhatHasToBeEscaped) {
  for (const char c : {'"', '\\', '\n', '\0', '\x1f', '\x7f', '\x80', '\xff'})
    for (std::size_t at = 0; at < 27; ++at) {
      std::string text(27, 'a');
      text[at] = c;
      EXPECT_EQ(plain_length(text), at) << int(c);
      EXPECT_EQ(plain_length(text, at + 1), 26 - at) << int(c);
    }
  EXPECT_EQ(plain_length(" ~!#[]azAZ09{}'`^"), 17U);
  EXPECT_EQ(plain_length(""), 0U);
}

// By hand: a substitution, an insertion, an exchange of neighbours; case is no difference.
TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("alexnet", "alxenet"), 1U);
  EXPECT_EQ(edit_distance("ReLU", "relu"), 0U);
  // Optimal string alignment: no substring is edited twice, so this is 3 and not 2.
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);
}

TEST(Nearest, IsWhatWasMeantOrNothing) {
  constexpr std::string_view names[] = {"alexnet", "mobilenet-v1", "mobilenet-v2", "vgg16"};
  EXPECT_EQ(nearest("alxenet", names), "alexnet");
  EXPECT_EQ(nearest("mobile", names), "mobilenet-v1");
  EXPECT_EQ(nearest("zzz", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
  EXPECT_EQ(nearest(std::string(10'000, 'a'), names), std::nullopt);
  EXPECT_EQ(did_you_mean("vgg61", names), ", did you mean vgg16?");
  EXPECT_EQ(did_you_mean("zzz", names), "");
}

TEST(Printable, KeepsTextAndShowsWhatIsNone) {
  EXPECT_EQ(printable("conv1/weight"), "conv1/weight");
  EXPECT_EQ(printable("größe 层 😀"), "größe 层 😀");
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable(std::string_view("\0\n", 2)), "\\x00\\x0a");
}

// RFC 3629: overlong forms, surrogates, what is beyond U+10FFFF, a sequence that ends early; and
// the C1 controls, of which U+009B starts a terminal's escape sequences.
TEST(Printable, RefusesBrokenUtf8) {
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("a\xe5\xb1"), "a\\xe5\\xb1");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");
  // Right-to-left override, and the first and last of the isolates; their neighbours stay.
  EXPECT_EQ(printable("a\u202eb"), "a\\xe2\\x80\\xaeb");
  EXPECT_EQ(printable("\u2066\u2069"), "\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
  EXPECT_EQ(printable("\u061c"), "\\xd8\\x9c");
  EXPECT_EQ(printable("\u2028"), "\\xe2\\x80\\xa8");
  EXPECT_EQ(printable("\u200d\u202f\u206a"), "\u200d\u202f\u206a");
}

TEST(Printable, CutsAtAWholeCharacter) {
  EXPECT_EQ(printable("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(printable("abcdefghi", 8), "abcde…");
  EXPECT_EQ(printable("ééééé", 8), "ééé…");
  EXPECT_EQ(quoted("x"), "'x'");
}

TEST(ParseInt, TakesDecimalIntegersAndNothingElse) {
  EXPECT_EQ(parse_int("0"), 0);
  EXPECT_EQ(parse_int("-12"), -12);
  EXPECT_EQ(parse_int("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1.0", "0x10", "1e3", "9223372036854775808"})
    EXPECT_EQ(parse_int(text), std::nullopt) << text;
}

}  // namespace
}  // namespace reckon

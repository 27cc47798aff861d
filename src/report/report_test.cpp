// Numbers, cells, sheets and JSON text. Every expectation is worked out by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/formula.h"
#include "base/number.h"
#include "report/answer_check.h"
#include "report/cells.h"
#include "report/json_writer.h"
#include "report/page.h"
#include "report/sheet.h"

namespace reckon {
namespace {

TEST(Number, GroupsThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(101616768), "101,616,768");
  EXPECT_EQ(grouped(-1234567), std::string(1, impossible));
}

TEST(Number, EngineeringHasThreeDigits) {
  EXPECT_EQ(engineering(0), "0");
  EXPECT_EQ(engineering(999), "999");
  EXPECT_EQ(engineering(1000), "1.00 k");
  EXPECT_EQ(engineering(1.43e9), "1.43 G");
  EXPECT_EQ(engineering(12345), "12.3 k");
  EXPECT_EQ(engineering(999499), "999 k");
  EXPECT_EQ(engineering(999500), "1.00 M");  // rounding never says "1000 k"
  EXPECT_EQ(engineering(99950), "100 k");
  EXPECT_EQ(engineering(9995), "10.0 k");
  EXPECT_EQ(engineering(1.0e9, "MAC"), "1.00 GMAC");
  EXPECT_EQ(engineering(5, "MAC"), "5 MAC");
}

TEST(Number, BytesSayWhichThousandTheyMean) {
  EXPECT_EQ(bytes_decimal(999), "999 B");
  EXPECT_EQ(bytes_decimal(1000), "1.00 KB");
  EXPECT_EQ(bytes_binary(1023), "1,023 B");
  EXPECT_EQ(bytes_binary(1024), "1.00 KiB");
  // AlexNet, 60,965,224 parameters in FP32.
  EXPECT_EQ(bytes_decimal(243860896), "243.9 MB");
  EXPECT_EQ(bytes_binary(243860896), "232.6 MiB");
  EXPECT_EQ(bytes_decimal(999999999), "1.00 GB");
}

TEST(Number, PercentNeverRoundsSomethingToNothing) {
  EXPECT_EQ(percent(100352, 109184), "91.911 %");
  EXPECT_EQ(percent(640, 109184), "0.586 %");
  EXPECT_EQ(percent(0, 10), "0 %");
  EXPECT_EQ(percent(1, 0), "0 %");
  EXPECT_EQ(percent(1, 1000000000), "< 0.001 %");
  EXPECT_EQ(fixed(-0.0001, 2), "0.00");
  EXPECT_EQ(fixed(std::nan(""), 2), "?");
}

TEST(Cells, MeasuresWhatATerminalShows) {
  EXPECT_EQ(cells_of("abc"), 3);
  EXPECT_EQ(cells_of("1×3"), 3);
  EXPECT_EQ(cells_of("e\u0301"), 1);  // e and a combining acute accent
  EXPECT_EQ(cells_of("層"), 2);       // a wide character
  EXPECT_EQ(cells_of("한글"), 4);
  EXPECT_EQ(cells_of("\U0001f600"), 2);
  EXPECT_EQ(cells_of("\xff\xfe"), 2);  // broken bytes take a cell each
}

TEST(Cells, CutsBetweenCharacters) {
  EXPECT_EQ(cut_end("abcdef", 4), "abc…");
  EXPECT_EQ(cut_start("abcdef", 4), "…def");
  EXPECT_EQ(cut_end("層層層", 4), "層…");  // half a character is none
  EXPECT_EQ(cut_start("層層層", 4), "…層");
  EXPECT_EQ(cut_end("abc", 3), "abc");
  EXPECT_EQ(cut_end("abc", 0), "");
  EXPECT_EQ(cut_end("ae\u0301bc", 3), "ae\u0301…");
  EXPECT_EQ(pad_left("×", 3), "  ×");
}

TEST(Cells, WrapsAtSpaces) {
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("abcdefgh ij", 4), (std::vector<std::string>{"abc…", "ij"}));
  EXPECT_EQ(wrap("", 4), (std::vector<std::string>{""}));
}

TEST(Cells, AsciiKeepsEveryCell) {
  EXPECT_EQ(to_ascii("1×3 · 4…"), "1x3 * 4~");
  EXPECT_EQ(to_ascii("層"), "??");
  EXPECT_EQ(to_ascii("e\u0301"), "e");
}

TEST(Sheet, CsvQuotesWhatNeedsIt) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  Sheet sheet;
  sheet.columns = {{"name", "Name"}, {"n", "N", true}};
  sheet.rows = {{Cell::of("x,y"), Cell::of(std::int64_t{1234567})},
                {Cell::of("z"), Cell::of(std::optional<std::int64_t>())}};
  EXPECT_EQ(to_csv(sheet), "name,n\n\"x,y\",1234567\nz,\n");
}

// What a spreadsheet would compute is text; numbers stay numbers, negative ones too.
TEST(Sheet, CsvHoldsNoFormulas) {
  Sheet sheet;
  sheet.columns = {{"name", "Name"}, {"n", "N", true}};
  sheet.rows = {{Cell::of("=HYPERLINK(1,2)"), Cell::of(-1.0, 0)},
                {Cell::of("+a"), Cell::of(std::int64_t{0})},
                {Cell::of("-a"), Cell::of(std::int64_t{0})},
                {Cell::of("@a"), Cell::of(std::int64_t{0})},
                {Cell::of("a=b"), Cell::of(std::int64_t{0})}};
  EXPECT_EQ(to_csv(sheet), "name,n\n\"'=HYPERLINK(1,2)\",-1\n'+a,0\n'-a,0\n'@a,0\na=b,0\n");
}

TEST(Sheet, MarkdownEscapesPipes) {
  Sheet sheet;
  sheet.columns = {{"name", "name"}, {"n", "n", true}};
  sheet.rows = {{Cell::of("a|b"), Cell::of(std::int64_t{1000})}};
  EXPECT_EQ(to_markdown(sheet), "| name | n |\n|---|---:|\n| a\\|b | 1,000 |\n");
}

TEST(Sheet, NarrowPagesLoseTheLeastColumnFirst) {
  Sheet sheet;
  sheet.columns = {{"name", "name", false, 0, 4}, {"a", "aaaa", true, 2}, {"b", "bbbb", true, 1}};
  sheet.rows = {{Cell::of("abcdef"), Cell::of(std::int64_t{1}), Cell::of(std::int64_t{22})}};
  EXPECT_EQ(to_text(sheet, {.width = 18}),
            "name    aaaa  bbbb\n──────────────────\nabcdef     1    22\n");
  EXPECT_EQ(to_text(sheet, {.width = 16}),
            "name  aaaa  bbbb\n────────────────\nabc…     1    22\n");
  EXPECT_EQ(to_text(sheet, {.width = 12}), "name    bbbb\n────────────\nabcdef    22\n");
  EXPECT_EQ(to_text(sheet, {.width = 10, .ascii = true}), "name  bbbb\n----------\nabc~    22\n");
}

TEST(Sheet, EmptyColumnsAreNotShown) {
  Sheet sheet;
  sheet.columns = {{"name", "name"}, {"sees", "sees"}};
  sheet.rows = {{Cell::of("a"), Cell::of("")}};
  EXPECT_EQ(to_text(sheet, {}), "name\n────\na\n");
}

TEST(Page, BarsShowEighths) {
  EXPECT_EQ(bar(1, 3), "███");
  EXPECT_EQ(bar(0.5, 3), "█▌");
  EXPECT_EQ(bar(0.0001, 3), "▏");  // something is never nothing
  EXPECT_EQ(bar(0, 3), "");
  EXPECT_EQ(bar(7, 2), "██");
}

TEST(Formula, ComesFromTheFactors) {
  Figure figure;
  figure.add("w", {{"C_out", 96}, {"K+1", 3}});
  figure.add("b", {{"C_out", 96}});
  EXPECT_EQ(formula_of(figure), "C_out · (K+1) + C_out");
  EXPECT_EQ(substitution_of(figure), "96 · 3 + 96");
  figure.add({{"steps", -1}});
  EXPECT_EQ(substitution_of(figure), "96 · 3 + 96 + ?");
}

// C1 controls, the right-to-left override and an isolate; é and the no-break space stay.
TEST(JsonWriter, HidesNothing) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.value(std::string_view("\u009b\u202e\u2066\u00e9\u00a0"));
  json.end_array();
  EXPECT_EQ(out, "[\n  \"\\u009b\\u202e\\u2066\u00e9\u00a0\"\n]\n");
}

TEST(JsonWriter, KeepsDigitsAndRepairsText) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("n", std::int64_t{9007199254740993});  // 2^53 + 1
  json.member("text", std::string_view("a\"\\\n\x01\xff\xc3\xa9"));
  json.member("x", std::numeric_limits<double>::infinity());
  json.key("shape");
  json.begin_array();
  json.value(std::int64_t{1});
  json.null();
  json.end_array();
  json.key("none");
  json.begin_array();
  json.end_array();
  json.end_object();
  EXPECT_EQ(
      out,
      "{\n  \"n\": 9007199254740993,\n  \"text\": \"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\","
      "\n  \"x\": null,\n  \"shape\": [\n    1,\n    null\n  ],\n  \"none\": []\n}\n");
}

// A count below zero is a mark, in text and in tables, and a page that has one names the line.
TEST(Page, AFigureThatCannotBeIsFound) {
  EXPECT_FALSE(impossible_figure_in("a  1\nb  2\n"));
  const std::string page = "a  1\nconv1  " + bytes_binary(-5) + "  of it\n";
  const auto wrong = impossible_figure_in(page);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->code, ErrorCode::internal);
  EXPECT_EQ(wrong->where, "line 'conv1  ?  of it'");
  Sheet sheet;
  sheet.columns = {{"n", "n", true}};
  for (const Cell& cell :
       {Cell::of(std::int64_t{-1}), Cell::of(std::numeric_limits<double>::quiet_NaN(), 2)}) {
    sheet.rows = {{cell}};
    EXPECT_TRUE(impossible_figure_in(to_csv(sheet)));
  }
  sheet.rows = {{Cell::of(std::int64_t{-1})}};
  EXPECT_TRUE(impossible_figure_in(to_text(sheet, {})));
  EXPECT_TRUE(impossible_figure_in(to_markdown(sheet)));
}

// A long list is made row by row, and looks as one that is there whole.
TEST(Sheet, RowsThatAreMadeOnTheWay) {
  Sheet whole, made;
  whole.columns = made.columns = {{"name", "name"}, {"n", "n", true}};
  const auto row = [](std::int64_t i) {
    return std::vector{Cell::of(std::string(static_cast<std::size_t>(i), 'x')), Cell::of(i)};
  };
  for (std::int64_t i = 0; i < 5; ++i) whole.rows.push_back(row(i));
  made.rows = {row(0)};
  made.more = [&](const Sheet::SeeRow& see) {
    for (std::int64_t i = 1; i < 5; ++i) see(row(i));
  };
  EXPECT_EQ(to_text(made, {}), to_text(whole, {}));
  EXPECT_EQ(to_csv(made), to_csv(whole));
  EXPECT_EQ(to_markdown(made), to_markdown(whole));
}

}  // namespace
}  // namespace reckon

// Rows of an answer: what each kind of them writes, and rules that all of them keep.
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/field_rows.h"
#include "report/answer_check.h"
#include "report/json_fields.h"

namespace reckon {
namespace {

struct Part {
  std::string name;
  std::optional<std::int64_t> bytes;
};
struct Whole {
  double seconds = 0;
  bool lower_bound = false;
  std::optional<Part> first, second;
  std::vector<Part> parts;
  std::vector<double> counts;
};

constexpr Row<Part> part_rows[] = {
    field<&Part::name>("name", "", ""),
    field<&Part::bytes>("bytes", "B", "null where unknown"),
};
constexpr Row<Part> loud_rows[] = {
    field("loud", "", "", [](const Part& part) { return part.name + "!"; }),
};
constexpr Row<Whole> whole_rows[] = {
    field<&Whole::seconds>("seconds", "s", ""),
    field<&Whole::lower_bound>("lower_bound", "", ""),
    object<part_rows, &Whole::first>("first", "null where there is none"),
    object<part_rows>("second", "absent where there is none",
                      [](const Whole& w) { return if_any(w.second); }),
    members<part_rows>([](const Whole& w) { return if_any(w.second); }),
    list<part_rows, &Whole::parts>("parts", ""),
    list<loud_rows>("backwards", "made while they are walked",
                    [](const Whole& w) {
                      return made<Part>(w, [](const Whole& of, auto emit) {
                        for (auto part = of.parts.rbegin(); part != of.parts.rend(); ++part)
                          emit(*part);
                      });
                    }),
    values<&Whole::counts>("counts", ""),
    field("if_long", "s", "absent below a second",
          [](const Whole& w) {
            return IfAny{w.seconds >= 1 ? std::optional(w.seconds) : std::nullopt};
          }),
};
constexpr Field whole = answer<whole_rows>("whole", "");
void whole_answer(SeeAnswer see, const Whole& of) {
  see({{&whole, &of}});
}

// A figure that cannot be is an error that names it, and the part that it is about, in JSON and
// without; a time below zero may be a difference.
TEST(Fields, NoFigureLeavesThatCannotBe) {
  Whole of{.parts = {{"conv1", 1}, {"conv2", -1}}};
  for (const Status& told : {checked(whole_answer, of), [&]() -> Status {
                               const auto text = json_of(whole_answer, of);
                               return text ? Status() : std::unexpected(text.error());
                             }()}) {
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, ErrorCode::internal);
    EXPECT_NE(told.error().message.find("the figure bytes "), std::string::npos);
    EXPECT_EQ(told.error().where, "'conv2'");
  }
  of = {.seconds = std::numeric_limits<double>::quiet_NaN()};
  EXPECT_FALSE(checked(whole_answer, of));
  EXPECT_FALSE(json_of(whole_answer, of));
  of.seconds = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(checked(whole_answer, of));
  of.seconds = -1;
  EXPECT_TRUE(checked(whole_answer, of));
  EXPECT_TRUE(json_of(whole_answer, of));
}

// By hand, from docs/json.md: null is what nobody knows, absent is what was not asked for.
TEST(Fields, AreWrittenAsTheirTypesSay) {
  const Whole none;
  EXPECT_EQ(*json_of(whole_answer, none),
            "{\n"
            "  \"whole\": {\n"
            "    \"seconds\": 0,\n"
            "    \"lower_bound\": false,\n"
            "    \"first\": null,\n"
            "    \"parts\": [],\n"
            "    \"backwards\": [],\n"
            "    \"counts\": []\n"
            "  }\n"
            "}\n");
  const Whole all{1.5, true, Part{"a", 1}, Part{"b", {}}, {{"c", 3}, {"d", {}}}, {0.5, 2}};
  EXPECT_EQ(
      *json_of(whole_answer, all),
      "{\n"
      "  \"whole\": {\n"
      "    \"seconds\": 1.5,\n"
      "    \"lower_bound\": true,\n"
      "    \"first\": {\"name\": \"a\", \"bytes\": 1},\n"
      "    \"second\": {\"name\": \"b\", \"bytes\": null},\n"
      "    \"name\": \"b\",\n"
      "    \"bytes\": null,\n"
      "    \"parts\": [{\"name\": \"c\", \"bytes\": 3}, {\"name\": \"d\", \"bytes\": null}],\n"
      "    \"backwards\": [{\"loud\": \"d!\"}, {\"loud\": \"c!\"}],\n"
      "    \"counts\": [0.5, 2],\n"
      "    \"if_long\": 1.5\n"
      "  }\n"
      "}\n");
}

TEST(Fields, KnowTheirKinds) {
  const auto row = [](std::size_t i) -> const Field& { return whole.inside[i]; };
  EXPECT_EQ(row(0).kind, FieldKind::number);
  EXPECT_EQ(row(1).kind, FieldKind::boolean);
  EXPECT_TRUE(row(2).nullable && !row(2).optional);
  EXPECT_TRUE(!row(3).nullable && row(3).optional);
  EXPECT_TRUE(row(3).inside[1].nullable);
  EXPECT_EQ(row(5).kind, FieldKind::list);
  EXPECT_EQ(row(7).inside[0].kind, FieldKind::number);
  EXPECT_TRUE(row(8).optional && !row(8).nullable);
}

// No object has a name twice, a list says what its items are, and every row can be asked.
void check(std::span<const Field> fields, const std::string& path, std::set<std::string>& names,
           int& n_rows) {
  for (const Field& field : fields) {
    const std::string here = path + "." + std::string(field.name);
    ++n_rows;
    ASSERT_NE(field.get, nullptr) << here;
    if (field.name.empty()) {
      check(field.inside, path, names, n_rows);
      continue;
    }
    EXPECT_TRUE(names.insert(std::string(field.name)).second) << here;
    if (field.kind == FieldKind::list) {
      ASSERT_EQ(field.inside.size(), 1U) << here;
      EXPECT_EQ(field.inside[0].name, "[]") << here;
    } else if (field.kind != FieldKind::object) {
      EXPECT_TRUE(field.inside.empty()) << here;
    }
    std::set<std::string> inside;
    check(field.inside, here, inside, n_rows);
  }
}
TEST(Fields, OfEveryAnswerAreSound) {
  std::set<std::string> names;
  int n_rows = 0;
  check(answer_fields(), "", names, n_rows);
  for (const char* const answer : {"reckon", "error", "model", "layers", "memory", "fit", "time",
                                   "energy", "chip", "measure", "silicon", "step"})
    EXPECT_TRUE(names.contains(answer)) << answer;
  EXPECT_GT(n_rows, 500);
}

}  // namespace
}  // namespace reckon

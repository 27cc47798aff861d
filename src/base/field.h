// The fields of an answer, one row each: its name, unit and meaning, and how to get it. The JSON
// text, its schema, its reference, the page's types and the paths of a lab are made from the rows.
//
// A row is plain data with one function pointer; base/field_rows.h has the words to write one. An
// object without a name lends its members to the object around it. Lists are walked, never copied:
// their items may be made on the way.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/port/words.h"

namespace reckon {

enum class FieldKind : std::uint8_t { object, text, integer, number, boolean, list };

// Is given the items of a list, one after the other.
struct Visit {
  void (*call)(void* context, const void* item);
  void* context;
};

// The value of a field. Refers to the answer that it was got from.
struct FieldValue {
  enum class Is : std::uint8_t { absent, null, boolean, integer, number, text, object, list, map };
  Is is = Is::absent;
  struct Text {
    const char* begin;
    std::size_t size;
  };
  // Of `n` items each `stride` bytes behind the other, or of those that `each` visits.
  struct List {
    const void* from;
    std::size_t n, stride;
    void (*each)(const void* from, Visit visit);
  };
  union {
    bool boolean;
    std::int64_t integer;
    double number;
    Text text;
    const void* object;
    List list;
  };

  constexpr FieldValue() : integer(0) {}
  constexpr explicit FieldValue(Is what) : is(what), integer(0) {}
  constexpr FieldValue(bool b) : is(Is::boolean), boolean(b) {}
  constexpr FieldValue(std::int64_t n) : is(Is::integer), integer(n) {}
  constexpr FieldValue(double x) : is(Is::number), number(x) {}
  constexpr FieldValue(std::string_view t) : is(Is::text), text{t.data(), t.size()} {}
  constexpr FieldValue(Is what, List l) : is(what), list(l) {}
  template <class T>
  FieldValue(const T*) = delete;  // would be a truth
  static FieldValue of_object(const void* p) {
    FieldValue value(p == nullptr ? Is::null : Is::object);
    value.object = p;
    return value;
  }
  std::string_view view() const { return {text.begin, text.size}; }
};

struct Field {
  std::string_view name;
  Words unit, meaning;
  FieldKind kind = FieldKind::object;
  bool nullable = false;  // null where nobody knows it
  bool optional = false;  // may be absent: depends on the question
  // Text that must be made for it is put into `made`, and the value refers to it.
  FieldValue (*get)(const void* of, std::string& made) = nullptr;
  // Of an object, its members, or none where their names are data; of a list, one row for its
  // items, called "[]".
  std::span<const Field> inside;
};
// A field of a T.
template <class T>
struct Row : Field {};

// Visits the items of a list. REQUIRES: value.is == list or map.
void for_each_item(const FieldValue& list, Visit visit);
template <class See>
void for_each_item(const FieldValue& list, See&& see) {
  for_each_item(list, Visit{[](void* context, const void* item) {
                              (*static_cast<std::remove_reference_t<See>*>(context))(item);
                            },
                            &see});
}

// A name and a count, of an object whose names are data.
struct NamedCount {
  std::string_view name;
  std::int64_t count = 0;
};

// One key of an answer, or the members of a nameless row, of what the row is about.
struct AnswerPart {
  const Field* field;
  const void* of;
};
// Is given an answer, its keys in order, while what they are about is there.
class SeeAnswer {
 public:
  using Parts = std::span<const AnswerPart>;

  template <class See>
    requires(!std::is_same_v<See, SeeAnswer>)
  SeeAnswer(See& see)  // NOLINT: whatever can be called with parts
      : call_([](void* context, Parts parts) { (*static_cast<See*>(context))(parts); }),
        context_(&see) {}
  void operator()(std::initializer_list<AnswerPart> parts) const {
    call_(context_, {parts.begin(), parts.size()});
  }

 private:
  void (*call_)(void* context, Parts parts);
  void* context_;
};

}  // namespace reckon

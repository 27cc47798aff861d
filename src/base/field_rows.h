// The words in which the rows of an answer are written (base/field.h).
//
//   constexpr Row<Peak> peak_rows[] = {
//       field<&Peak::bytes>("bytes", "B", "the sum of the composition"),
//       field("layer", "", "null for textbook", [](const Peak& p) { return p.layer(); })};
//   constexpr Row<Memory> memory_rows[] = {
//       object<peak_rows, &Memory::peak>("peak", "the worst moment")};
//
// A row's kind comes from the type that its function returns: an optional is null where nobody
// knows the figure, IfAny is absent where it is empty.
#pragma once

#include <iterator>
#include <optional>

#include "base/field.h"

namespace reckon {

// Absent where it is empty.
template <class T>
struct IfAny {
  T value;
};
template <class T>
IfAny<const T*> if_any(const std::optional<T>& value) {
  return {value ? &*value : nullptr};
}
// A list whose items are made while it is walked: made<Item>(from, [](const From&, auto emit) {…}).
template <class Item>
struct Made {
  FieldValue value;
};

namespace fields {

template <class R>
struct Kind {
  using Item = R;  // what an object or a list refers to
  static constexpr bool nullable = false, optional = false;
};
template <class R>
struct Kind<std::optional<R>> : Kind<R> {
  static constexpr bool nullable = true;
};
template <class R>
struct Kind<const R*> : Kind<R> {
  static constexpr bool nullable = true;
};
template <class R>
struct Kind<IfAny<std::optional<R>>> : Kind<R> {
  static constexpr bool optional = true;
};
template <class R>
struct Kind<IfAny<const R*>> : Kind<R> {
  static constexpr bool optional = true;
};

template <class R>
constexpr FieldKind scalar_kind() {
  if constexpr (std::is_same_v<R, bool>)
    return FieldKind::boolean;
  else if constexpr (std::is_integral_v<R>)
    return FieldKind::integer;
  else if constexpr (std::is_floating_point_v<R>)
    return FieldKind::number;
  else
    return FieldKind::text;
}

template <class R>
FieldValue value_of(const R& r) {
  if constexpr (std::is_same_v<R, bool> || std::is_same_v<R, FieldValue>)
    return r;
  else if constexpr (std::is_integral_v<R>)
    return static_cast<std::int64_t>(r);
  else if constexpr (std::is_floating_point_v<R>)
    return static_cast<double>(r);
  else if constexpr (std::is_enum_v<R>)
    return std::string_view(to_string(r));
  else
    return std::string_view(r);
}
template <class R>
FieldValue value_of(const std::optional<R>& r) {
  return r ? value_of(*r) : FieldValue(FieldValue::Is::null);
}
template <class R>
FieldValue value_of(const IfAny<std::optional<R>>& r) {
  return r.value ? value_of(*r.value) : FieldValue();
}

template <class R>
FieldValue object_of(const R& r) {
  return FieldValue::of_object(&r);
}
template <class R>
FieldValue object_of(const std::optional<R>& r) {
  return FieldValue::of_object(r ? &*r : nullptr);
}
template <class R>
FieldValue object_of(const R* r) {
  return FieldValue::of_object(r);
}
template <class R>
FieldValue object_of(IfAny<const R*> r) {
  return r.value == nullptr ? FieldValue() : FieldValue::of_object(r.value);
}
template <class R>
FieldValue object_of(const IfAny<std::optional<const R*>>& r) {
  return r.value ? FieldValue::of_object(*r.value) : FieldValue();
}

template <class R>
FieldValue list_of(const R& r) {
  return {FieldValue::Is::list, {std::data(r), std::size(r), sizeof(*std::data(r)), nullptr}};
}
template <class Item>
FieldValue list_of(const Made<Item>& r) {
  return r.value;
}
template <class R>
FieldValue list_of(const std::optional<R>& r) {
  return r ? list_of(*r) : FieldValue(FieldValue::Is::null);
}
template <class R>
FieldValue list_of(const R* r) {
  return r == nullptr ? FieldValue(FieldValue::Is::null) : list_of(*r);
}
template <class R>
FieldValue list_of(const IfAny<std::optional<R>>& r) {
  return r.value ? list_of(*r.value) : FieldValue();
}
template <class R>
FieldValue list_of(const IfAny<const R*>& r) {
  return r.value == nullptr ? FieldValue() : list_of(*r.value);
}

template <class R>
struct ItemOf {
  using Is = std::remove_cvref_t<decltype(*std::data(std::declval<const R&>()))>;
};
template <class Item>
struct ItemOf<Made<Item>> {
  using Is = Item;
};

// A function of a T: a lambda without captures, or the members on the way to a figure.
template <class F>
struct Call;
template <class F, class R, class T>
struct Call<R (F::*)(const T&) const> {
  using Of = T;
  using Gives = std::remove_cvref_t<R>;
};
template <class F>
struct ByLambda : Call<decltype(&F::operator())> {
  static decltype(auto) get(const void* of) {
    return F{}(*static_cast<const typename Call<decltype(&F::operator())>::Of*>(of));
  }
};
template <class M>
struct Member;
template <class R, class T>
struct Member<R T::*> {
  using Of = T;
};
template <class T>
const T& follow(const T& of) {
  return of;
}
template <class T, class M, class... More>
const auto& follow(const T& of, M member, More... more) {
  return follow(of.*member, more...);
}
template <auto First, auto... Rest>
struct ByPath {
  using Of = typename Member<decltype(First)>::Of;
  using Gives = std::remove_cvref_t<decltype(follow(std::declval<const Of&>(), First, Rest...))>;
  static const Gives& get(const void* of) {
    return follow(*static_cast<const Of*>(of), First, Rest...);
  }
};

template <class By>
FieldValue get_value(const void* of, std::string& made) {
  using Gives = typename By::Gives;
  if constexpr (std::is_same_v<Gives, std::string> && !std::is_reference_v<decltype(By::get(of))>) {
    made = By::get(of);
    return std::string_view(made);
  } else if constexpr (std::is_same_v<Gives, std::optional<std::string>>) {
    auto text = By::get(of);
    if (!text) return FieldValue(FieldValue::Is::null);
    made = *std::move(text);
    return std::string_view(made);
  } else {
    return value_of(By::get(of));
  }
}
template <class By>
FieldValue get_object(const void* of, std::string&) {
  return object_of(By::get(of));
}
template <class By>
FieldValue get_list(const void* of, std::string&) {
  return list_of(By::get(of));
}
inline FieldValue get_self(const void* of, std::string&) {
  return FieldValue::of_object(of);
}
template <class T>
FieldValue get_item(const void* of, std::string&) {
  return value_of(*static_cast<const T*>(of));
}

// The rows without the type of what they are about.
template <std::size_t n>
struct Plain {
  Field at[n];
};
template <const auto& rows>
constexpr auto plain = [] {
  Plain<std::size(rows)> out{};
  for (std::size_t i = 0; i < std::size(rows); ++i) out.at[i] = rows[i];
  return out;
}();
template <const auto& rows>
constexpr Field object_item[1] = {
    {"[]", "", "", FieldKind::object, false, false, get_self, plain<rows>.at}};
template <const auto& rows>
constexpr std::span<const Field> items_of() {
  if constexpr (std::string_view(rows[0].name) == "[]")
    return plain<rows>.at;
  else
    return object_item<rows>;
}
template <const auto& rows>
using RowOf = std::remove_cvref_t<decltype(rows[0])>;
template <class T>
constexpr Field plain_item[1] = {{"[]",
                                  "",
                                  "",
                                  scalar_kind<typename Kind<T>::Item>(),
                                  Kind<T>::nullable,
                                  false,
                                  get_item<T>,
                                  {}}};

template <class By>
constexpr Row<typename By::Of> value_row(std::string_view name, Words unit, Words meaning) {
  using K = Kind<typename By::Gives>;
  return {{name,
           unit,
           meaning,
           scalar_kind<typename K::Item>(),
           K::nullable,
           K::optional,
           get_value<By>,
           {}}};
}
template <const auto& rows, class By>
constexpr Row<typename By::Of> object_row(std::string_view name, Words meaning) {
  using K = Kind<typename By::Gives>;
  static_assert(std::is_same_v<Row<typename K::Item>, RowOf<rows>>);
  return {{name, "", meaning, FieldKind::object, K::nullable, K::optional, get_object<By>,
           plain<rows>.at}};
}
template <const auto& rows, class By>
constexpr Row<typename By::Of> list_row(std::string_view name, Words meaning) {
  using K = Kind<typename By::Gives>;
  static_assert(std::is_same_v<Row<typename ItemOf<typename K::Item>::Is>, RowOf<rows>>);
  return {{name, "", meaning, FieldKind::list, K::nullable, K::optional, get_list<By>,
           items_of<rows>()}};
}
template <class By>
constexpr Row<typename By::Of> values_row(std::string_view name, Words meaning) {
  using K = Kind<typename By::Gives>;
  return {{name, "", meaning, FieldKind::list, K::nullable, K::optional, get_list<By>,
           plain_item<typename ItemOf<typename K::Item>::Is>}};
}

}  // namespace fields

// A truth, a number or a text.
template <class F>
constexpr auto field(std::string_view name, Words unit, Words meaning, F) {
  return fields::value_row<fields::ByLambda<F>>(name, unit, meaning);
}
template <auto First, auto... Rest>
constexpr auto field(std::string_view name, Words unit, Words meaning) {
  return fields::value_row<fields::ByPath<First, Rest...>>(name, unit, meaning);
}
// An object with the members of `rows`.
template <const auto& rows, class F>
constexpr auto object(std::string_view name, Words meaning, F) {
  return fields::object_row<rows, fields::ByLambda<F>>(name, meaning);
}
template <const auto& rows, auto First, auto... Rest>
constexpr auto object(std::string_view name, Words meaning) {
  return fields::object_row<rows, fields::ByPath<First, Rest...>>(name, meaning);
}
// An object that is the answer itself, or a part of it that has no type of its own.
template <const auto& rows>
constexpr auto object(std::string_view name, Words meaning) {
  fields::RowOf<rows> row{};
  row.name = name, row.meaning = meaning;
  row.get = fields::get_self, row.inside = fields::plain<rows>.at;
  return row;
}
// The members of `rows`, without an object around them.
template <const auto& rows, class F>
constexpr auto members(F) {
  return fields::object_row<rows, fields::ByLambda<F>>("", "");
}
template <const auto& rows, auto First, auto... Rest>
constexpr auto members() {
  return fields::object_row<rows, fields::ByPath<First, Rest...>>("", "");
}
// The same of an object that is made for it.
template <const auto& rows, class F>
constexpr auto members_of_made(F) {
  using By = fields::ByLambda<F>;
  static_assert(std::is_same_v<Row<typename By::Gives>, fields::RowOf<rows>>);
  return Row<typename By::Of>{{"", "", "", FieldKind::object, false, false,
                               [](const void* of, std::string&) {
                                 return FieldValue(FieldValue::Is::list,
                                                   {of, 0, 0, [](const void* from, Visit visit) {
                                                      const auto item = By::get(from);
                                                      visit.call(visit.context, &item);
                                                    }});
                               },
                               fields::plain<rows>.at}};
}
// A list of objects with the members of `rows`, or of what a single row called "[]" says.
template <const auto& rows, class F>
constexpr auto list(std::string_view name, Words meaning, F) {
  return fields::list_row<rows, fields::ByLambda<F>>(name, meaning);
}
template <const auto& rows, auto First, auto... Rest>
constexpr auto list(std::string_view name, Words meaning) {
  return fields::list_row<rows, fields::ByPath<First, Rest...>>(name, meaning);
}
// A list of numbers or texts of which there is nothing to say.
template <class F>
constexpr auto values(std::string_view name, Words meaning, F) {
  return fields::values_row<fields::ByLambda<F>>(name, meaning);
}
template <auto First, auto... Rest>
constexpr auto values(std::string_view name, Words meaning) {
  return fields::values_row<fields::ByPath<First, Rest...>>(name, meaning);
}
// An object whose names are data.
template <class F>
constexpr auto counts(std::string_view name, Words meaning, F) {
  using By = fields::ByLambda<F>;
  return Row<typename By::Of>{{name,
                               "",
                               meaning,
                               FieldKind::object,
                               false,
                               false,
                               [](const void* of, std::string&) {
                                 FieldValue value = By::get(of).value;
                                 value.is = FieldValue::Is::map;
                                 return value;
                               },
                               {}}};
}
template <class T>
constexpr Row<T> sometimes(Row<T> row) {
  row.optional = true;
  return row;
}
// An answer's own object, by which an answer is known: "time".
template <const auto& rows>
constexpr auto answer(std::string_view name, Words meaning) {
  return sometimes(object<rows>(name, meaning));
}

template <class Item, class From, class Emit>
Made<Item> made(const From& from, Emit) {
  return {FieldValue(FieldValue::Is::list, {&from, 0, 0, [](const void* of, Visit visit) {
                                              Emit{}(*static_cast<const From*>(of),
                                                     [visit](const Item& item) {
                                                       visit.call(visit.context, &item);
                                                     });
                                            }})};
}

}  // namespace reckon

#include "report/field_sheet.h"

#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "report/answer_check.h"

namespace reckon {
namespace {

// Calls call(field, value) for each member of an object, those that are lent to it among them.
template <class F>
void see_members(std::span<const Field> fields, const void* of, const F& call) {
  std::string made;
  for (const Field& field : fields) {
    const FieldValue value = field.get(of, made);
    if (!field.name.empty())
      call(field, value);
    else if (value.is == FieldValue::Is::object)
      see_members(field.inside, value.object, call);
    else if (value.is == FieldValue::Is::list)
      for_each_item(value, [&](const void* lent) { see_members(field.inside, lent, call); });
  }
}

using SeeField = void (*)(void* context, const Field& field, const FieldValue& value);
void see_field(std::span<const Field> fields, const void* of, std::string_view path, SeeField see,
               void* context) {
  const std::size_t dot = path.find('.');
  see_members(fields, of, [&](const Field& field, const FieldValue& value) {
    if (field.name != path.substr(0, dot)) return;
    if (dot == std::string_view::npos)
      see(context, field, value);
    else if (value.is == FieldValue::Is::object)
      see_field(field.inside, value.object, path.substr(dot + 1), see, context);
  });
}
// Of the field at a path, where there is something: call(field, value).
template <class F>
void see_field(std::span<const Field> fields, const void* of, std::string_view path, F&& call) {
  const SeeField see = [](void* context, const Field& field, const FieldValue& value) {
    (*static_cast<std::remove_reference_t<F>*>(context))(field, value);
  };
  see_field(fields, of, path, see, &call);
}

const Field* field_at(std::span<const Field> fields, std::string_view path) {
  const std::size_t dot = path.find('.');
  for (const Field& field : fields) {
    const Field* found = nullptr;
    if (field.name.empty())
      found = field_at(field.inside, path);
    else if (field.name == path.substr(0, dot))
      found = dot == std::string_view::npos ? &field : field_at(field.inside, path.substr(dot + 1));
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::string_view last_word(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

// Shapes: "3×64×64, 10"; "scalar" has no dimensions, and "?" is not known.
std::string list_text(const Field& list, const FieldValue& value) {
  const Field& item = list.inside[0];
  const bool of_lists = item.kind == FieldKind::list;
  std::string out, made;
  for_each_item(value, [&](const void* of) {
    const FieldValue held = item.get(of, made);
    out += out.empty() ? "" : of_lists ? ", " : "×";
    out += held.is == FieldValue::Is::list      ? list_text(item, held)
           : held.is == FieldValue::Is::integer ? std::to_string(held.integer)
                                                : "?";
  });
  return out.empty() && !of_lists ? "scalar" : out;
}

Cell cell_of(const Field& field, const FieldValue& value, int digits, const Cell& otherwise) {
  if (cannot_be(field, value)) return Cell::of(std::string_view(&impossible, 1));
  switch (value.is) {
    case FieldValue::Is::boolean:
      return Cell::of(value.boolean ? "yes" : "no");
    case FieldValue::Is::integer:
      return Cell::of(value.integer);
    case FieldValue::Is::number:
      return std::isfinite(value.number) ? Cell::of(value.number, digits) : otherwise;
    case FieldValue::Is::text:
      return Cell::of(printable(value.view(), 4 * value.view().size()));
    case FieldValue::Is::list:
      return Cell::of(list_text(field, value));
    default:
      return otherwise;
  }
}

bool is_number(const Field& field) {
  return field.kind == FieldKind::integer || field.kind == FieldKind::number;
}

}  // namespace

Sheet sheet_along_items(const Field& answer, const void* of, std::string_view list,
                        std::span<const FieldColumn> columns) {
  Sheet sheet;
  const Field* const items = field_at({&answer, 1}, list);
  const std::span<const Field> fields =
      items == nullptr ? std::span<const Field>() : items->inside[0].inside;
  for (const FieldColumn& column : columns) {
    const std::string_view key = column.key.empty() ? last_word(column.path) : column.key;
    const Field* const field = field_at(fields, column.path);
    Column& made = sheet.columns.emplace_back();
    made.key = field == nullptr && !column.path.empty() ? "no field " + std::string(column.path)
                                                        : std::string(key);
    made.title = column.title.value_or(key);
    made.right = field == nullptr || is_number(*field);
    made.priority = column.priority;
    if (column.is_name) made.shrink_to = 12, made.cut_front = true;
    if (field != nullptr && field->kind == FieldKind::list) made.shrink_to = 12;
  }
  sheet.more = [&answer, of, list, columns, fields](const Sheet::SeeRow& see) {
    see_field({&answer, 1}, of, list, [&](const Field&, const FieldValue& value) {
      if (value.is != FieldValue::Is::list) return;
      std::int64_t n_rows = 0;
      for_each_item(value, [&](const void* item) {
        ++n_rows;
        std::vector<Cell> row;
        for (const FieldColumn& column : columns) {
          const Cell null = column.stays ? Cell{.kind = Cell::Kind::unknown} : column.otherwise;
          Cell cell = column.path.empty() ? Cell::of(n_rows) : column.otherwise;
          see_field(fields, item, column.path, [&](const Field& field, const FieldValue& held) {
            cell = cell_of(field, held, column.digits, null);
            cell.code = column.is_code;
          });
          row.push_back(std::move(cell));
        }
        see(row);
      });
    });
  };
  return sheet;
}

Sheet sheet_of_items(const Field& answer, const void* of, std::string_view list,
                     std::span<const FieldColumn> columns) {
  Sheet sheet = sheet_along_items(answer, of, list, columns);
  std::exchange(sheet.more, {})([&](const std::vector<Cell>& row) { sheet.rows.push_back(row); });
  return sheet;
}

Sheet sheet_of_figures(const Field& answer, const void* of, std::span<const FigureRow> figures) {
  Sheet sheet;
  sheet.columns = {{"figure", "figure"}, {"value", "value", true}, {"unit", "unit"}};
  for (const FigureRow& figure : figures) {
    const Cell null = figure.stays ? Cell{.kind = Cell::Kind::unknown} : Cell{};
    const auto add = [&](std::string_view name, const Field& field, const FieldValue& value) {
      Cell cell = cell_of(field, value, figure.digits, null);
      if (cell.kind == Cell::Kind::blank) return;
      sheet.rows.push_back({Cell::of(name), std::move(cell),
                            Cell::of(figure.unit.empty() ? field.unit : figure.unit)});
    };
    if (field_at({&answer, 1}, figure.path) == nullptr)
      sheet.rows.push_back({Cell::of("no field " + std::string(figure.path)), {}, {}});
    see_field({&answer, 1}, of, figure.path, [&](const Field& field, const FieldValue& value) {
      if (value.is != FieldValue::Is::object)
        return add(figure.name.empty() ? last_word(figure.path) : figure.name, field, value);
      see_members(field.inside, value.object, [&](const Field& member, const FieldValue& held) {
        if (is_number(member))
          add(std::string(figure.name) + std::string(member.name), member, held);
      });
    });
  }
  return sheet;
}

}  // namespace reckon

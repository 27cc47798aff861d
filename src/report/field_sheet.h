// Sheets whose cells are fields of an answer (base/field.h): what a column or a row holds stands in
// the answer's rows, and here only which ones, and how they look. A test asks every one of them for
// a field that there is.
#pragma once

#include <optional>
#include <span>

#include "base/field.h"
#include "report/sheet.h"

namespace reckon {

struct FieldColumn {
  std::string_view path =
      {};  // from an item of the list: "forward.seconds"; none: the item's number
  std::optional<std::string_view> title = {};  // for people; none: the key
  int digits = 0;                              // of numbers with a fraction
  int priority = 0;
  std::string_view key = {};  // none: the last word of the path
  Cell otherwise = {};        // where the field is null or absent
  bool is_name = false;       // of a layer: cut at its front where the page is narrow
  bool is_code = false;       // for Markdown
  bool stays = false;         // "?" where the field is null; `otherwise` where it is absent
};
// A column for each of `columns`, a row for each item of the list at `list` ("advice.changes").
Sheet sheet_of_items(const Field& answer, const void* of, std::string_view list,
                     std::span<const FieldColumn> columns);
// The same of a list too long to be there whole (Sheet::more): `of` and `columns` outlive the
// sheet.
Sheet sheet_along_items(const Field& answer, const void* of, std::string_view list,
                        std::span<const FieldColumn> columns);

struct FigureRow {
  std::string_view path;       // of a figure, or of an object whose figures are all shown
  std::string_view name = {};  // none: the last word of the path; of an object, before its names
  int digits = 0;
  bool stays = false;          // "?" where the field is null, else no row
  std::string_view unit = {};  // none: the field's own
};
// Figure, value and unit: a row for each field that is there.
Sheet sheet_of_figures(const Field& answer, const void* of, std::span<const FigureRow> figures);

}  // namespace reckon

#include "base/field.h"

namespace reckon {

void for_each_item(const FieldValue& value, Visit visit) {
  const FieldValue::List& list = value.list;
  if (list.each != nullptr) return list.each(list.from, visit);
  const auto* at = static_cast<const char*>(list.from);
  for (std::size_t i = 0; i < list.n; ++i, at += list.stride) visit.call(visit.context, at);
}

}  // namespace reckon

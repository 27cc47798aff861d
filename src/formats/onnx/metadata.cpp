#include "formats/onnx/metadata.h"

#include <charconv>

#include "formats/onnx/fields.h"

namespace reckon {

MetadataEntry read_metadata(WireReader& wire, Message message) {
  MetadataEntry out;
  Field field;
  while (wire.next(message, field)) {
    if (field.wire != Wire::bytes || field.size > WireReader::window_bytes) continue;
    if (field.number == onnx::entry::key) out.key = wire.text(field);
    if (field.number == onnx::entry::value) out.value = wire.text(field);
  }
  return out;
}

std::vector<std::string_view> strings_of_list(std::string_view list) {
  std::vector<std::string_view> strings;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] != '\'' && list[i] != '"') continue;
    const std::size_t end = list.find(list[i], i + 1);
    if (end == std::string_view::npos) return {};
    strings.push_back(list.substr(i + 1, end - i - 1));
    i = end;
  }
  return strings;
}

Stated stated_by(const MetadataEntry& entry) {
  if (entry.key != "pkg.torch.export.graph_signature.InputSpec.kind") return Stated::nothing;
  if (entry.value == "PARAMETER") return Stated::parameter;
  if (entry.value == "BUFFER") return Stated::buffer;
  if (entry.value == "CONSTANT_TENSOR") return Stated::constant;
  return Stated::nothing;
}

double dropout_of_attention(const MetadataEntry& entry) {
  const std::string_view call = entry.value;
  if (entry.key != "pkg.torch.onnx.fx_node" ||
      call.find("aten.scaled_dot_product_attention") == std::string_view::npos)
    return 0;
  const auto number = [](std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value > 0 && value < 1 ? value : 0.0;
  };
  constexpr std::string_view by_name = "dropout_p: ", list = "(args = (";
  if (const std::size_t at = call.find(by_name); at != std::string_view::npos)
    return number(call.substr(at + by_name.size()));
  std::size_t at = call.find(list);
  if (at == std::string_view::npos) return 0;
  std::string_view arguments = call.substr(at + list.size());
  arguments = arguments.substr(0, arguments.find(')'));
  constexpr int fifth = 4;
  for (int i = 0; i < fifth; ++i) {
    at = arguments.find(", ");
    if (at == std::string_view::npos) return 0;
    arguments.remove_prefix(at + 2);
  }
  return number(arguments);
}

}  // namespace reckon

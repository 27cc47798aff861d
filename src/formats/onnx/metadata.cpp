#include "formats/onnx/metadata.h"

#include <utility>

#include "base/decimal.h"
#include "formats/onnx/fields.h"

namespace reckon {

namespace {

MetadataKey key_of(std::string_view text) {
  constexpr std::pair<std::string_view, MetadataKey> keys[] = {
      {"pkg.torch.onnx.name_scopes", MetadataKey::name_scopes},
      {"namespace", MetadataKey::name_space},
      {"pkg.torch.onnx.fx_node", MetadataKey::call},
      {"pkg.onnxscript.rewriter.rule_name", MetadataKey::rule},
      {"pkg.torch.export.graph_signature.InputSpec.kind", MetadataKey::kind},
      {"pkg.onnxscript.optimizer.folded_from", MetadataKey::folded_from},
      {"pkg.torch.export.ExportedProgram.graph_signature", MetadataKey::signature},
      {"location", MetadataKey::location},
      {"offset", MetadataKey::offset},
      {"length", MetadataKey::length},
  };
  for (const auto& [word, key] : keys)
    if (word == text) return key;
  return MetadataKey::other;
}

}  // namespace

MetadataEntry read_metadata(WireReader& wire, Message message) {
  MetadataEntry out;
  Field field;
  while (wire.next(message, field)) {
    if (field.wire != Wire::bytes) continue;
    if (field.number == onnx::entry::key && field.size <= WireReader::window_bytes)
      out.key = key_of(wire.text(field));
    if (field.number == onnx::entry::value) out.value = field;
  }
  return out;
}

std::string text_of(WireReader& wire, const MetadataEntry& entry) {
  return entry.value.size > WireReader::window_bytes ? std::string()
                                                     : std::string(wire.text(entry.value));
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

Stated stated_by(std::string_view kind) {
  if (kind == "PARAMETER") return Stated::parameter;
  if (kind == "BUFFER") return Stated::buffer;
  if (kind == "CONSTANT_TENSOR") return Stated::constant;
  return Stated::nothing;
}

std::string_view parameter_of_line(std::string_view line) {
  constexpr std::string_view said = ": PARAMETER target='";
  const std::size_t at = line.find(said);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + said.size());
  return line.substr(0, line.find('\''));
}

double dropout_of_attention(std::string_view call) {
  if (call.find("aten.scaled_dot_product_attention") == std::string_view::npos) return 0;
  const auto number = [](std::string_view text) {
    const double value = decimal_value(text.substr(0, text.find_first_of(",) }"))).value_or(0);
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

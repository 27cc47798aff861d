#include "formats/onnx/module_path.h"

#include "formats/onnx/metadata.h"

namespace reckon {

std::string module_from_node_name(std::string_view node_name) {
  const std::size_t last = node_name.rfind('/');
  if (last == std::string_view::npos) return {};
  std::string_view rest = node_name.substr(0, last);
  std::string path;
  std::string_view before;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (segment.empty()) continue;
    const bool continues = !before.empty() && segment.size() > before.size() &&
                           segment.starts_with(before) && segment[before.size()] == '.';
    if (continues)
      path.append(segment.substr(before.size()));
    else
      path.append(path.empty() ? "" : ".").append(segment);
    before = segment;
  }
  return path;
}

std::string module_from_name_scopes(std::string_view list) {
  const auto scopes = strings_of_list(list);
  return scopes.size() < 2 ? std::string() : std::string(scopes[scopes.size() - 2]);
}

std::string module_from_namespace(std::string_view path) {
  const std::size_t last = path.rfind('/');
  if (last == std::string_view::npos) return {};
  path = path.substr(0, last);
  const std::size_t before = path.rfind('/');
  if (before != std::string_view::npos) path = path.substr(before + 1);
  return std::string(path.substr(0, path.find(": ")));
}

std::string join_modules(std::string_view outer, std::string_view inner) {
  std::string out(outer);
  if (!outer.empty() && !inner.empty()) out += '.';
  out.append(inner);
  return out;
}

}  // namespace reckon

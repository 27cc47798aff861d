#include "formats/net/layer_table.h"

namespace reckon::net {

std::span<const std::span<const LayerDef>> layer_families() {
  static const std::span<const LayerDef> families[] = {
      conv_layers, pool_layers,      dense_layers,     activation_layers, norm_layers,
      join_layers, attention_layers, recurrent_layers, shape_layers};
  return families;
}

std::vector<std::string_view> layer_names() {
  std::vector<std::string_view> all;
  for (const auto family : layer_families())
    for (const LayerDef& layer : family)
      for (std::string_view rest = layer.names; !rest.empty();) {
        const std::size_t end = rest.find(' ');
        all.push_back(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      }
  return all;
}

const LayerDef* find_layer(std::string_view name) {
  for (const auto family : layer_families())
    for (const LayerDef& layer : family)
      for (std::size_t at = layer.names.find(name); at != std::string_view::npos;
           at = layer.names.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at == 0 || layer.names[at - 1] == ' ') &&
            (end == layer.names.size() || layer.names[end] == ' '))
          return &layer;
      }
  return nullptr;
}

}  // namespace reckon::net

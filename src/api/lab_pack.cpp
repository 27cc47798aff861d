#include "api/lab_pack.h"

#include <nlohmann/json.hpp>

#include "api/lab.h"
#include "lab/tree.h"

namespace reckon {

Result<PackedLab> packed_lab(const std::map<std::string, std::string>& files) {
  RECKON_ASSIGN(const auto open, OpenLab::open(files));
  auto packed = nlohmann::json::object();
  for (const auto& [name, text] : files) {
    RECKON_ASSIGN(const lab::Tree tree, lab::read_toml(text, name));
    packed[name.substr(0, name.rfind('.')) + ".json"] = lab::json_of(tree);
  }
  return PackedLab{open->answer(R"({"question":"document"})"), packed.dump()};
}

Result<std::string> pack_lab(const std::map<std::string, std::string>& files) {
  RECKON_ASSIGN(const PackedLab packed, packed_lab(files));
  return "{\"files\":" + packed.files + ",\"document\":" + packed.document + "}";
}

}  // namespace reckon

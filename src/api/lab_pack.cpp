#include "api/lab_pack.h"

#include <nlohmann/json.hpp>

#include "api/lab.h"
#include "lab/tree.h"

namespace reckon {

Result<std::string> pack_lab(const std::map<std::string, std::string>& files) {
  RECKON_ASSIGN(const auto open, OpenLab::open(files));
  auto packed = nlohmann::json::object();
  for (const auto& [name, text] : files) {
    RECKON_ASSIGN(const lab::Tree tree, lab::read_toml(text, name));
    packed[name.substr(0, name.rfind('.')) + ".json"] = lab::json_of(tree);
  }
  return "{\"files\":" + packed.dump() +
         ",\"document\":" + open->answer(R"({"question":"document"})") + "}";
}

}  // namespace reckon

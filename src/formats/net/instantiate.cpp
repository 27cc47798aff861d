// A program at chosen parameters, as a model.
#include <algorithm>

#include "base/text.h"
#include "formats/net/program.h"

namespace reckon {

Result<std::vector<Parameter>> network_parameters(const Program& program, const Parameters& set,
                                                  Parameters* unused) {
  std::vector<Parameter> list;
  std::vector<std::string_view> known;
  for (const net::ParameterDef& def : program.parameters) {
    known.push_back(def.name);
    Parameter& parameter = list.emplace_back();
    parameter.name = std::string(def.name);
    parameter.value = parameter.default_value = def.otherwise;
    parameter.min = def.min;
    parameter.max = def.max;
  }
  for (const auto& [name, value] : set) {
    const auto at = std::find(known.begin(), known.end(), name);
    if (at == known.end() && unused != nullptr) {
      unused->emplace(name, value);
      continue;
    }
    if (at == known.end()) {
      std::string all;
      for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
      const std::string guess = did_you_mean(name, known);
      return fail(ErrorCode::not_found,
                  "there is no parameter " + quoted(name) + guess + (guess.empty() ? "; " : " ") +
                      (all.empty() ? "The network has none" : "There are: " + all),
                  program.name);
    }
    Parameter& parameter = list[static_cast<std::size_t>(at - known.begin())];
    if (value < parameter.min || value > parameter.max)
      return fail(ErrorCode::bad_argument,
                  name + " = " + std::to_string(value) + " is outside its range " +
                      std::to_string(parameter.min) + ".." + std::to_string(parameter.max),
                  program.name);
    parameter.value = value;
  }
  return list;
}

Result<Model> instantiate(std::shared_ptr<const Program> program, const Parameters& set,
                          Parameters* unused) {
  Model model;
  RECKON_ASSIGN(model.parameters, network_parameters(*program, set, unused));
  RECKON_ASSIGN(model.graph, build_network(*program, model.parameters));
  model.name = program->name;
  model.graph->name = model.graph->names->keep(model.name);
  model.format = "net";
  model.program = std::move(program);
  return model;
}

}  // namespace reckon

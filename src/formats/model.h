// A model as the rest of Reckon sees it: a graph, and where it came from.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "graph/graph.h"

namespace reckon {

// A parameter of a network in the network language.
struct Parameter {
  std::string name;
  std::int64_t value = 0;  // in this model
  std::int64_t default_value = 0, min = 0, max = 0;
};

using Parameters = std::map<std::string, std::int64_t, std::less<>>;

struct Program;  // formats/net/program.h: a parsed network, which can be built at other parameters

struct Model {
  std::shared_ptr<Graph> graph;
  std::string name;                        // "alexnet", "resnet50"
  std::string source;                      // "built-in", or the path, or the chain as typed
  std::string format;                      // "onnx", "net"
  std::vector<std::string> notes;          // what a reader had to assume, one sentence each
  std::vector<Parameter> parameters;       // of a network; empty for files of other formats
  std::shared_ptr<const Program> program;  // of a network; null for files of other formats
};

// A file format: one row in the table of source.cpp.
struct Format {
  std::string_view name;        // "onnx"
  std::string_view extensions;  // ".onnx .onnx.pb"
  // Cheap and certain of nothing: looks at the name and a few bytes. Never fails.
  bool (*match)(ByteSource& source);
  // Decodes. Fails with not_a_model or corrupt where the bytes are not what they should be.
  Result<Model> (*open)(ByteSource& source);
};

// MODEL as a person types it: a file, the name of a built-in network with parameters
// ("gpt2?layers=24&width=1024"), or a chain ("784-128-64-10"). `set` overrides parameters; names
// that are no parameter of a network are left for the analysis (free dimensions) and are returned
// in `unused` when that is not null.
Result<Model> open_model(std::string_view spec, const Parameters& set = {},
                         Parameters* unused = nullptr);
// The same for bytes that are already at hand; `source` is used only during the call.
Result<Model> open_source(ByteSource& source);
// A network-language text; `name` is what errors call it.
Result<Model> open_network_text(std::string_view text, std::string name,
                                const Parameters& set = {});

// The built-in networks, sorted by name, with the first comment line of each.
struct BuiltIn {
  std::string_view name;
  std::string_view summary;
  std::string_view text;
};
std::span<const BuiltIn> built_in_networks();

}  // namespace reckon

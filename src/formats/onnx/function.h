// Model-local functions: operators that the file defines by other operators. They are inlined at
// every call; what that would come to is known before it is done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "formats/onnx/name_index.h"
#include "formats/onnx/wire.h"

namespace reckon {

struct OpsetImport {
  std::string_view domain;  // "" for "ai.onnx"
  std::int32_t version = 0;
};
Result<OpsetImport> read_opset_import(WireReader& wire, Message message, WordSet& words);

struct Function {
  std::string_view name, domain, overload;
  std::vector<std::string_view> inputs, outputs;
  std::vector<OpsetImport> imports;
  std::vector<Message> defaults;  // AttributeProtos
  std::vector<Message> nodes;
  std::uint64_t at = 0, size = 0;  // in the file
};

// The size of a call once it is inlined.
struct Expansion {
  static constexpr std::int64_t max_nodes = 200'000;
  static constexpr std::int64_t max_bytes = std::int64_t{1} << 26;  // of messages, read again
  static constexpr int max_depth = 64;

  std::int64_t nodes = 0, bytes = 0;
};

class FunctionTable {
 public:
  // Fails with invalid_graph when a function of this name is there already.
  Status add(WireReader& wire, Message message, WordSet& words);

  // Null for an operator that is not defined in the file.
  const Function* find(std::string_view op_type, std::string_view domain,
                       std::string_view overload) const;
  bool empty() const { return functions_.empty(); }

  // Linear in the size of the functions, whatever they expand to: each is weighed once.
  // invalid_graph when it calls itself; limit beyond the bounds of Expansion.
  Result<Expansion> weigh(WireReader& wire, const Function& function, WordSet& words);

 private:
  struct Weight {
    bool open = false, known = false;
    Expansion total;
  };
  Status weigh_nodes(WireReader& wire, Message node, int depth, WordSet& words, Expansion& total);
  Status weigh_body(WireReader& wire, Message graph, int depth, WordSet& words, Expansion& total);
  Status weigh_at(WireReader& wire, const Function& function, int depth, WordSet& words,
                  Expansion& total);

  std::unordered_map<std::string, std::size_t> by_key_;
  std::vector<Function> functions_;  // complete before the first pointer is given out
  std::vector<Weight> weights_;
};

}  // namespace reckon

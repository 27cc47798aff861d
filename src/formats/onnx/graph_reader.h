// Builds a Graph from a GraphProto: one walk over its fields, then what needs all of them.
//
// Protobuf gives no order: a node may come before the initializers that it reads (it always does)
// and before the inputs (it usually does). So a name becomes a value when it is first seen, and
// who makes the value is settled when the walk is over.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "formats/onnx/attribute.h"
#include "formats/onnx/function.h"
#include "formats/onnx/name_index.h"
#include "formats/onnx/type.h"
#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace reckon {

// The part that all graphs of one file share.
struct OnnxFile {
  OnnxFile(ByteSource& from, std::shared_ptr<NameArena> arena)
      : source(from), wire(from), words(std::move(arena)) {}

  // The file beside this one that a tensor names, or null: kept, for tensors share them.
  ByteSource* beside(const std::string& location);

  ByteSource& source;
  WireReader wire;
  WordSet words;
  std::vector<OpsetImport> imports;
  FunctionTable functions;
  Expansion expanded;  // by calls so far
  std::vector<std::string> notes;
  // PyTorch's exporter stores parameters as initializers, all of them: what stands in a Constant
  // node stood in the program's text.
  bool literals_apart = false;
  std::map<std::string, std::unique_ptr<ByteSource>> besides;
};

class GraphReader {
 public:
  static constexpr int max_depth = 64;  // of bodies in bodies

  GraphReader(OnnxFile& file, Graph& graph);
  Status read(Message message);

 private:
  // Where names mean something: a graph, or one call of a function.
  struct Binding {
    std::string_view name;
    Message attribute;  // an AttributeProto of the call, or the function's default
  };
  struct Body {
    std::uint32_t attr;  // index into Graph::attrs
    Message message;
  };
  struct Scope {
    NameIndex values;
    const Function* function = nullptr;  // null in a graph
    std::string_view prefix;             // of names made in a call: "encoder/attention"
    std::string_view module;             // of the call
    std::vector<Binding> bindings;
    std::vector<Body> bodies;
  };
  // A NodeProto as it is being read; kept from node to node to save allocations.
  struct Draft {
    std::vector<ValueId> inputs, outputs;
    std::vector<Message> attributes, metadata;
    std::string_view op_type, domain, overload, name;
    std::uint64_t at = 0;
    void clear();
  };

  GraphReader(OnnxFile& file, Graph& graph, GraphReader* outer, Scope* outer_scope);

  // nodes.cpp
  Status read_node(Message message, Scope& scope, Draft& draft);
  Status add_node(const Draft& draft, Scope& scope);
  Status add_attributes(const Draft& draft, Scope& scope);
  Status claim_outputs(const Draft& draft);
  Status inline_call(const Draft& draft, const Function& function, Scope& scope);
  Status bind_call(const Draft& draft, const Function& function, const Scope& caller, Scope& call,
                   std::vector<std::pair<ValueId, ValueId>>& copies);
  Status bind_attributes(const Draft& draft, const Function& function, const Scope& caller,
                         Scope& call);
  Status alias(ValueId from, ValueId to, const Scope& call);
  std::string_view name_of(const Draft& draft, const Scope& scope);
  // Facts that the metadata of a node tells.
  struct NodeNotes {
    std::string_view module;
    bool is_fused_norm = false;
    std::optional<Message> call;  // its entry of the call in the program
  };
  NodeNotes notes_of(const Draft& draft, const Scope& scope);
  std::string_view module_of_name(const Draft& draft, const Scope& scope);
  std::int32_t opset_of(std::string_view domain, const Scope& scope) const;

  // graph_reader.cpp
  ValueId value(std::string_view name, Scope& scope);
  Value& at(ValueId id) { return graph_.values[static_cast<std::size_t>(id)]; }
  bool made(ValueId id) const;
  void reserve(Message message);
  Status read_field(const Message& message, const Field& field);
  Status add_initializer(const Field& field, bool sparse);
  Status settle_inputs();
  Status settle_outputs();
  Status settle_value_info();
  Status settle_captures();
  Status settle_made();
  void settle_names();
  void settle_stated();
  // shared_parameters.cpp
  void part_shared_parameters();
  struct Call;
  std::vector<Call> calls_with_stored();
  // folded_parameters.cpp
  void settle_folded_parameters();
  Status read_bodies(Scope& scope);
  ValueId find_for_body(std::string_view name, Scope& scope, bool& found);
  Dim named_dim(std::string_view name, bool may_add);
  void name_dims(ValueInfo& info);
  std::string reader_of(ValueId id) const;
  Status missing(ValueId id, const std::string& reader);

  OnnxFile& file_;
  Graph& graph_;
  GraphReader* outer_ = nullptr;
  Scope* outer_scope_ = nullptr;  // of `outer_`, where this body stands
  int depth_ = 0;
  Scope scope_;
  Draft draft_;
  std::vector<Message> inputs_, outputs_, value_infos_;
  std::unordered_map<std::string_view, Dim> dims_;
  std::string last_module_source_;
  std::string_view last_module_;
  std::size_t unnamed_ = 0;
  std::vector<std::pair<NodeId, Message>> calls_;         // of nodes, in the program
  std::unordered_map<ValueId, std::string> folded_from_;  // of initializers
  std::optional<Field> signature_;                        // of the program, a text
};

}  // namespace reckon

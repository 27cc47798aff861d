// ModelProto: the file as a whole.
//
// The graph (field 7) comes before the operator set versions (8) and the functions (25), so the
// top level is walked first, which costs a few seeks, and the graph is read afterwards.
#include "formats/onnx/onnx.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "formats/onnx/fields.h"
#include "formats/onnx/foreign.h"
#include "formats/onnx/graph_reader.h"
#include "graph/sort.h"
#include "ops/table.h"

namespace reckon {
namespace {

struct TopLevel {
  std::uint64_t ir_version = 0;
  std::optional<Message> graph;
  std::vector<Message> opset_imports, functions;
  bool training = false;
  bool by_pytorch = false;
  int known_fields = 0;
  bool graph_began = false;  // the walk ended at a graph
};

// The wire type that every field of a ModelProto has.
bool wire_fits(const Field& field) {
  switch (field.number) {
    case onnx::model::ir_version:
    case onnx::model::model_version:
      return field.wire == Wire::varint;
    case onnx::model::producer_name:
    case onnx::model::producer_version:
    case onnx::model::domain:
    case onnx::model::doc_string:
    case onnx::model::graph:
    case onnx::model::opset_import:
    case onnx::model::metadata_props:
    case onnx::model::training_info:
    case onnx::model::functions:
      return field.wire == Wire::bytes;
    default:
      return true;
  }
}

bool has_extension(std::string_view name) {
  const auto ends = [&](std::string_view with) {
    return name.size() >= with.size() &&
           std::equal(with.rbegin(), with.rend(), name.rbegin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
           });
  };
  return ends(".onnx") || ends(".onnx.pb");
}

// After the walk failed, or found no graph: a file that looks like an ONNX model until then is a
// damaged one, anything else is no model.
Error what_is_it(ByteSource& source, const TopLevel& top, const WireReader& wire) {
  if (wire.failed() && wire.status().error().code == ErrorCode::io_error)
    return wire.status().error();
  Error error{ErrorCode::not_a_model, foreign_protobuf(source), {}};
  const bool has_name = has_extension(source.name());
  const bool looks_like_onnx = error.message.empty() && top.ir_version > 0 &&
                               top.ir_version < 100 &&
                               (top.known_fields >= 2 || top.graph_began || has_name);
  if (looks_like_onnx && wire.failed()) return wire.status().error();
  if (looks_like_onnx)
    return {ErrorCode::corrupt,
            "the file ends before its graph; it is cut off (an incomplete download?)",
            {}};
  if (error.message.empty())
    error.message = wire.failed() ? "this is no ONNX model, nor a file that Reckon knows"
                                  : "this holds no graph; an ONNX model has one";
  if (has_name) error.message += ", although its name ends in .onnx";
  return error;
}

Result<TopLevel> read_top_level(ByteSource& source, WireReader& wire) {
  TopLevel top;
  Message message = wire.whole("the model");
  Field field;
  while (wire.next(message, field)) {
    if (!wire_fits(field)) {
      wire.fail_at(ErrorCode::corrupt,
                   "field " + std::to_string(field.number) + " has an impossible type", message.at,
                   message.what);
      break;
    }
    if (field.number <= onnx::model::opset_import) ++top.known_fields;
    switch (field.number) {
      case onnx::model::ir_version:
        top.ir_version = field.value;
        break;
      case onnx::model::graph:
        if (top.graph)
          wire.fail_at(ErrorCode::invalid_graph, "the file holds a second graph", field.at,
                       message.what);
        top.graph = WireReader::inside(field, "graph");
        break;
      case onnx::model::opset_import:
        top.opset_imports.push_back(WireReader::inside(field, "opset_import"));
        break;
      case onnx::model::functions:
        top.functions.push_back(WireReader::inside(field, "function"));
        break;
      case onnx::model::producer_name:
        top.by_pytorch = field.size <= WireReader::window_bytes && wire.text(field) == "pytorch";
        break;
      case onnx::model::training_info:
        top.training = true;
        break;
      default:
        break;
    }
  }
  top.graph_began = field.number == onnx::model::graph;
  if (wire.failed() || !top.graph) return std::unexpected(what_is_it(source, top, wire));
  return top;
}

// "/models/resnet50.onnx" -> "resnet50".
std::string stem(std::string_view path) {
  path = path.substr(path.find_last_of("/\\") + 1);
  return std::string(path.substr(0, path.rfind(".onnx")));
}

Result<Model> read_model(ByteSource& source) {
  if (auto foreign = foreign_file(source); !foreign.empty())
    return fail(ErrorCode::not_a_model, std::move(foreign));
  Model model;
  model.graph = std::make_unique<Graph>();
  OnnxFile file(source, model.graph->names);
  RECKON_ASSIGN(const TopLevel top, read_top_level(source, file.wire));
  file.literals_apart = top.by_pytorch;
  for (const Message& message : top.opset_imports) {
    RECKON_ASSIGN(const OpsetImport import, read_opset_import(file.wire, message, file.words));
    file.imports.push_back(import);
  }
  if (std::none_of(file.imports.begin(), file.imports.end(),
                   [](const OpsetImport& import) { return import.domain.empty(); })) {
    // Version 1 is what IR versions before 3 mean, and the least that later ones can mean.
    file.imports.push_back({{}, 1});
    if (top.ir_version >= 3)
      file.notes.emplace_back("the file names no version of ONNX's operators; 1 is assumed");
  }
  for (const Message& message : top.functions)
    RECKON_TRY(file.functions.add(file.wire, message, file.words));
  GraphReader reader(file, *model.graph);
  RECKON_TRY(reader.read(*top.graph));
  if (top.training) file.notes.emplace_back("the training graphs that the file holds are ignored");
  resolve_ops(*model.graph);
  model.name = has_extension(source.name()) ? stem(source.name()) : std::string(model.graph->name);
  model.source = source.name();
  model.format = "onnx";
  model.notes = std::move(file.notes);
  return model;
}

}  // namespace

bool onnx_match(ByteSource& source) {
  if (source.size_bytes() == 0) return false;
  if (has_extension(source.name())) return true;
  if (!foreign_file(source).empty()) return false;
  WireReader wire(source);
  Message message = wire.whole("the model");
  Field field;
  // An ONNX file starts with its IR version, and every field before the graph is known.
  for (int i = 0; i < 64 && wire.next(message, field); ++i) {
    if (i == 0 && field.number != onnx::model::ir_version) return false;
    if (!wire_fits(field)) return false;
    if (field.number == onnx::model::graph) return true;
  }
  return false;
}

Result<Model> onnx_open(ByteSource& source) {
  Result<Model> model = read_model(source);
  if (!model) {
    std::string& where = model.error().where;
    if (where.empty())
      where = source.name();
    else if (!where.starts_with(source.name()))
      where = source.name() + ": " + where;
  }
  return model;
}

}  // namespace reckon

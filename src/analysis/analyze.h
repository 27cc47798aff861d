// The costs of a network, node by node and in total: the one analysis that every face asks.
//
//   graph → bind_dims → infer_shapes → assign_roles → costs, activations, receptive fields → totals
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/receptive_field.h"
#include "analysis/roles.h"
#include "analysis/shapes.h"
#include "base/units.h"

namespace reckon {

enum class Coverage : std::uint8_t {
  counted,  // a rule counted its arithmetic
  free,     // does none by definition: views, data movement, shape arithmetic
  unknown,  // nobody has a rule, or a shape depends on data: the totals are a lower bound
};
std::string_view to_string(Coverage coverage);

// The kind of layer that the multiply-accumulates of a node are part of.
enum class MacKind : std::uint8_t { nothing, conv, linear, matmul, recurrent };

// The cost of one node (one row of the layer table). All counts are for one execution of the
// network at the bound batch; the body of a loop is multiplied by its trip count.
struct Layer {
  const Graph* graph = nullptr;
  const Shapes* shapes = nullptr;
  NodeId node = none;
  Coverage coverage = Coverage::free;
  MacKind mac_kind = MacKind::nothing;
  // Part of the network as a reader sees it: it computes an activation, or holds parameters.
  // False for Constant nodes and shape arithmetic.
  bool visible = false;
  bool in_place = false;   // output 0 overwrites input 0, or is a view of it: no new memory
  std::int64_t times = 1;  // executions; 0 for the branch of an If that another branch outweighs
  Macs macs;
  Flops flops;     // 2·macs of floating-point MACs, and every other floating-point operation
  IntOps int_ops;  // likewise for integers
  Elements params, buffers;   // first used here
  Elements trainable_params;  // the floating-point ones of them
  Bytes param_bytes, buffer_bytes;
  Elements quantisation;  // likewise: scales and zero points
  Bytes quantisation_bytes;
  Bytes read_bytes, write_bytes;
  Elements activations;  // elements of outputs that need new memory
  Bytes activation_bytes;
  Elements live;  // inputs and outputs together: the peak's candidate
  Bytes live_bytes;
  Elements conv_gemm_outputs;

  const Node& op_node() const { return graph->nodes[static_cast<std::size_t>(node)]; }
};

struct Totals {
  std::int64_t params = 0, trainable_params = 0, buffers = 0, param_bytes = 0, buffer_bytes = 0;
  std::int64_t quantisation = 0, quantisation_bytes = 0;
  // Of tensors that follow from constants alone and that something computes with, each once: a
  // runtime makes them when it loads the network, and keeps them. No parameters and no buffers.
  std::int64_t constant_bytes = 0;
  std::int64_t macs = 0, conv_macs = 0, linear_macs = 0, matmul_macs = 0, recurrent_macs = 0;
  std::int64_t flops = 0, int_ops = 0;
  std::int64_t activations = 0, peak_activations = 0;
  std::int64_t activation_bytes = 0, peak_activation_bytes = 0;
  std::int64_t conv_gemm_outputs = 0;
  std::int64_t read_bytes = 0, write_bytes = 0;
  // flops per byte moved; 0 where nothing moves.
  double arithmetic_intensity = 0;
  std::size_t peak_layer = 0;  // index into Analysis::layers
};

struct CoverageSummary {
  std::int64_t nodes = 0, counted = 0, free = 0, unknown = 0;
  std::vector<std::string>
      unknown_ops;  // sorted, each once: "MyOp (no rule)", "Conv (shape not known)"
  bool complete() const { return unknown == 0; }
};

struct Analysis {
  BoundDims bound;
  std::unique_ptr<Shapes> shapes;
  Roles roles;
  std::vector<Layer> layers;         // every node, in order; bodies follow their control-flow node
  ReceptiveFields receptive_fields;  // empty unless asked for
  Totals totals;
  CoverageSummary coverage;
  std::vector<std::string> assumptions;

  const Tensor& tensor(ValueId id) const { return shapes->tensors[static_cast<std::size_t>(id)]; }
};

struct AnalyzeOptions {
  Bindings bindings;
  bool receptive_fields = true;
  // The network in another number format: its floating-point tensors are of this type.
  std::optional<DType> floats_as = {};
  // By ValueId, after that: what autocast makes of each (analysis/autocast.h); unknown: nothing.
  std::span<const DType> types = {};
};

// A file that stores weights in a 16-bit type, or a narrower one, was converted to it before; what
// is wider in it was kept so on purpose, and stays when it is asked for in that type.
bool keeps_wider(const Graph& graph, DType dtype);
// Every floating-point tensor, those in bodies too.
bool all_floats_are(const Shapes& shapes, DType dtype);

// The graph must outlive the analysis. Fails as bind_dims and infer_shapes do, and with overflow
// where a total is beyond 64 bits.
Result<Analysis> analyze(const Graph& graph, const AnalyzeOptions& options = {});

}  // namespace reckon

// Whether a network can be trained here, and what it asks of its data.
#include <algorithm>

#include "base/text.h"
#include "interpreter.h"
#include "train.h"

namespace reckon {
namespace {

class Check {
 public:
  Check(const Graph& graph, const Analysis& analysis, const Plan& plan)
      : graph_(graph), analysis_(analysis), plan_(plan) {}

  Result<Trainable> check() const {
    RECKON_TRY(operators());
    RECKON_TRY(weights());
    Trainable network;
    RECKON_TRY(input(network));
    RECKON_TRY(output(network));
    return network;
  }

 private:
  const Value& value(ValueId id) const { return graph_.values[static_cast<std::size_t>(id)]; }

  Status operators() const {
    for (const NodeId id : plan_.steps) {
      const Node& node = graph_.nodes[static_cast<std::size_t>(id)];
      if (find_run(node.op_type, node.domain) == nullptr)
        return fail(ErrorCode::unsupported,
                    "the network cannot be trained: nobody has written how to run " +
                        quoted(node.op_type) +
                        "; export it before it was quantised or compiled, or without that layer",
                    printable(node.name));
    }
    return {};
  }

  Status weights() const {
    bool any = false;
    for (const Stored& stored : plan_.stored) {
      const DType type = analysis_.tensor(stored.value).dtype;
      any = any || stored.trained;
      if (stored.trained && type != DType::float32)
        return fail(ErrorCode::unsupported,
                    "weights of " + std::string(to_string(type)) +
                        " are not trained here: export the network in float32",
                    printable(value(stored.value).name));
    }
    if (any) return {};
    return fail(ErrorCode::unsupported,
                "the network has nothing to train: no weight in floating point that is not frozen");
  }

  Status input(Trainable& network) const {
    if (graph_.inputs.size() != 1)
      return fail(ErrorCode::unsupported,
                  "the network has " + std::to_string(graph_.inputs.size()) +
                      " inputs: one, of images, can be fed while it is trained");
    const Tensor& tensor = analysis_.tensor(graph_.inputs[0]);
    const std::string name = printable(value(graph_.inputs[0]).name);
    const int rank = tensor.shape.rank();
    if (tensor.dtype != DType::float32 || !tensor.shape.is_static() || (rank != 2 && rank != 4))
      return fail(ErrorCode::unsupported,
                  "the network takes " + to_string(tensor.shape) + " of " +
                      std::string(to_string(tensor.dtype)) +
                      ": images (batch x channels x height x width) or vectors (batch x numbers) "
                      "of float32 can be fed while it is trained",
                  name);
    constexpr Dim most_side = 1 << 16;
    for (int d = 0; d < rank; ++d)
      if (tensor.shape[d] < 1 || (d > 0 && rank == 4 && tensor.shape[d] > most_side))
        return fail(ErrorCode::unsupported, "an input of " + to_string(tensor.shape), name);
    if (tensor.shape[0] != analysis_.bound.batch)
      return fail(ErrorCode::unsupported,
                  "the input holds " + std::to_string(tensor.shape[0]) +
                      " images, not a batch of " + std::to_string(analysis_.bound.batch),
                  name);
    network.is_vector = rank == 2;
    if (network.is_vector && tensor.shape[1] > most_side)
      return fail(ErrorCode::unsupported, "an input of " + to_string(tensor.shape), name);
    network.image = network.is_vector ? ImageShape{1, 1, static_cast<int>(tensor.shape[1])}
                                      : ImageShape{static_cast<int>(tensor.shape[1]),
                                                   static_cast<int>(tensor.shape[2]),
                                                   static_cast<int>(tensor.shape[3])};
    return {};
  }

  Status output(Trainable& network) const {
    if (graph_.outputs.empty()) return fail(ErrorCode::unsupported, "the network has no output");
    const ValueId id = graph_.outputs[0];
    const Tensor& tensor = analysis_.tensor(id);
    const std::string name = printable(value(id).name);
    if (!is_float(tensor.dtype))
      return fail(ErrorCode::unsupported,
                  "the network's output is " + std::string(to_string(tensor.dtype)) +
                      ", which has no gradient: export it before the class is chosen (ArgMax) or "
                      "numbers are rounded",
                  name);
    if (tensor.shape.rank() != 2 || tensor.shape[0] != analysis_.bound.batch)
      return fail(ErrorCode::unsupported,
                  "the network gives " + to_string(tensor.shape) +
                      ": one number for each class of an image (batch x classes) can be trained",
                  name);
    const NodeId made_by = value(id).producer;
    if (made_by != none && graph_.nodes[static_cast<std::size_t>(made_by)].op_type == "Sigmoid")
      return fail(ErrorCode::unsupported,
                  "the network ends in Sigmoid, several classes at once; one class an image is "
                  "trained here: end it before the Sigmoid, or in Softmax",
                  name);
    constexpr Dim most_classes = 1 << 16;
    if (tensor.shape[1] < 2 || tensor.shape[1] > most_classes)
      return fail(ErrorCode::unsupported,
                  "the network tells " + std::to_string(tensor.shape[1]) +
                      " classes; 2 to 65,536 can be trained",
                  name);
    network.n_classes = static_cast<int>(tensor.shape[1]);
    return {};
  }

  const Graph& graph_;
  const Analysis& analysis_;
  const Plan& plan_;
};

}  // namespace

Result<Trainable> trainable(const Graph& graph, const Analysis& analysis,
                            const std::vector<std::string>& frozen) {
  RECKON_ASSIGN(const Plan plan, make_plan(graph, analysis, frozen));
  return Check(graph, analysis, plan).check();
}

}  // namespace reckon

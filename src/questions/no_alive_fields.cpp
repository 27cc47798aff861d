// In place of alive_fields.cpp, graph_fields.cpp, modules_fields.cpp and seen_fields.cpp where the
// engine is the labs', which lists no tensors, no nodes, no modules and no elements.
#include "questions/answer.h"

namespace reckon {

constinit const Row<Timeline> alive_field{};
constinit const Row<GraphAnswer> graph_field{};
constinit const Row<ModulesAnswer> modules_field{};
constinit const Row<SeenAnswer> seen_field{};

}  // namespace reckon

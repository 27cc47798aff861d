// Assumptions of the counts about single operators, in a sentence each.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// Of the attention in a file: masks that let a kernel leave products out are counted in full, of a
// sliding window what lies in it.
void note_attention(const Graph& graph, std::vector<std::string>& assumptions);

}  // namespace reckon

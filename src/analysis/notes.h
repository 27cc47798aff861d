// Assumptions of the counts about single operators, in a sentence each.
#pragma once

#include <string>
#include <vector>

#include "analysis/roles.h"

namespace reckon {

// Of the attention in a file: masks that let a kernel leave products out are counted in full, of a
// sliding window what lies in it.
void note_attention(const Graph& graph, std::vector<std::string>& assumptions);

// PyTorch's older exporter stores the matrix of a language model's head turned, under a name of its
// own, also where it is the embedding table: nothing in the file tells whether they are one.
void note_turned_head(const Graph& graph, const Roles& roles, const Shapes& shapes,
                      std::vector<std::string>& assumptions);

// Parameters of which the file does not tell how many there were: tensors that the exporter
// computed of others (a table of positions that indices spread out), and tensors that copies of one
// module share.
void note_uncertain_parameters(const Graph& graph, const Roles& roles, const Shapes& shapes,
                               std::vector<std::string>& assumptions);

}  // namespace reckon

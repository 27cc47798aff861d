// The answers about machines (time, energy, chips), rules of thumb, recurrent layers, graphs, and
// two networks. The engine of the labs has none of them, so they are files of their own:
// machine_answers.cpp, and in its place no_machine_answers.cpp.
#pragma once

#include "base/field.h"
#include "questions/inquiry.h"

namespace reckon {

// In place of an answer that an engine leaves out: the inquiry refuses, and tells why.
template <class Inquiry>
Status refusal(Result<Inquiry> asked) {
  return std::unexpected<Error>(std::move(asked).error());
}

// The layers of a network, and of its modules the sums where `depth` is asked for.
void see_layers(SeeAnswer see, const Subject& subject, const Asked& asked);
// The figures of a layer, and what an element of it sees where `element` is asked for; of no layer
// how the totals add up.
Status see_explained(SeeAnswer see, const Subject& subject, const Layer* layer, const Asked& asked);
Status answer_graph(const ModelRef& of, const Asked& asked, SeeAnswer see);
Status answer_diff(const ModelRef& of, const Asked& asked, SeeAnswer see);  // in two settings
Status answer_time(const ModelRef& of, const Asked& asked, SeeAnswer see);
Status answer_energy(const ModelRef& of, const Asked& asked, SeeAnswer see);
Status answer_chip(const ModelRef& of, const Asked& asked, SeeAnswer see);
// Of one network, or of all that are built in.
Status answer_rules(const ModelRef& of, const Asked& asked, SeeAnswer see);
Status answer_all_rules(const Asked& asked, SeeAnswer see);
Status answer_gradients_in_time(const Asked& asked, SeeAnswer see);
// network_gradients.cpp; in a page no_network_gradients.cpp
Status answer_network_gradients(const ModelRef& of, const Asked& asked, SeeAnswer see);

}  // namespace reckon

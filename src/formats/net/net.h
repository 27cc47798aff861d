// The network language as a file format.
#pragma once

#include "formats/model.h"

namespace reckon {

// A name that ends in .net, or a text whose first word begins a network.
bool net_match(ByteSource& source);
Result<Model> net_open(ByteSource& source);

}  // namespace reckon

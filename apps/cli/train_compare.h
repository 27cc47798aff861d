// The action of `reckon train` that trains several networks.
#pragma once

#include "command.h"

namespace reckon::cli {

Answer run_train_compare(const Call& call);

}  // namespace reckon::cli

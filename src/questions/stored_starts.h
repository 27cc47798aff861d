// How the weights of a file begin: as large as they are there.
#pragma once

#include <map>
#include <string>

#include "learning/signal/start.h"

namespace reckon {

// By the name of the stored tensor; none where the file cannot be read again, as in a page, which
// no_stored_starts.cpp is for.
std::map<std::string, signal::Start, std::less<>> stored_starts(const std::string& path);

}  // namespace reckon

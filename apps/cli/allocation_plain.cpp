// Where the system's own way is left alone: under sanitizers, and on other systems than Linux.
#include "allocation.h"

namespace reckon::cli {

void prefer_huge_pages() {}

}  // namespace reckon::cli

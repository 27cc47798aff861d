// How the program asks the system for memory.
#pragma once

namespace reckon::cli {

// Called once, before anything large is allocated. Where the system has huge pages, large blocks
// and the heap use them: a network of a million nodes touches half a gigabyte once, and giving out
// 4 KiB at a time would be a fifth of the whole run.
void prefer_huge_pages();

}  // namespace reckon::cli

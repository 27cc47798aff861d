// A lab as its page takes it.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace reckon {

// The lab is opened first, and fails as that does.
//   {"files": {"lab.json": text, …}, "document": {…}}
// `files` is what reckon_lab_open of a page's engine takes; `document` is the answer to
// {"question":"document"}, so that a page can draw before its engine has started.
// The two apart, in JSON.
struct PackedLab {
  std::string document, files;
};
Result<PackedLab> packed_lab(const std::map<std::string, std::string>& files);
Result<std::string> pack_lab(const std::map<std::string, std::string>& files);

}  // namespace reckon

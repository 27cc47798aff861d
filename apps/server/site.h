// The files that are served: read once at the start, known by name, and nothing else is. A request
// cannot reach the file system.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reckon::server {

struct SiteFile {
  std::string_view type;  // "text/html; charset=utf-8"
  std::string bytes;
  std::string zipped;    // from NAME.gz beside it; empty when there is none
  std::string tag;       // ETag of `bytes`, without quotes
  bool lasting = false;  // its name changes with its content
};

// "/index.html" -> file
using Site = std::map<std::string, SiteFile, std::less<>>;

// Every regular file below `folder` with a type that a page needs, hidden ones left out. Fails
// with not_found when there is no index.html in it, and with limit beyond a page's size.
Result<Site> read_site(const std::string& folder);

// Makes the page's first screen that of one lab, in the two files that its build makes of each
// (web/vite.config.ts): what it draws, and what its engine opens. Fails where the page has no place
// for a lab.
Status put_lab(Site& site, std::string document_json, std::string files_json);

// A request to the site, and its answer.
struct Request {
  bool get = false, head = false;  // neither: another method
  bool has_body = false;
  std::string_view target;  // "/index.html?x#y", or with "http://host" before it
  std::string_view host;
  std::string_view accept_encoding, if_none_match, range, if_range;
  bool only_local = false;  // who asks for another name than this machine's is misled
};
struct Reply {
  unsigned status = 200;
  const SiteFile* file = nullptr;  // null: `text` is the body
  bool zipped = false;
  std::string_view text;
  std::size_t from = 0, n_bytes = 0;  // of the file, which part: status 206

  std::string_view whole() const { return zipped ? file->zipped : file->bytes; }
  std::string_view body() const {
    if (file == nullptr) return text;
    return status == 206 ? whole().substr(from, n_bytes) : whole();
  }
};
// "localhost:8050", "127.0.0.1", "[::1]:8050": names that no name server can point elsewhere. A
// page from elsewhere whose name is made to mean this machine (DNS rebinding) asks for its own
// name.
bool is_local_name(std::string_view host);
Reply reply_to(const Site& site, const Request& request);

}  // namespace reckon::server

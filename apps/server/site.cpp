#include "server/site.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"

namespace reckon::server {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_bytes = 256U << 20;
constexpr std::size_t most_files = 10'000;

struct Type {
  std::string_view extension, name;
};
constexpr Type types[] = {
    {".css", "text/css; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".toml", "application/toml"},
    {".ttf", "font/ttf"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
};

std::string_view type_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  for (const Type& type : types)
    if (type.extension == extension) return type.name;
  return {};
}

// FNV-1a: a name for the content, not a proof of it.
std::string tag_of(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string tag(16, '0');
  for (std::size_t i = tag.size(); i-- > 0; hash >>= 4U) tag[i] = "0123456789abcdef"[hash & 15U];
  return tag;
}

// A link may lead anywhere.
bool is_plain_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error));
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  if (!in) return fail(ErrorCode::io_error, "the file cannot be read", path.string());
  return bytes;
}

// "gzip, deflate;q=0.5": is there gzip, and not with a weight of zero?
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    std::string_view one = accepted.substr(0, accepted.find(','));
    accepted.remove_prefix(std::min(one.size() + 1, accepted.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (!one.starts_with("gzip")) continue;
    const std::size_t weight = one.find("q=");
    return weight == std::string_view::npos ||
           one.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

// The path of a target; empty when it is none.
std::string_view path_of(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (target.starts_with(scheme))
      target = target.substr(std::min(target.find('/', scheme.size()), target.size()));
  target = target.substr(0, target.find_first_of("?#"));
  return target.starts_with('/') ? target : std::string_view();
}

}  // namespace

Result<Site> read_site(const std::string& folder) {
  Site site;
  std::uintmax_t n_bytes = 0;
  std::error_code error;
  auto at = fs::recursive_directory_iterator(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    if (path.filename().string().starts_with('.')) {
      at.disable_recursion_pending();
      continue;
    }
    if (!is_plain_file(path) || type_of(path).empty()) continue;
    n_bytes += at->file_size(error);
    if (error) break;
    if (n_bytes > most_bytes || site.size() >= most_files)
      return fail(ErrorCode::limit, "this is more than a page: beyond 256 MiB or 10,000 files",
                  folder);
    SiteFile file;
    file.type = type_of(path);
    RECKON_ASSIGN(file.bytes, read_file(path));
    if (const fs::path zipped = path.string() + ".gz"; is_plain_file(zipped)) {
      RECKON_ASSIGN(file.zipped, read_file(zipped));
    }
    file.tag = tag_of(file.bytes);
    const std::string name = "/" + path.lexically_relative(folder).generic_string();
    file.lasting = name.starts_with("/assets/");
    site.emplace(name, std::move(file));
  }
  if (error || !site.contains("/index.html"))
    return fail(ErrorCode::not_found, "there is no page to serve: no index.html", folder);
  return site;
}

Reply reply_to(const Site& site, const Request& request) {
  if (!request.get && !request.head)
    return {.status = 405, .text = "only GET and HEAD are answered here\n"};
  if (request.has_body) return {.status = 400, .text = "a request with a body is not expected\n"};
  std::string_view path = path_of(request.target);
  if (path.empty()) return {.status = 400, .text = "the address is not understood\n"};
  if (path == "/") path = "/index.html";
  const auto found = site.find(path);
  if (found == site.end()) return {.status = 404, .text = "there is no such page\n"};
  const SiteFile& file = found->second;
  Reply reply{.file = &file, .zipped = !file.zipped.empty() && takes_gzip(request.accept_encoding)};
  // Both forms of a file share its tag but for a suffix, so the tag is found in either.
  if (request.if_none_match == "*" ||
      request.if_none_match.find(file.tag) != std::string_view::npos)
    reply.status = 304;
  return reply;
}

}  // namespace reckon::server

#include "server/site.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

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
    {".bin", "application/octet-stream"},
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

// The path of a target, empty when it is none, and the host before it.
struct Address {
  std::string_view path, host;
};
Address address_of(std::string_view target) {
  Address address;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t end = std::min(target.find('/', scheme.size()), target.size());
    address.host = target.substr(scheme.size(), end - scheme.size());
    target = target.substr(end);
    break;
  }
  target = target.substr(0, target.find_first_of("?#"));
  if (target.starts_with('/')) address.path = target;
  return address;
}

std::optional<std::size_t> number_of(std::string_view digits) {
  std::size_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return n;
}

// One range of bytes, "bytes=0-99", "bytes=100-", "bytes=-50" (RFC 9110, 14.1.2). Several, and what
// is no range, are passed over, as the standard allows: the whole is the answer.
void take_range(std::string_view range, Reply& reply) {
  constexpr std::string_view unit = "bytes=";
  const std::size_t n = reply.whole().size(), dash = range.find('-');
  if (!range.starts_with(unit) || dash == std::string_view::npos) return;
  const std::string_view first = range.substr(unit.size(), dash - unit.size()),
                         last = range.substr(dash + 1);
  const auto from = number_of(first), to = number_of(last);
  if ((!from && !first.empty()) || (!to && !last.empty()) || (!from && !to)) return;
  if (from && to && *to < *from) return;
  if (from ? *from >= n : *to == 0) {
    reply.status = 416;
    return;
  }
  reply.status = 206;
  reply.from = from ? *from : n - std::min(*to, n);
  reply.n_bytes = from && to ? std::min(*to - *from + 1, n - reply.from) : n - reply.from;
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

bool is_local_name(std::string_view host) {
  if (host.starts_with('['))
    return host.starts_with("[::1]") && (host.size() == 5 || host[5] == ':');
  host = host.substr(0, host.find(':'));
  if (host == "localhost") return true;
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

Status put_lab(Site& site, std::string document_json, std::string files_json) {
  constexpr std::string_view place = "<meta name=\"reckon-lab\" content=\"\">";
  const auto index = site.find("/index.html");
  const std::size_t at = index == site.end() ? std::string::npos : index->second.bytes.find(place);
  if (at == std::string::npos)
    return fail(ErrorCode::unsupported, "this page was built for its own labs alone", "index.html");
  const auto put = [&](const char* name, std::string_view type, std::string bytes) {
    SiteFile file;
    file.type = type;
    file.bytes = std::move(bytes);
    file.tag = tag_of(file.bytes);
    site.insert_or_assign(name, std::move(file));
  };
  std::string page = index->second.bytes;
  page.replace(at, place.size(), "<meta name=\"reckon-lab\" content=\"./labs/given/\">");
  put("/index.html", type_of("index.html"), std::move(page));
  put("/labs/given/document.json", type_of("a.json"), std::move(document_json));
  put("/labs/given/files.json", type_of("a.json"), std::move(files_json));
  return {};
}

Reply reply_to(const Site& site, const Request& request) {
  const Address address = address_of(request.target);
  const auto misled = [&](std::string_view host) { return !host.empty() && !is_local_name(host); };
  if (request.only_local && (misled(request.host) || misled(address.host)))
    return {
        .status = 421,
        .text =
            "this lab answers for localhost only; reckon lab --host ADDRESS answers for others\n"};
  if (!request.get && !request.head)
    return {.status = 405, .text = "only GET and HEAD are answered here\n"};
  if (request.has_body) return {.status = 400, .text = "a request with a body is not expected\n"};
  std::string_view path = address.path;
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
  else if (request.get && !request.range.empty() &&
           (request.if_range.empty() || request.if_range.find(file.tag) != std::string_view::npos))
    take_range(request.range, reply);
  return reply;
}

}  // namespace reckon::server

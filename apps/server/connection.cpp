#include "server/connection.h"

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <ctime>

namespace reckon::server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t most_request_bytes = 16U << 10;
constexpr std::size_t most_part_bytes = 2048;  // of a request, at once
constexpr std::size_t most_linger_bytes = 256U << 10;

std::chrono::steady_clock::duration seconds(double s) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(s));
}

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// RFC 9110, 5.6.7
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  return {text.data(),
          std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

// The page runs its own scripts and WebAssembly, and talks to nobody.
constexpr const char* content_security_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' "
    "data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
constexpr std::array<const char*, 2> security_headers[] = {
    {"Content-Security-Policy", content_security_policy},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},  // isolated pages have the finer clock
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
};

}  // namespace

Connection::Connection(boost::asio::ip::tcp::socket socket, Service& service)
    : stream_(std::move(socket)), service_(service), buffer_(most_request_bytes) {
  service_.connections.insert(this);
}

Connection::~Connection() {
  service_.connections.erase(this);
}

void Connection::stop() {
  if (!writing_) stream_.close();
}

void Connection::wait_for_request() {
  if (buffer_.size() > 0) return read_request();
  stream_.expires_after(seconds(service_.options.idle_timeout_s));
  stream_.async_read_some(buffer_.prepare(most_part_bytes),
                          [self = shared_from_this()](ErrorInfo error, std::size_t n_bytes) {
                            if (error || self->service_.stopping) return self->stream_.close();
                            self->buffer_.commit(n_bytes);
                            self->read_request();
                          });
}

void Connection::read_request() {
  parser_.emplace();
  parser_->header_limit(most_request_bytes / 2);
  stream_.expires_after(seconds(service_.options.request_timeout_s));
  read_more();
}

void Connection::read_more() {
  constexpr std::string_view end = "\r\n\r\n";
  const std::string_view text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  if (const std::size_t at = text.find(end); at != std::string_view::npos)
    return parse_request(at + end.size());
  if (text.size() >= most_request_bytes) return refuse(431, "the request is too long\n");
  stream_.async_read_some(
      buffer_.prepare(std::min(most_part_bytes, most_request_bytes - text.size())),
      [self = shared_from_this()](ErrorInfo error, std::size_t n_bytes) {
        if (error) return self->stream_.close();  // gone, or too slow
        self->buffer_.commit(n_bytes);
        self->read_more();
      });
}

// A line that begins with a space goes on with the one before it in some programs, and is a header
// of its own in others (RFC 9112, 5.2): what they disagree on is refused.
void Connection::parse_request(std::size_t n_bytes) {
  const std::string_view text(static_cast<const char*>(buffer_.data().data()), n_bytes);
  const bool folded =
      text.find("\n ") != std::string_view::npos || text.find("\n\t") != std::string_view::npos;
  ErrorInfo error;
  parser_->put(boost::asio::buffer(text.data(), text.size()), error);
  buffer_.consume(n_bytes);
  if (error == http::error::header_limit) return refuse(431, "the request is too long\n");
  if (folded || (error && error != http::error::need_more) || !parser_->is_header_done())
    return refuse(400, "this is not a request\n");
  answer_request();
}

void Connection::answer_request() {
  const auto& request = parser_->get();
  const std::size_t n_hosts = request.count(http::field::host);
  if (n_hosts > 1 || (request.version() >= 11 && request[http::field::host].empty()))
    return refuse(400, "a request names its host, once\n");
  const bool has_body =
      parser_->chunked() || (parser_->content_length() && *parser_->content_length() > 0);
  const bool head = request.method() == http::verb::head;
  const Reply reply =
      reply_to(service_.site, {.get = request.method() == http::verb::get,
                               .head = head,
                               .has_body = has_body,
                               .target = view(request.target()),
                               .host = view(request[http::field::host]),
                               .accept_encoding = view(request[http::field::accept_encoding]),
                               .if_none_match = view(request[http::field::if_none_match]),
                               .range = view(request[http::field::range]),
                               .if_range = view(request[http::field::if_range]),
                               .only_local = service_.only_local});
  const bool keep_alive = request.keep_alive() && !has_body && reply.status < 405;
  write(reply, !head && reply.status != 304, keep_alive && !service_.stopping);
}

void Connection::refuse(unsigned status, std::string_view text) {
  write({.status = status, .text = text}, true, false);
}

void Connection::write(const Reply& reply, bool with_body, bool keep_alive) {
  const SiteFile* file = reply.file;
  const std::string_view body = reply.status == 416 ? std::string_view() : reply.body();
  response_ = {};
  response_.version(11);
  response_.result(reply.status);
  response_.set(http::field::date, http_date());
  for (const auto& [name, value] : security_headers) response_.set(name, value);
  if (file == nullptr) {
    response_.set(http::field::content_type, "text/plain; charset=utf-8");
    response_.set(http::field::cache_control, "no-store");
    if (reply.status == 405) response_.set(http::field::allow, "GET, HEAD");
  } else {
    response_.set(http::field::content_type,
                  beast::string_view(file->type.data(), file->type.size()));
    response_.set(http::field::etag, '"' + file->tag + (reply.zipped ? "-gzip\"" : "\""));
    response_.set(http::field::cache_control,
                  file->lasting ? "public, max-age=31536000, immutable" : "no-cache");
    if (!file->zipped.empty()) response_.set(http::field::vary, "Accept-Encoding");
    if (reply.zipped) response_.set(http::field::content_encoding, "gzip");
    response_.set(http::field::accept_ranges, "bytes");
    const std::string size = std::to_string(reply.whole().size());
    if (reply.status == 416) response_.set(http::field::content_range, "bytes */" + size);
    if (reply.status == 206)
      response_.set(http::field::content_range, "bytes " + std::to_string(reply.from) + "-" +
                                                    std::to_string(reply.from + reply.n_bytes - 1) +
                                                    "/" + size);
  }
  response_.keep_alive(keep_alive);
  if (reply.status != 304) response_.content_length(body.size());
  if (with_body) response_.body() = {body.data(), body.size()};
  serializer_.emplace(response_);
  // To HEAD the length is told, and nothing of that length follows.
  serializer_->split(!with_body);
  writing_ = true;
  stream_.expires_after(seconds(service_.options.request_timeout_s));
  auto done = [self = shared_from_this(), keep_alive](ErrorInfo error, std::size_t) {
    self->writing_ = false;
    if (error) return self->stream_.close();
    self->after_write(keep_alive && !self->service_.stopping);
  };
  if (with_body)
    http::async_write(stream_, *serializer_, std::move(done));
  else
    http::async_write_header(stream_, *serializer_, std::move(done));
}

void Connection::after_write(bool keep_alive) {
  if (keep_alive) return wait_for_request();
  ErrorInfo ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(seconds(std::min(2.0, service_.options.request_timeout_s)));
  linger(most_linger_bytes);
}

void Connection::linger(std::size_t n_bytes_left) {
  if (service_.stopping || n_bytes_left == 0) return stream_.close();
  buffer_.clear();
  stream_.async_read_some(
      buffer_.prepare(std::min<std::size_t>(4096, n_bytes_left)),
      [self = shared_from_this(), n_bytes_left](ErrorInfo error, std::size_t n_bytes) {
        if (error) return self->stream_.close();
        self->linger(n_bytes_left - n_bytes);
      });
}

}  // namespace reckon::server

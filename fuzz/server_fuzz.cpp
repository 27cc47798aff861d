// Any bytes as what somebody sends to the lab server: it answers with statuses that it knows, and
// ends the connection. The bytes go through a socket of this machine, for that is how requests come
// in pieces.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/connection.h"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::string_view statuses[] = {"200", "206", "304", "400", "404",
                                         "405", "416", "421", "431"};

// Every answer begins with a status; what follows it is ours, so that it is found by its words.
void check(std::string_view answers) {
  constexpr std::string_view begin = "HTTP/1.1 ";
  if (!answers.empty() && !answers.starts_with(begin)) std::abort();
  for (std::size_t at = answers.find(begin); at != std::string_view::npos;
       at = answers.find(begin, at + 1)) {
    bool known = false;
    for (const std::string_view status : statuses)
      known = known || answers.substr(at + begin.size(), 3) == status;
    if (!known) std::abort();
  }
  if (answers.find("secret") != std::string_view::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  using namespace reckon::server;
  static const Site site = {
      {"/index.html",
       {.type = "text/html", .bytes = "<!doctype html>", .zipped = "zip", .tag = "1a"}},
      {"/assets/a.js",
       {.type = "text/javascript", .bytes = "export {}", .tag = "2b", .lasting = true}}};
  static const ServerOptions options{.request_timeout_s = 5, .idle_timeout_s = 5};
  if (n_bytes > 64 * 1024) return 0;
  asio::io_context io;
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket visitor(io);
  visitor.connect(acceptor.local_endpoint());
  Service service{site, options, {}, false, true};
  std::make_shared<Connection>(acceptor.accept(), service)->start();
  boost::system::error_code error;
  const std::size_t half = n_bytes / 2;
  asio::write(visitor, asio::buffer(data, half), error);
  io.poll();
  if (!error) asio::write(visitor, asio::buffer(data + half, n_bytes - half), error);
  io.poll();
  visitor.shutdown(tcp::socket::shutdown_send, error);
  std::string answers;
  for (int round = 0; round < 10'000 && !service.connections.empty(); ++round) {
    io.restart();
    io.poll();
    char part[4096];
    visitor.non_blocking(true);
    const std::size_t n = visitor.read_some(asio::buffer(part), error);
    answers.append(part, n);
    if (error && error != asio::error::would_block) break;
  }
  check(answers);
  service.stopping = true;
  visitor.close(error);
  for (Connection* const one : std::unordered_set<Connection*>(service.connections)) one->stop();
  io.restart();
  io.run();
  if (!service.connections.empty()) std::abort();
  return 0;
}

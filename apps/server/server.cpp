#include "server/server.h"

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>

#include "base/text.h"
#include "server/connection.h"

namespace reckon::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto farewell = std::chrono::seconds(2);  // for answers that are under way
constexpr auto breath = std::chrono::milliseconds(50);

// A connection is a file descriptor, and many systems start a program with 1,024.
void allow_many_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class Server {
 public:
  Server(const Site& site, const ServerOptions& options)
      : service_{site, options, {}, false, false}, acceptor_(io_), timer_(io_), signals_(io_) {}

  Status listen();
  std::string address() const;
  void run();

 private:
  void accept();
  void stop();

  Service service_;  // outlives the connections, which end with io_
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  asio::signal_set signals_;
};

std::unexpected<Error> cannot_listen(const error_code& error, const ServerOptions& options) {
  const std::string where = options.host + ":" + std::to_string(options.port);
  const std::string other = std::to_string(options.port < 65535 ? options.port + 1 : 8050);
  if (error == asio::error::address_in_use)
    return fail(ErrorCode::io_error,
                "the port " + std::to_string(options.port) +
                    " is taken, perhaps by a lab that is running already: open it, or take "
                    "another port: reckon lab --port " +
                    other,
                where);
  if (error == asio::error::access_denied)
    return fail(ErrorCode::io_error,
                "ports below 1024 are for the administrator; take another: reckon lab --port 8050",
                where);
  if (error.value() == EADDRNOTAVAIL)
    return fail(ErrorCode::io_error, "this machine does not have this address", where);
  return fail(ErrorCode::io_error, "no connection can be taken: " + error.message(), where);
}

Status Server::listen() {
  const ServerOptions& options = service_.options;
  error_code error;
  const auto address =
      asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
  if (error)
    return fail(ErrorCode::bad_argument,
                "an address of this machine is expected, such as 127.0.0.1, not " +
                    quoted(std::string_view(options.host)),
                "--host");
  const tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(error, options);
  service_.only_local = address.is_loopback();
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](error_code failed, int) {
    if (!failed) stop();
  });
  accept();
  return {};
}

std::string Server::address() const {
  const tcp::endpoint endpoint = acceptor_.local_endpoint();
  const std::string host = endpoint.address().to_string();
  return "http://" + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port()) + "/";
}

void Server::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || service_.stopping) return;
    if (!error && service_.connections.size() < service_.options.most_connections) {
      socket.set_option(tcp::no_delay(true), error);
      std::make_shared<Connection>(std::move(socket), service_)->start();
    } else if (error) {
      // Out of file descriptors, most likely: some connection will end.
      timer_.expires_after(breath);
      timer_.async_wait([this](error_code cancelled) {
        if (!cancelled) accept();
      });
      return;
    }
    accept();
  });
}

void Server::stop() {
  service_.stopping = true;
  error_code ignored;
  acceptor_.close(ignored);
  for (Connection* connection : service_.connections) connection->stop();
  timer_.expires_after(farewell);
  timer_.async_wait([this](error_code cancelled) {
    if (!cancelled) io_.stop();
  });
}

void Server::run() {
  while (!io_.stopped()) {
    if (io_.run_one() == 0) break;
    if (service_.stopping && service_.connections.empty()) break;
  }
}

}  // namespace

Status serve(const Site& site, const ServerOptions& options,
             const std::function<void(const std::string& address)>& started) {
  allow_many_connections();
  Server server(site, options);
  RECKON_TRY(server.listen());
  started(server.address());
  server.run();
  return {};
}

}  // namespace reckon::server

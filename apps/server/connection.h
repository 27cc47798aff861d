// One connection: requests are read and answered one after another until either side has enough.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <memory>
#include <optional>
#include <unordered_set>

#include "server/server.h"

namespace reckon::server {

class Connection;

// The parts of a server that its connections share.
struct Service {
  const Site& site;
  const ServerOptions& options;
  std::unordered_set<Connection*> connections;
  bool stopping = false;
  bool only_local = false;  // listens where only this machine reaches it
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Service& service);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() { wait_for_request(); }
  // Ends it now, or after the answer that is being written.
  void stop();

 private:
  using ErrorInfo = boost::system::error_code;
  using Body = boost::beast::http::span_body<const char>;

  void wait_for_request();
  void read_request();
  void read_more();
  void parse_request(std::size_t n_bytes);  // of the buffer, which end with an empty line
  void answer_request();
  void refuse(unsigned status, std::string_view text);
  void write(const Reply& reply, bool with_body, bool keep_alive);
  void after_write(bool keep_alive);
  // Lets the other side read the answer before the connection goes: closing with unread bytes would
  // take the answer back.
  void linger(std::size_t n_bytes_left);

  boost::beast::tcp_stream stream_;
  Service& service_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  boost::beast::http::response<Body> response_;
  std::optional<boost::beast::http::response_serializer<Body>> serializer_;
  bool writing_ = false;
};

}  // namespace reckon::server

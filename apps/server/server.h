// The lab server: a few files over HTTP/1.1, to whoever asks politely. One thread; every wait has
// an end; what a request may cost is bounded before it is read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "server/site.h"

namespace reckon::server {

struct ServerOptions {
  std::string host = "127.0.0.1";  // an address of this machine
  std::uint16_t port = 8050;       // 0: any that is free
  double request_timeout_s = 10;   // for the whole of a request, and for the whole of an answer
  double idle_timeout_s = 75;      // between requests
  std::size_t most_connections = 8192;
};

// Serves until SIGINT or SIGTERM. `started` is called with the address once connections are taken.
// Fails when the address cannot be had: io_error, or bad_argument when it is none.
Status serve(const Site& site, const ServerOptions& options,
             const std::function<void(const std::string& address)>& started);

}  // namespace reckon::server

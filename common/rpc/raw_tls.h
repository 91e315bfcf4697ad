// TLS peers below gRPC, for tests of what a handshake refuses and of which certificate is served.
#pragma once

#include <functional>
#include <string>

#include "common/rpc/tls_files.h"

namespace chuanyu::rpc {

struct Handshake {
  bool done = false;           // agreed on a connection
  std::string version;         // "TLSv1.3"
  std::string peer_not_after;  // "2026-10-01": end of the other side's certificate
};

// Connects to "127.0.0.1:<port>" offering no TLS version above `max_version` (TLS1_2_VERSION, ...).
Handshake ConnectRaw(const std::string& address, const TlsFiles& files, int max_version);

// Listens on loopback, runs `connect` with the address in another thread and shakes hands with the one client
// that it opens.
Handshake AcceptRaw(const TlsFiles& files, int max_version, const std::function<void(std::string)>& connect);

}  // namespace chuanyu::rpc

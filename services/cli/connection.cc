#include "common/rpc/channel.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

void AddConnection(CLI::App& verb, Context& context) {
  verb.add_option("--server", context.connection.server, "Address of the server, e.g. 127.0.0.1:7001")
      ->envname("CHUANYU_SERVER")
      ->required();
  verb.add_option("--identity", context.connection.identity,
                  "Name that the server must prove, e.g. spiffe://500000.chuanyu/exchange/node")
      ->envname("CHUANYU_IDENTITY")
      ->required();
  verb.add_option("--cert", context.connection.tls.certificate, "Own certificate (PEM)")
      ->envname("CHUANYU_CERT")
      ->required();
  verb.add_option("--key", context.connection.tls.key, "Its private key (PEM)")
      ->envname("CHUANYU_KEY")
      ->required();
  verb.add_option("--ca", context.connection.tls.ca, "Roots that are trusted (PEM)")
      ->envname("CHUANYU_CA")
      ->required();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const Connection& connection) {
  return rpc::OpenChannel(
      {.target = connection.server, .tls = connection.tls, .server_spiffe = connection.identity});
}

}  // namespace chuanyu::cli

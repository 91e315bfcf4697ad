// Which process of this region answers which service. Immutable once built; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "grpcpp/channel.h"
#include "services/exchange/dispatch/provider_line.h"

namespace chuanyu::exchange {

// "/package.Service/Method" → "package.Service"; "" for what is no method path.
std::string_view ServiceOf(std::string_view operation);

class ProviderTable {
 public:
  struct Provider {
    std::string identity;  // SPIFFE name of its certificate
    std::unique_ptr<ProviderLine> line;
  };

  // The last one added for a service counts.
  void Add(const std::string& service, std::string identity, const std::shared_ptr<grpc::Channel>& channel);
  // Nullptr when no provider is configured.
  Provider* Find(std::string_view operation) const;

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<Provider>> providers_;
};

}  // namespace chuanyu::exchange

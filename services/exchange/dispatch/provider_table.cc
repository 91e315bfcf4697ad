#include "services/exchange/dispatch/provider_table.h"

#include <utility>

namespace chuanyu::exchange {

std::string_view ServiceOf(std::string_view operation) {
  const size_t slash = operation.rfind('/');
  if (operation.empty() || operation[0] != '/' || slash == 0) return {};
  return operation.substr(1, slash - 1);
}

void ProviderTable::Add(const std::string& service, std::string identity,
                        const std::shared_ptr<grpc::Channel>& channel) {
  auto provider = std::make_unique<Provider>();
  provider->identity = std::move(identity);
  provider->line = std::make_unique<ProviderLine>(channel);
  providers_[service] = std::move(provider);
}

ProviderTable::Provider* ProviderTable::Find(std::string_view operation) const {
  const auto it = providers_.find(std::string(ServiceOf(operation)));
  return it == providers_.end() ? nullptr : it->second.get();
}

}  // namespace chuanyu::exchange

// chuanyu-family-economy: household economy checks of one region.
#include "common/base/status_macros.h"
#include "common/service/keys.h"
#include "common/service/service_main.h"
#include "services/family_economy/config.h"
#include "services/family_economy/registers/loader.h"
#include "services/family_economy/service.h"

namespace chuanyu::family_economy {
namespace {

absl::Status Load(const ServiceConfig& config, const std::string& data) {
  CHUANYU_ASSIGN_OR_RETURN(const auto indexer, LoadIndexer(config.index_key));
  CHUANYU_ASSIGN_OR_RETURN(const auto sealer, LoadSealer(config.kek, kSealName));
  CHUANYU_ASSIGN_OR_RETURN(const auto pool, sql::Pool::Open({.url = config.registers_url,
                                                             .unavailable = Reason::SOURCE_UNAVAILABLE}));
  return LoadRegisters(*pool, *indexer, *sealer, data);
}

}  // namespace
}  // namespace chuanyu::family_economy

int main(int argc, char** argv) {
  using namespace chuanyu::family_economy;  // NOLINT(google-build-using-namespace)
  return chuanyu::ServiceMain<Service, ServiceConfig>(
      argc, argv,
      {.program = "chuanyu-family-economy",
       .about = "Household economy checks of one region.",
       .config_file = "family-economy.toml",
       .name = "family_economy",
       .load = LoadServiceConfig,
       .signers = LoadReportSigners,
       .commands = {{.name = "load-registers",
                     .about = "Fills the demo's registers with synthetic data.",
                     .about_data = "deploy/demo/registers/<region>.json",
                     .run = Load}}});
}

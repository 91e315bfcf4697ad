// chuanyu-marriage: bookings and registrations of marriages and divorces of one region.
#include <cstdio>

#include "common/base/status_macros.h"
#include "common/service/service_main.h"
#include "services/marriage/config.h"
#include "services/marriage/import.h"
#include "services/marriage/service.h"

namespace chuanyu::marriage {
namespace {

absl::Status LoadRegister(const ServiceConfig& config, const std::string& path) {
  const SystemClock clock;
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<Desk> desk, Desk::Open(config, clock));
  CHUANYU_ASSIGN_OR_RETURN(const int taken, ImportMarriages(*desk, Register(), path));
  std::printf("%d marriages are new\n", taken);
  return absl::OkStatus();
}

}  // namespace
}  // namespace chuanyu::marriage

int main(int argc, char** argv) {
  using namespace chuanyu::marriage;  // NOLINT(google-build-using-namespace)
  return chuanyu::ServiceMain<Service, ServiceConfig>(
      argc, argv,
      {.program = "chuanyu-marriage",
       .about = "Bookings and registrations of marriages and divorces of one region.",
       .config_file = "marriage.toml",
       .name = "marriage",
       .load = LoadServiceConfig,
       .commands = {{.name = "load-register",
                     .about = "Takes in marriages that were registered before the exchange.",
                     .about_data = "CSV file: services/marriage/import.h",
                     .run = chuanyu::marriage::LoadRegister}}});
}

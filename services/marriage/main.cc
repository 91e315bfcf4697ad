// chuanyu-marriage: bookings and registrations of marriages and divorces of one region.
#include "common/service/service_main.h"
#include "services/marriage/config.h"
#include "services/marriage/service.h"

int main(int argc, char** argv) {
  using namespace chuanyu::marriage;  // NOLINT(google-build-using-namespace)
  return chuanyu::ServiceMain<Service, ServiceConfig>(
      argc, argv,
      {.program = "chuanyu-marriage",
       .about = "Bookings and registrations of marriages and divorces of one region.",
       .config_file = "marriage.toml",
       .name = "marriage",
       .load = LoadServiceConfig});
}

// chuanyu-life-events: deaths and other life events of one region, told to everybody who must act on them.
#include "common/service/service_main.h"
#include "services/life_events/config.h"
#include "services/life_events/service.h"

int main(int argc, char** argv) {
  using namespace chuanyu::life_events;  // NOLINT(google-build-using-namespace)
  return chuanyu::ServiceMain<Service, ServiceConfig>(
      argc, argv,
      {.program = "chuanyu-life-events",
       .about = "Takes in deaths and tells the services of both regions.",
       .config_file = "life-events.toml",
       .name = "life_events",
       .load = LoadServiceConfig});
}

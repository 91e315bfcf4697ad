// chuanyu-disability: 残疾人两项补贴 of one region.
#include "common/service/service_main.h"
#include "services/disability/config.h"
#include "services/disability/service.h"

int main(int argc, char** argv) {
  using namespace chuanyu::disability;  // NOLINT(google-build-using-namespace)
  return chuanyu::ServiceMain<Service, ServiceConfig>(argc, argv,
                                                      {.program = "chuanyu-disability",
                                                       .about = "残疾人两项补贴 of one region.",
                                                       .config_file = "disability.toml",
                                                       .name = "disability",
                                                       .load = LoadServiceConfig});
}

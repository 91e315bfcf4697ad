// chuanyu-child-welfare: statuses of children of one region.
#include "common/service/service_main.h"
#include "services/child_welfare/config.h"
#include "services/child_welfare/service.h"

int main(int argc, char** argv) {
  using namespace chuanyu::child_welfare;  // NOLINT(google-build-using-namespace)
  return chuanyu::ServiceMain<Service, ServiceConfig>(
      argc, argv,
      {.program = "chuanyu-child-welfare",
       .about = "Statuses of children (孤儿, 事实无人抚养儿童) of one region.",
       .config_file = "child-welfare.toml",
       .name = "child_welfare",
       .load = LoadServiceConfig,
       .signers = LoadRecognitionSigners});
}

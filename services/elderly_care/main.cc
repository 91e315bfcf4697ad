// chuanyu-elderly-care: filings of elderly-care institutions of one region.
#include "common/service/service_main.h"
#include "services/elderly_care/config.h"
#include "services/elderly_care/service.h"

int main(int argc, char** argv) {
  using namespace chuanyu::elderly_care;  // NOLINT(google-build-using-namespace)
  return chuanyu::ServiceMain<Service, ServiceConfig>(
      argc, argv,
      {.program = "chuanyu-elderly-care",
       .about = "Filings of elderly-care institutions (养老机构登记备案) of one region.",
       .config_file = "elderly-care.toml",
       .name = "elderly_care",
       .load = LoadServiceConfig,
       .signers = {}});
}

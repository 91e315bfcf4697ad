#include "tests/support/region_service.h"

#include "absl/strings/str_cat.h"
#include "tests/support/region.h"

namespace chuanyu::testing {

std::string CaseServiceConfig(const Region& region, const RegionService& service,
                              const CaseConfigText& text) {
  const std::string keys = region.keys_folder();
  const std::string policy = std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/";
  const std::string counties =
      (region.code() == "500000" ? "\"500109\", \"500199\"" : "\"511623\", \"511681\"") +
      text.former_counties;
  return absl::StrCat(
      "region = \"", region.code(), "\"\nfront_listen = [\"", region.front_target(service),
      "\"]\nprovider_listen = [\"", region.provider_target(service), "\"]\nready_file = \"run/", service.name,
      ".ready\"\n", region.TlsTable("mzj/" + service.system), "[exchange]\ntarget = \"", region.node_target(),
      "\"\nidentity = \"", region.NodeSpiffe(), "\"\n[store]\nurl = \"", region.StoreUrl(service.name),
      "\"\n[keys]\nkek = \"", keys, "/kek.bin\"\nindex = \"", keys, "/index.bin\"\nclaim = \"",
      region.claim_key(), "\"\nclaim_id = \"test\"\n", text.keys, "[data]\ndivisions = \"",
      CHUANYU_SOURCE_DIR, "/deploy/data/divisions\"\ncalendar = \"calendar\"\n[policy]\n", text.item, " = \"",
      policy, text.item, "\"\nflow = \"", policy, "flows/", text.item, ".toml\"\n", text.policy,
      "[divisions.codes]\nLIANGJIANG = \"500199\"\n[peers]\nregions = [\"", region.peer_code(),
      "\"]\n[metrics]\nlisten = \"127.0.0.1:0\"\n[log]\nfile = \"run/", service.name,
      ".log\"\n[[office]]\norg = \"county\"\nroles = [", text.roles, "]\ncounties = [", counties, "]\n",
      text.tables);
}

}  // namespace chuanyu::testing

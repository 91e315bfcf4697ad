// A domain service of a region in the test world. Each has one file beside this (child_region.h), and a test
// names those that it wants in WorldOptions::services; Region and World know none of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace chuanyu::testing {

class Region;

struct RegionService {
  std::string name;      // of its files in the region's folder: <name>.toml, run/<name>.ready
  std::string program;   // "chuanyu-child-welfare"
  std::string system;    // "child-welfare": its certificate is that of mzj/<system>
  std::string provider;  // "chuanyu.child_welfare.v1.ChildWelfareProvider"
  // Its configuration, as text.
  std::function<std::string(const Region& region, const RegionService& service)> config;
  // What the configurations of family_economy and of services that follow it say of it, when both are there.
  std::function<std::string(const Region& region, const RegionService& service)> for_followers = nullptr;
  bool follows = false;
  // "<org>/<system>" of systems that call it and nothing else: they get a certificate in each region.
  std::vector<std::string> callers = {};
};

// The part of a configuration that all services with cases have (common/case_service); an [[office]] of the
// organisation "county" has `roles` ("\"WINDOW\", \"TOWN\"") for the counties that the tests speak of.
// `keys` is more lines of [keys], `policy` more lines of [policy] besides the item's folder and the flow;
// `tables` is what else there is.
struct CaseConfigText {
  std::string item;  // "child_welfare"
  std::string roles;
  std::string keys = "";
  std::string policy = "";
  std::string tables = "";
  std::string former_counties = "";  // as ", \"500112\"": more that the office acts for
};
std::string CaseServiceConfig(const Region& region, const RegionService& service, const CaseConfigText& text);

}  // namespace chuanyu::testing

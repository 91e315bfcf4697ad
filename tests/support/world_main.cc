// chuanyu-test-world: starts the two-region world, prints one line of JSON that says where it listens, and
// stops it when standard input ends. For tests that are not written in C++. "--nodes-only" leaves
// family_economy out, "--child-welfare" has that service instead of it; "--registers FOLDER" takes
// "<region>.json" from there.
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "tests/support/child_region.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

// Paths and identities hold nothing that JSON would have to escape.
std::string Json(World& world, const WorldOptions& options) {
  std::string text = "{\"pki\":\"" + world.pki().folder() + "\",\"folder\":\"" + world.folder() + "\"";
  for (Region* region : {&world.cq(), &world.sc()}) {
    text += ",\"" + region->code() + "\":{\"node\":\"" + region->node_target() + "\",\"front\":\"" +
            region->front_target() + "\"";
    for (const RegionService* service : options.services) {
      text += ",\"" + service->name + "\":\"" + region->front_target(*service) + "\"";
    }
    text += "}";
  }
  return text + "}\n";
}

int Main(int argc, char** argv) {
  WorldOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--nodes-only") options.family_economy = false;
    if (argument == "--child-welfare") {
      options.family_economy = false;
      options.services = {&ChildWelfare()};
    }
    if (argument == "--registers" && i + 1 < argc) options.registers = argv[++i];
  }
  World world(options);
  const absl::Status started = world.Start();
  if (!started.ok()) {
    std::fprintf(stderr, "chuanyu-test-world: %s\n", std::string(started.message()).c_str());
    return 1;
  }
  std::fputs(Json(world, options).c_str(), stdout);
  std::fflush(stdout);
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return world.Stop().ok() ? 0 : 1;
}

}  // namespace
}  // namespace chuanyu::testing

int main(int argc, char** argv) { return chuanyu::testing::Main(argc, argv); }

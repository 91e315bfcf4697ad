// The demo's welfare registers (deploy/demo/welfare_registers.py), for tests of the mappings that are shipped
// for them. Synthetic persons.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/registers/register_source.h"
#include "gtest/gtest.h"

namespace chuanyu::registers {

class DemoRegisters {
 public:
  // Of `region`, with the mappings of `item`.
  DemoRegisters(const std::string& item, const std::string& region) {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-demo-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    const std::string deploy = std::string(CHUANYU_SOURCE_DIR) + "/deploy";
    config_ = {.url = "sqlite3://db=" + folder_ + "/welfare.db",
               .mapping = deploy + "/registers/" + item,
               .index = folder_ + "/index.bin"};
    std::ofstream(config_.index, std::ios::binary) << std::string(32, 'r');
    const std::string fill = "python3 '" + deploy + "/demo/welfare_registers.py' --key '" + config_.index +
                             "' --data '" + deploy + "/demo/registers/welfare-" + region + ".json' --db '" +
                             folder_ + "/welfare.db'";
    EXPECT_EQ(std::system(fill.c_str()), 0) << fill;
  }
  ~DemoRegisters() { std::filesystem::remove_all(folder_); }
  DemoRegisters(const DemoRegisters&) = delete;
  DemoRegisters& operator=(const DemoRegisters&) = delete;

  const RegistersConfig& config() const { return config_; }

 private:
  std::string folder_;
  RegistersConfig config_;
};

}  // namespace chuanyu::registers

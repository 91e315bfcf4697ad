// Configuration files (TOML), read strictly: a missing required key, a wrong type, a value out of range or a
// key that nobody asked for is CONFIG_INVALID and names file, line and key. A program reads everything at
// start:
//
//   CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
//   CHUANYU_ASSIGN_OR_RETURN(const Config redis, file.Table("redis"));
//   CHUANYU_ASSIGN_OR_RETURN(options.socket, redis.Path("socket"));
//   CHUANYU_ASSIGN_OR_RETURN(options.lease, redis.Duration("lease", absl::Seconds(15)));
//   CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
//
// Errors never repeat a value: a value may be a secret. Not thread-safe: reading a key marks it as known in
// the file shared by all tables of it.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace chuanyu {

// Both ends included.
struct IntRange {
  int64_t min = std::numeric_limits<int64_t>::min();
  int64_t max = std::numeric_limits<int64_t>::max();
};

// One table of a file; a cheap handle. The getters without a default require the key.
class Config {
 public:
  // The top table of the file at `path`.
  static absl::StatusOr<Config> Load(const std::string& path);
  // The top table of `text`, with relative paths resolved against `folder`. Errors call the file `name`.
  static absl::StatusOr<Config> Parse(const std::string& text, const std::string& folder,
                                      const std::string& name);

  bool Has(const std::string& key) const;
  // The keys of this table in alphabetical order, for tables whose keys are data ("[peers.510000]"). Reading
  // the names does not make a key known; reading its value does.
  std::vector<std::string> Keys() const;

  absl::StatusOr<std::string> String(const std::string& key) const;
  absl::StatusOr<std::string> String(const std::string& key, const std::string& fallback) const;
  // A file or folder; a relative one is meant from the folder of the configuration file. Need not exist.
  absl::StatusOr<std::string> Path(const std::string& key) const;
  absl::StatusOr<std::string> Path(const std::string& key, const std::string& fallback) const;
  // Within `range`.
  absl::StatusOr<int64_t> Int(const std::string& key, IntRange range = {}) const;
  absl::StatusOr<int64_t> Int(const std::string& key, int64_t fallback, IntRange range = {}) const;
  // Integers are taken too.
  absl::StatusOr<double> Double(const std::string& key) const;
  absl::StatusOr<double> Double(const std::string& key, double fallback) const;
  absl::StatusOr<bool> Bool(const std::string& key) const;
  absl::StatusOr<bool> Bool(const std::string& key, bool fallback) const;
  // A string with unit, "250ms", "15s", "1h30m"; never negative.
  absl::StatusOr<absl::Duration> Duration(const std::string& key) const;
  absl::StatusOr<absl::Duration> Duration(const std::string& key, absl::Duration fallback) const;
  // "2026-10-01", as TOML date or string, gives the same string.
  absl::StatusOr<std::string> Date(const std::string& key) const;
  // An array of strings (integers). Without the key: empty.
  absl::StatusOr<std::vector<std::string>> Strings(const std::string& key) const;
  absl::StatusOr<std::vector<int64_t>> Ints(const std::string& key) const;

  // A table in this one. Without the key: an empty table, whose required keys are then missing.
  absl::StatusOr<Config> Table(const std::string& key) const;
  // An array of tables ("[[rule]]") in file order. Without the key: empty.
  absl::StatusOr<std::vector<Config>> Tables(const std::string& key) const;

  // "node.toml:12: redis.socket <what>", as CONFIG_INVALID: for rules only the caller knows.
  absl::Status Invalid(const std::string& key, const std::string& what) const;
  // CONFIG_INVALID naming the first key below this table that no getter was asked for.
  absl::Status CheckNoUnknownKeys() const;

 private:
  struct File;
  struct Node;
  explicit Config(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node_;
};

}  // namespace chuanyu

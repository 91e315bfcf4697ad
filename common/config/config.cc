#include "common/config/config.h"

// Errors come back as values; nothing is thrown. toml++ 3.3 asserts in parse_key what "[&" breaks (its issue
// 294), right before the branch that reports it: without the assertion a malformed file is an error, not an
// abort.
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

std::string Join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

absl::Status MakeInvalid(const std::string& file, const toml::source_region& at, const std::string& key,
                         const std::string& what) {
  std::string text = file;
  if (at.begin.line > 0) text += ":" + std::to_string(at.begin.line);
  return MakeError(Reason::CONFIG_INVALID, {.field = key, .detail = text + ": " + what});
}

}  // namespace

struct Config::File {
  std::string name;
  std::filesystem::path folder;
  toml::table root;
  mutable std::set<const toml::node*>
      known;  // nodes that a getter returned; tables and arrays by their parts
};

struct Config::Node {
  std::shared_ptr<const File> file;
  const toml::table* table = nullptr;  // null: absent in the file
  std::string path;                    // "peers.510000"
  toml::source_region where;

  const toml::node* Find(const std::string& key) const {
    const toml::node* found = table == nullptr ? nullptr : table->get(key);
    if (found != nullptr) file->known.insert(found);
    return found;
  }
  absl::Status Bad(const std::string& key, const std::string& what) const {
    const toml::node* found = table == nullptr ? nullptr : table->get(key);
    return MakeInvalid(file->name, found == nullptr ? where : found->source(), Join(path, key), what);
  }
  absl::Status Missing(const std::string& key) const { return Bad(key, "is required"); }

  std::shared_ptr<const Node> Child(std::string child_path, const toml::table* child,
                                    toml::source_region at) const {
    return std::make_shared<const Node>(Node{file, child, std::move(child_path), std::move(at)});
  }

  // The value as T; nullopt when the key is absent.
  template <typename T>
  absl::StatusOr<std::optional<T>> Get(const std::string& key, const char* type) const {
    const toml::node* found = Find(key);
    if (found == nullptr) return std::optional<T>();
    const toml::optional<T> value = found->value_exact<T>();
    if (!value) return Bad(key, std::string("is not ") + type);
    return std::optional<T>(*value);
  }

  template <typename T>
  absl::StatusOr<std::vector<T>> GetArray(const std::string& key, const char* type) const {
    std::vector<T> values;
    const toml::node* found = Find(key);
    if (found == nullptr) return values;
    if (!found->is_array()) return Bad(key, std::string("is not an array of ") + type);
    for (const toml::node& element : *found->as_array()) {
      const toml::optional<T> value = element.value_exact<T>();
      if (!value) return Bad(key, std::string("is not an array of ") + type);
      values.push_back(*value);
    }
    return values;
  }
};

namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || std::filesystem::is_directory(path)) {
    return MakeError(Reason::CONFIG_INVALID, {.detail = path + ": cannot be read"});
  }
  return text.str();
}

// The value, the fallback, or the error.
template <typename T>
absl::StatusOr<T> Or(absl::StatusOr<std::optional<T>> value, T fallback) {
  CHUANYU_RETURN_IF_ERROR(value.status());
  return *value ? **value : std::move(fallback);
}

}  // namespace

Config::Config(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

absl::StatusOr<Config> Config::Load(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const std::filesystem::path full = std::filesystem::absolute(path);
  return Parse(text, full.parent_path().string(), full.filename().string());
}

absl::StatusOr<Config> Config::Parse(const std::string& text, const std::string& folder,
                                     const std::string& name) {
  toml::parse_result result = toml::parse(text);
  if (!result) {
    // The parser's description may quote the text, and the text may hold a secret.
    return MakeInvalid(name, result.error().source(), "", "is not valid TOML");
  }
  auto file = std::make_shared<File>();
  file->name = name;
  file->folder = folder;
  file->root = std::move(result).table();
  const toml::table* root = &file->root;
  return Config(std::make_shared<const Node>(Node{std::move(file), root, "", {}}));
}

bool Config::Has(const std::string& key) const {
  return node_->table != nullptr && node_->table->contains(key);
}

std::vector<std::string> Config::Keys() const {
  std::vector<std::string> keys;
  if (node_->table == nullptr) return keys;
  for (const auto& [key, value] : *node_->table) keys.emplace_back(key.str());
  return keys;
}

absl::StatusOr<std::string> Config::String(const std::string& key) const {
  if (!Has(key)) return node_->Missing(key);
  return String(key, "");
}

absl::StatusOr<std::string> Config::String(const std::string& key, const std::string& fallback) const {
  return Or(node_->Get<std::string>(key, "a string"), fallback);
}

absl::StatusOr<std::string> Config::Path(const std::string& key) const {
  if (!Has(key)) return node_->Missing(key);
  return Path(key, "");
}

absl::StatusOr<std::string> Config::Path(const std::string& key, const std::string& fallback) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string path, String(key, fallback));
  if (path.empty()) {
    if (Has(key)) return node_->Bad(key, "is empty");
    return path;
  }
  return (node_->file->folder / path).lexically_normal().string();
}

absl::StatusOr<int64_t> Config::Int(const std::string& key, IntRange range) const {
  if (!Has(key)) return node_->Missing(key);
  return Int(key, 0, range);
}

absl::StatusOr<int64_t> Config::Int(const std::string& key, int64_t fallback, IntRange range) const {
  CHUANYU_ASSIGN_OR_RETURN(const int64_t value, Or(node_->Get<int64_t>(key, "an integer"), fallback));
  if (Has(key) && (value < range.min || value > range.max)) {
    return node_->Bad(key,
                      "is not between " + std::to_string(range.min) + " and " + std::to_string(range.max));
  }
  return value;
}

absl::StatusOr<double> Config::Double(const std::string& key) const {
  if (!Has(key)) return node_->Missing(key);
  return Double(key, 0);
}

absl::StatusOr<double> Config::Double(const std::string& key, double fallback) const {
  const toml::node* found = node_->Find(key);
  if (found == nullptr) return fallback;
  if (!found->is_number()) return node_->Bad(key, "is not a number");
  const double value = *found->value<double>();
  if (!std::isfinite(value)) return node_->Bad(key, "is not a finite number");
  return value;
}

absl::StatusOr<bool> Config::Bool(const std::string& key) const {
  if (!Has(key)) return node_->Missing(key);
  return Bool(key, false);
}

absl::StatusOr<bool> Config::Bool(const std::string& key, bool fallback) const {
  return Or(node_->Get<bool>(key, "true or false"), fallback);
}

absl::StatusOr<absl::Duration> Config::Duration(const std::string& key) const {
  if (!Has(key)) return node_->Missing(key);
  return Duration(key, absl::ZeroDuration());
}

absl::StatusOr<absl::Duration> Config::Duration(const std::string& key, absl::Duration fallback) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto text, node_->Get<std::string>(key, "a duration such as \"15s\""));
  if (!text) return fallback;
  absl::Duration duration;
  if (!absl::ParseDuration(*text, &duration)) return node_->Bad(key, "is not a duration such as \"15s\"");
  if (duration < absl::ZeroDuration()) return node_->Bad(key, "is negative");
  return duration;
}

absl::StatusOr<std::string> Config::Date(const std::string& key) const {
  const toml::node* found = node_->Find(key);
  if (found == nullptr) return node_->Missing(key);
  absl::CivilDay day;
  if (const toml::optional<toml::date> date = found->value_exact<toml::date>()) {
    day = absl::CivilDay(date->year, date->month, date->day);
  } else {
    const toml::optional<std::string> text = found->value_exact<std::string>();
    if (!text || !absl::ParseCivilTime(*text, &day) || absl::FormatCivilTime(day) != *text) {
      return node_->Bad(key, "is not a date such as 2026-10-01");
    }
  }
  return absl::FormatCivilTime(day);
}

absl::StatusOr<std::vector<std::string>> Config::Strings(const std::string& key) const {
  return node_->GetArray<std::string>(key, "strings");
}

absl::StatusOr<std::vector<int64_t>> Config::Ints(const std::string& key) const {
  return node_->GetArray<int64_t>(key, "integers");
}

absl::StatusOr<Config> Config::Table(const std::string& key) const {
  const toml::node* found = node_->Find(key);
  const std::string path = Join(node_->path, key);
  if (found == nullptr) return Config(node_->Child(path, nullptr, node_->where));
  if (!found->is_table()) return node_->Bad(key, "is not a table");
  return Config(node_->Child(path, found->as_table(), found->source()));
}

absl::StatusOr<std::vector<Config>> Config::Tables(const std::string& key) const {
  std::vector<Config> tables;
  const toml::node* found = node_->Find(key);
  if (found == nullptr) return tables;
  if (!found->is_array()) return node_->Bad(key, "is not an array of tables");
  for (const toml::node& element : *found->as_array()) {
    if (!element.is_table()) return node_->Bad(key, "is not an array of tables");
    const std::string path = Join(node_->path, key) + "[" + std::to_string(tables.size()) + "]";
    tables.push_back(Config(node_->Child(path, element.as_table(), element.source())));
  }
  return tables;
}

absl::Status Config::Invalid(const std::string& key, const std::string& what) const {
  return node_->Bad(key, what);
}

namespace {

struct UnknownKey {
  std::string path;
  toml::source_region where;
};

// `path` is that of `node`, which is known itself.
std::optional<UnknownKey> FindUnknown(const toml::node& node, const std::string& path,
                                      const std::set<const toml::node*>& known) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) {
      const std::string name = Join(path, key.str());
      if (!known.contains(&value)) return UnknownKey{name, key.source()};
      if (auto unknown = FindUnknown(value, name, known)) return unknown;
    }
  } else if (const toml::array* array = node.as_array()) {
    for (size_t i = 0; i < array->size(); ++i) {
      if (auto unknown = FindUnknown(*array->get(i), path + "[" + std::to_string(i) + "]", known))
        return unknown;
    }
  }
  return std::nullopt;
}

}  // namespace

absl::Status Config::CheckNoUnknownKeys() const {
  if (node_->table == nullptr) return absl::OkStatus();
  const auto unknown = FindUnknown(*node_->table, node_->path, node_->file->known);
  if (!unknown) return absl::OkStatus();
  return MakeInvalid(node_->file->name, unknown->where, unknown->path, "is not a known key");
}

}  // namespace chuanyu

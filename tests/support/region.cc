#include "tests/support/region.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "tests/support/calendar.h"
#include "tests/support/scrape.h"

namespace chuanyu::testing {
namespace {

constexpr char kBin[] = CHUANYU_BIN_DIR;
constexpr char kSource[] = CHUANYU_SOURCE_DIR;
// Sanitizer builds are an order of magnitude slower to start.
constexpr absl::Duration kStartLimit = absl::Seconds(60);

}  // namespace

Region::Region(const std::string& world_folder, std::string code, std::string peer_code,
               const rpc::TestPki& pki, WorldOptions options)
    : code_(std::move(code)),
      peer_code_(std::move(peer_code)),
      folder_(world_folder + "/" + code_),
      pki_(pki),
      options_(std::move(options)) {
  if (options_.backend == Backend::kPostgresql) postgres_.emplace();
  for (const RegionService* service : options_.services) services_.try_emplace(service);
  for (const char* sub : {"/data", "/run", "/trust"}) std::filesystem::create_directories(folder_ + sub);
}

std::string Region::StoreUrl(const std::string& name) const {
  return postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/data/" + name + ".db";
}

std::string Region::store_url() const { return StoreUrl("cases"); }
std::string Region::registers_url() const { return StoreUrl("registers"); }

std::vector<std::string> Region::DataFolders() const {
  std::vector<std::string> folders = {folder_, redis_.folder()};
  if (postgres_) folders.push_back(postgres_->folder());
  return folders;
}

std::string Region::NodeMetrics() const { return ScrapeMetrics(folder_ + "/run/node.ready"); }
std::string Region::FamilyMetrics() const { return ScrapeMetrics(folder_ + "/run/family.ready"); }
std::string Region::Metrics(const RegionService& service) const {
  return ScrapeMetrics(folder_ + "/run/" + service.name + ".ready");
}

std::string Region::TlsTable(std::string_view identity) const {
  const rpc::TlsFiles files = pki_.Files(std::string(code_) + "/" + std::string(identity));
  return absl::StrCat("[tls]\ncertificate = \"", files.certificate, "\"\nkey = \"", files.key, "\"\nca = \"",
                      files.ca, "\"\n");
}

void Region::WriteNodeConfig(const std::string& peer_folder) const {
  const std::string keys = keys_folder();
  std::string providers;
  for (const RegionService* service : options_.services) {
    absl::StrAppend(&providers, "[[provider]]\nservice = \"", service->provider, "\"\ntarget = \"",
                    provider_target(*service), "\"\nidentity = \"", Spiffe(*service), "\"\n");
  }
  WriteWholeFile(
      node_config(),
      absl::StrCat(
          "region = \"", code_, "\"\nname = \"node1\"\nlisten = [\"", node_target(), "\"]\npeer_listen = [\"",
          peer_target(), "\"]\nready_file = \"run/node.ready\"\ndata_dir = \"data\"\n",
          TlsTable("exchange/node"), "[keys]\ned25519 = \"", keys, "/ed25519.key\"\nsm2 = \"", keys,
          "/sm2.key\"\nkek = \"", keys, "/kek.bin\"\n[redis]\nsocket = \"", redis_.socket(),
          "\"\n[policy]\nfile = \"policy.toml\"\n[witness]\ngrace = \"", options_.witness_grace,
          "\"\n[dispatch]\nattempt_timeout = \"", options_.attempt_timeout,
          "\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n[log]\nfile = \"run/node.log\"\n[[peer]]\nregion = \"",
          peer_code_, "\"\norigin = \"", peer_code_, ".chuanyu/node1\"\nidentity = \"spiffe://", peer_code_,
          ".chuanyu/exchange/node\"\ntarget = \"unix:", peer_folder, "/peer.sock\"\ntrust = \"trust/",
          peer_code_,
          ".keys\"\n[[provider]]\nservice = \"chuanyu.family_economy.v1.FamilyEconomyProvider\"\ntarget = \"",
          provider_target(), "\"\nidentity = \"", FamilySpiffe(), "\"\n", providers));
}

std::string Region::MappingFolder() const {
  const std::string shipped = std::string(kSource) + "/deploy/registers";
  if (!options_.departments) return shipped;
  const std::string folder = folder_ + "/registers";
  std::filesystem::create_directories(folder);
  for (const auto& entry : std::filesystem::directory_iterator(shipped)) {
    // Folders are other services'.
    if (entry.is_directory() || entry.path().filename() == "A05.toml") continue;
    std::filesystem::copy_file(entry.path(), folder + "/" + entry.path().filename().string(),
                               std::filesystem::copy_options::overwrite_existing);
  }
  return folder;
}

std::string Region::SourceTable() const {
  if (!options_.departments) return "";
  return absl::StrCat(
      "[[source]]\nid = \"real-estate\"\nname = \"不动产登记中心\"\nclasses = [\"A05\"]\ntarget = \"unix:",
      folder_, "/department.sock\"\nidentity = \"spiffe://", code_,
      ".chuanyu/zrzy/register\"\ntimeout = \"1s\"\nmin_pause = \"100ms\"\nmax_pause = \"500ms\"\n"
      "min_poll = \"100ms\"\nmax_poll = \"500ms\"\n");
}

void Region::SetDepartmentMode(const std::string& mode) const {
  // Under another name first: the server never reads half a word.
  WriteWholeFile(folder_ + "/run/department.mode.tmp", mode);
  std::filesystem::rename(folder_ + "/run/department.mode.tmp", folder_ + "/run/department.mode");
}

absl::Status Region::StartDepartment() {
  const rpc::TlsFiles files = pki_.Files(code_ + "/zrzy/register");
  return StartAndWait(department_,
                      {absl::StrCat(kBin, "/chuanyu-test-register"), "--listen",
                       "unix:" + folder_ + "/department.sock", "--data", RegistersFile(), "--mode",
                       folder_ + "/run/department.mode", "--ready", folder_ + "/run/department.ready",
                       "--certificate", files.certificate, "--key", files.key, "--ca", files.ca},
                      "department");
}

std::string Region::ToFollow() const {
  std::string tables;
  for (const RegionService* service : options_.services) {
    if (service->for_followers) tables += service->for_followers(*this, *service);
  }
  return tables;
}

void Region::WriteFamilyConfig() const {
  const std::string keys = pki_.folder() + "/" + code_ + "/keys";
  WriteWholeFile(folder_ + "/match-keys.toml",
                 absl::StrCat("[[key]]\nid = \"test\"\npeer = \"", peer_code_, "\"\nfile = \"", pki_.folder(),
                              "/match.bin\"\nnot_before = \"2020-01-01\"\nnot_after = \"2099-12-31\"\n"));
  WriteWholeFile(
      family_config(),
      absl::StrCat("region = \"", code_, "\"\nfront_listen = [\"", front_target(),
                   "\"]\nprovider_listen = [\"", provider_target(),
                   "\"]\nready_file = \"run/family.ready\"\n", TlsTable("mzj/family-economy"),
                   "[exchange]\ntarget = \"", node_target(), "\"\nidentity = \"", NodeSpiffe(),
                   "\"\n[store]\nurl = \"", store_url(), "\"\n[registers]\nurl = \"", registers_url(),
                   "\"\nmapping = \"", MappingFolder(), "\"\nfields = \"", kSource,
                   "/deploy/policy/fields/family_economy.toml\"\nwarnings = \"", kSource,
                   "/deploy/policy/warnings/family_economy.toml\"\n[reveal]\nsystems = "
                   "[\"county/platform\"]\n[limits]\nown_data = \"",
                   options_.own_data_limit, "\"\n[keys]\nkek = \"", keys, "/kek.bin\"\nindex = \"", keys,
                   "/index.bin\"\nreport_ed25519 = \"", keys, "/report_ed25519.key\"\nreport_sm2 = \"", keys,
                   "/report_sm2.key\"\n[match]\nkeys = \"match-keys.toml\"\n[data]\ndivisions = \"", kSource,
                   "/deploy/data/divisions\"\ncalendar = \"calendar\"\n[divisions.codes]\nLIANGJIANG = "
                   "\"500199\"\n[peers]\nregions = [\"",
                   peer_code_, "\"]\n[assessment]\npolicy = \"assessment/", code_,
                   ".toml\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n[log]\nfile = \"run/family.log\"\n",
                   ToFollow(), SourceTable()));
}

// The policy that is shipped, and one rule more for a system that tests drive the exchange with directly.
void Region::WritePolicy() const {
  std::string text = ReadWholeFile(absl::StrCat(kSource, "/deploy/policy/", code_, ".toml"));
  if (text.empty()) text = "version = \"test\"\n";
  for (const auto& [from, to] : {std::pair{"500000", "510000"}, std::pair{"510000", "500000"}}) {
    absl::StrAppend(
        &text, "\n[[rule]]\nid = \"test-", from, "\"\ncaller = \"", from,
        "/test/*\"\noperation = \"/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus\"\n"
        "purposes = [\"P-DIBAO\"]\nfrom_region = \"",
        from, "\"\nto_region = \"", to, "\"\nrequires_authorization = true\n");
  }
  WriteWholeFile(folder_ + "/policy.toml", text);
}

// The parameters that are shipped, but of the classes only A10 is needed for a proposal: what these tests are
// about is the rest.
void Region::WriteAssessmentPolicy() const {
  std::string text = ReadWholeFile(absl::StrCat(kSource, "/deploy/policy/assessment/", code_, ".toml"));
  constexpr std::string_view kKey = "\nclasses = [";
  for (size_t at = text.find(kKey); at != std::string::npos; at = text.find(kKey, at + 1)) {
    text.replace(at, text.find(']', at) + 1 - at, "\nclasses = [\"A10\"]");
  }
  std::filesystem::create_directories(folder_ + "/assessment");
  WriteWholeFile(absl::StrCat(folder_, "/assessment/", code_, ".toml"), text);
}

void Region::WriteConfigs(const std::string& peer_folder) const {
  WriteTestCalendar(folder_ + "/calendar");
  WriteNodeConfig(peer_folder);
  WriteFamilyConfig();
  for (const RegionService* service : options_.services) {
    WriteWholeFile(config(*service), service->config(*this, *service) + (service->follows ? ToFollow() : ""));
  }
  WritePolicy();
  WriteAssessmentPolicy();
}

absl::Status Region::ExportTrust(const std::string& peer_folder) const {
  const std::string lines = folder_ + "/run/trust.out";
  CHUANYU_RETURN_IF_ERROR(
      RunToEnd({absl::StrCat(kBin, "/chuanyu-node"), "trust", "--config", node_config()}, lines));
  std::filesystem::copy_file(lines, trust_file());
  std::filesystem::copy_file(lines, peer_folder + "/trust/" + code_ + ".keys");
  return absl::OkStatus();
}

std::string Region::RegistersFile() const {
  return absl::StrCat(
      options_.registers.empty() ? kSource + std::string("/deploy/demo/registers") : options_.registers, "/",
      code_, ".json");
}

absl::Status Region::LoadRegisters() const {
  return RunToEnd({absl::StrCat(kBin, "/chuanyu-family-economy"), "load-registers", "--config",
                   family_config(), "--data", RegistersFile()},
                  folder_ + "/run/load.out");
}

absl::Status Region::StartAndWait(Process& process, const std::vector<std::string>& argv,
                                  const std::string& name) {
  const std::string ready = folder_ + "/run/" + name + ".ready";
  const std::string output = folder_ + "/run/" + name + ".out";
  std::filesystem::remove(ready);
  std::filesystem::remove(output);
  std::vector<std::string> environment;
  if (options_.at) environment.push_back(absl::StrCat("CHUANYU_TEST_AHEAD_S=", absl::ToInt64Seconds(ahead_)));
  CHUANYU_RETURN_IF_ERROR(process.Start(argv, output, std::move(environment)));
  const absl::Status status = process.WaitForFile(ready, kStartLimit);
  if (status.ok()) return status;
  process.Kill();
  return absl::Status(status.code(),
                      absl::StrCat(code_, " ", name, ": ", std::string(status.message()), "\n",
                                   ReadWholeFile(output), ReadWholeFile(folder_ + "/run/" + name + ".log")));
}

std::string Region::Program(const std::string& name) const {
  constexpr std::string_view kPrefix = "chuanyu-";
  return absl::StrCat(kBin, "/", options_.at ? "chuanyu-test-" + name.substr(kPrefix.size()) : name);
}

absl::Status Region::StartNode() {
  return StartAndWait(node_, {Program("chuanyu-node"), "serve", "--config", node_config()}, "node");
}

absl::Status Region::StartFamilyEconomy() {
  return StartAndWait(family_, {absl::StrCat(kBin, "/chuanyu-family-economy"), "--config", family_config()},
                      "family");
}

absl::Status Region::Start(const RegionService& service) {
  return StartAndWait(process(service), {Program(service.program), "--config", config(service)},
                      service.name);
}

absl::Status Region::Stop() {
  absl::Status first;
  // All are stopped, whatever one of them says.
  const auto stop = [&](Process& process, const std::string& name) {
    const absl::Status status = process.Stop();
    if (first.ok() && !status.ok())
      first = absl::Status(status.code(), absl::StrCat(name, ": ", std::string(status.message())));
  };
  for (auto& [service, process] : services_) stop(process, service->program);
  if (department_.running()) stop(department_, "department");
  stop(family_, "family_economy");
  stop(node_, "node");
  return first;
}

namespace {

std::shared_ptr<grpc::Channel> MustOpen(const rpc::ChannelOptions& options) {
  auto channel = rpc::OpenChannel(options);
  if (channel.ok()) return *std::move(channel);
  std::fprintf(stderr, "Region: %s\n", std::string(channel.status().message()).c_str());
  std::abort();
}

}  // namespace

std::shared_ptr<grpc::Channel> Region::ToNode(std::string_view identity) const {
  return MustOpen({.target = node_target(), .tls = pki_.Files(identity), .server_spiffe = NodeSpiffe()});
}

std::shared_ptr<grpc::Channel> Region::ToFront(std::string_view identity) const {
  return MustOpen({.target = front_target(), .tls = pki_.Files(identity), .server_spiffe = FamilySpiffe()});
}

std::shared_ptr<grpc::Channel> Region::ToFront(const RegionService& service,
                                               std::string_view identity) const {
  return MustOpen(
      {.target = front_target(service), .tls = pki_.Files(identity), .server_spiffe = Spiffe(service)});
}

}  // namespace chuanyu::testing

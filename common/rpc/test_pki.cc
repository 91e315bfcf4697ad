#include "common/rpc/test_pki.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace chuanyu::rpc {
namespace {

void Check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "TestPki: %s\n", what);
  std::abort();
}

void MakePki(const std::string& folder, const std::vector<std::string>& specs) {
  std::vector<std::string> words = {CHUANYU_SOURCE_DIR "/deploy/pki/make-pki.sh", folder};
  words.insert(words.end(), specs.begin(), specs.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  Check(posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ) == 0, "cannot start make-pki.sh");
  int status = 0;
  Check(waitpid(pid, &status, 0) == pid && status == 0, "make-pki.sh failed");
}

// "500000/exchange/node" of "500000/exchange/node/operator/30"
std::string NameOf(const std::string& spec) {
  size_t end = 0;
  for (int slash = 0; slash < 3; ++slash) end = spec.find('/', end + 1);
  return spec.substr(0, end);
}

}  // namespace

TestPki::TestPki(const std::vector<std::string>& specs) {
  folder_ = (std::filesystem::temp_directory_path() / "chuanyu-pki-XXXXXX").string();
  Check(mkdtemp(folder_.data()) != nullptr, "cannot make a temporary folder");
  MakePki(folder_, specs);
}

TestPki::~TestPki() { std::filesystem::remove_all(folder_); }

void TestPki::Issue(const std::string& spec) const { MakePki(folder_, {spec}); }

void TestPki::Reissue(const std::string& spec) const {
  const TlsFiles files = Files(NameOf(spec));
  std::filesystem::remove(files.certificate);
  std::filesystem::remove(files.key);
  Issue(spec);
}

TlsFiles TestPki::Files(std::string_view name) const {
  const std::string text(name);
  const size_t slash = text.find('/');
  const std::string stem = folder_ + "/" + text.substr(0, slash) + "/tls" + text.substr(slash);
  return {.certificate = stem + ".pem", .key = stem + ".key", .ca = folder_ + "/trust.pem"};
}

}  // namespace chuanyu::rpc

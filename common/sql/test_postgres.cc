#include "common/sql/test_postgres.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

namespace chuanyu::sql {
namespace {

namespace fs = std::filesystem;

void Check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "TestPostgres: %s\n", what);
  std::abort();
}

// Debian keeps the programs of each major version in a folder of its own.
std::string Program(const std::string& name) {
  for (const char* version : {"17", "16", "15", "14"}) {
    const std::string path = std::string("/usr/lib/postgresql/") + version + "/bin/" + name;
    if (fs::exists(path)) return path;
  }
  Check(false, "PostgreSQL is not installed");
  return "";
}

// PostgreSQL refuses to run as root, so root becomes the user postgres.
pid_t Spawn(const std::vector<std::string>& words) {
  const passwd* postgres = getuid() == 0 ? getpwnam("postgres") : nullptr;
  Check(getuid() != 0 || postgres != nullptr, "there is no user postgres");
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  Check(pid >= 0, "cannot fork");
  if (pid != 0) return pid;
  if (postgres != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(postgres->pw_gid) != 0 || setuid(postgres->pw_uid) != 0)) {
    _exit(126);
  }
  const int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(null, 1);
  dup2(null, 2);
  execv(argv[0], argv.data());
  _exit(127);
}

bool Accepts(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool ok = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return ok;
}

}  // namespace

TestPostgres::TestPostgres() {
  folder_ = (fs::temp_directory_path() / "chuanyu-pg-XXXXXX").string();
  Check(mkdtemp(folder_.data()) != nullptr, "cannot make a temporary folder");
  if (getuid() == 0) {
    const passwd* postgres = getpwnam("postgres");
    Check(postgres != nullptr && chown(folder_.c_str(), postgres->pw_uid, postgres->pw_gid) == 0, "chown");
  }
  int status = 0;
  const pid_t pid = Spawn({Program("initdb"), "-D", folder_ + "/data", "-U", "postgres", "-A", "trust", "-E",
                           "UTF8", "--locale=C", "--no-sync"});
  Check(waitpid(pid, &status, 0) == pid && status == 0, "initdb failed");
  Start();
}

TestPostgres::~TestPostgres() {
  Stop();
  fs::remove_all(folder_);
}

void TestPostgres::Stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGQUIT);  // immediate shutdown: connections are cut, recovery at the next start
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void TestPostgres::Start() {
  pid_ = Spawn({Program("postgres"), "-D", folder_ + "/data", "-k", folder_, "-c", "listen_addresses=", "-c",
                "fsync=off"});
  // The socket is there before the server takes queries; asking the server itself needs libpq. postgres
  // writes "ready" as the last line of postmaster.pid.
  for (int tries = 0; tries < 6'000; ++tries) {
    Check(waitpid(pid_, nullptr, WNOHANG) == 0, "postgres ended");
    std::FILE* file = std::fopen((folder_ + "/data/postmaster.pid").c_str(), "r");
    std::string text(4096, '\0');
    if (file != nullptr) {
      text.resize(std::fread(text.data(), 1, text.size(), file));
      std::fclose(file);
      if (text.find(std::to_string(pid_)) == 0 && text.find("\nready") != std::string::npos &&
          Accepts(folder_ + "/.s.PGSQL.5432")) {
        return;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // polls another process's file
  }
  Check(false, "postgres did not become ready");
}

}  // namespace chuanyu::sql

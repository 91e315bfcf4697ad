#include "tests/support/scrape.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/support/process.h"

namespace chuanyu::testing {
namespace {

void Check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "ScrapeMetrics: %s\n", what);
  std::abort();
}

uint16_t PortIn(const std::string& ready_file) {
  const std::string text = ReadWholeFile(ready_file);
  const std::string key = "\"metrics_port\":";
  const size_t at = text.find(key);
  Check(at != std::string::npos, "no metrics_port in the ready file");
  const int port = std::atoi(text.c_str() + at + key.size());
  Check(port > 0, "the process has no metrics port");
  return static_cast<uint16_t>(port);
}

}  // namespace

std::string ScrapeMetrics(const std::string& ready_file) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(PortIn(ready_file));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Check(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "cannot connect");
  const std::string request = "GET /metrics HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  Check(write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size()), "cannot write");
  std::string answer;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(fd, buffer, sizeof buffer)) > 0;) {
    answer.append(buffer, static_cast<size_t>(count));
  }
  close(fd);
  Check(answer.find("200 OK") != std::string::npos, "the answer is not 200 OK");
  return answer;
}

}  // namespace chuanyu::testing

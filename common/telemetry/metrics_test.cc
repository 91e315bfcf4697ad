#include "common/telemetry/metrics.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, CountersGaugesAndHistogramsAppearInTheText) {
  Metrics metrics;
  Counter submitted =
      metrics.AddCounter("chuanyu_submitted_total", "Requests accepted", {{"region", "500000"}});
  submitted.Add();
  submitted.Add(2);
  Gauge backlog = metrics.AddGauge("chuanyu_backlog", "Requests waiting");
  backlog.Set(5);
  backlog.Add(-1);
  Histogram seconds = metrics.AddHistogram("chuanyu_call_seconds", "Time of a call", {0.1, 1});
  seconds.Observe(0.5);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("chuanyu_submitted_total{region=\"500000\"} 3"));
  EXPECT_THAT(text, HasSubstr("chuanyu_backlog 4"));
  EXPECT_THAT(text, HasSubstr("chuanyu_call_seconds_bucket{le=\"0.1\"} 0"));
  EXPECT_THAT(text, HasSubstr("chuanyu_call_seconds_bucket{le=\"1\"} 1"));
  EXPECT_THAT(text, HasSubstr("chuanyu_call_seconds_count 1"));
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  metrics.AddCounter("chuanyu_x_total", "X", {{"kind", "a"}}).Add();
  metrics.AddCounter("chuanyu_x_total", "X", {{"kind", "a"}}).Add();
  metrics.AddCounter("chuanyu_x_total", "X", {{"kind", "b"}}).Add();
  EXPECT_THAT(metrics.Text(), HasSubstr("chuanyu_x_total{kind=\"a\"} 2"));
  EXPECT_THAT(metrics.Text(), HasSubstr("chuanyu_x_total{kind=\"b\"} 1"));
}

TEST(Metrics, HandlesWithoutAMetricCountNothing) {
  Counter().Add();
  Gauge().Set(1);
  Histogram().Observe(1);
}

TEST(MetricsDeathTest, AMalformedNameEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Metrics().AddCounter("not a name", ""), "");
}

std::string HttpGet(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    char chunk[4096];
    for (ssize_t n = 0; (n = read(fd, chunk, sizeof chunk)) > 0;)
      answer.append(chunk, static_cast<size_t>(n));
  }
  close(fd);
  return answer;
}

TEST(MetricsServer, ServesTheTextOnLoopback) {
  Metrics metrics;
  metrics.AddCounter("chuanyu_served_total", "X").Add(7);
  auto server = MetricsServer::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string answer = HttpGet((*server)->port(), "/metrics");
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  EXPECT_THAT(answer, HasSubstr("chuanyu_served_total 7"));
}

TEST(MetricsServer, RefusesWhatIsNotLoopbackOrIsTaken) {
  Metrics metrics;
  for (const char* address :
       {"0.0.0.0:0", "9101", "10.0.0.1:0", "[::]:0", "127.0.0.1:bad", "127.0.0.1:0,8080"}) {
    EXPECT_TRUE(HasReason(MetricsServer::Start(address, metrics).status(), Reason::CONFIG_INVALID))
        << address;
  }
  auto first = MetricsServer::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->port());
  EXPECT_TRUE(HasReason(MetricsServer::Start(taken, metrics).status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu

// Against a real provider over TLS. All content is synthetic.
#include "services/exchange/dispatch/provider_line.h"

#include <gtest/gtest.h>

#include <future>

#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "common/service/question_server.h"

namespace chuanyu::exchange {
namespace {

TEST(ProviderLine, LetsGoOfItsChannelBeforeItIsGone) {
  const rpc::TestPki pki({"510000/exchange/node/node", "510000/mzj/p/system"});
  QuestionServer questions("510000");
  questions.SetDefault([](StreamedQuestion* question) { question->Finish(absl::OkStatus()); });
  const auto server =
      rpc::Server::Start({.listen = {"127.0.0.1:0"}, .tls = pki.Files("510000/mzj/p")}, {&questions});
  ASSERT_TRUE(server.ok()) << server.status();
  const auto channel = rpc::OpenChannel({.target = (*server)->address(),
                                         .tls = pki.Files("510000/exchange/node"),
                                         .server_spiffe = "spiffe://510000.chuanyu/mzj/p"});
  ASSERT_TRUE(channel.ok()) << channel.status();
  // The end of a stream and the end of its line meet on two threads: often enough to see them in any order.
  for (int round = 0; round < 300; ++round) {
    std::promise<absl::Status> answered;
    {
      ProviderLine line(*channel);
      v1::Question question;
      question.set_request_id("0197e2a4-0000-7000-8000-000000000001");
      question.set_operation("/test.P/Answer");
      ASSERT_TRUE(line.Ask(std::move(question), [&](const absl::StatusOr<v1::QuestionResult>& result) {
        answered.set_value(result.status());
      }));
      ASSERT_TRUE(answered.get_future().get().ok());
    }
    ASSERT_EQ(channel->use_count(), 1) << "in round " << round;
  }
  questions.Close();
}

}  // namespace
}  // namespace chuanyu::exchange

// Synthetic children and applications for their status, as a window would file them. The numbers belong to
// nobody (sequence 99x) and are made here.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/child_welfare/v1/child_welfare.grpc.pb.h"
#include "grpcpp/channel.h"
#include "tests/support/households.h"

namespace chuanyu::testing {

// A number of a girl born on `yyyymmdd`, with address code `code`; `serial` 0 to 4 tells several apart.
std::string ChildNumber(const std::string& code, const std::string& yyyymmdd, int serial);

// The child's father is dead, its mother severely disabled (DEFACTO): to be spoilt or changed by the test.
// The guardian is P08.
child_welfare::v1::CreateApplicationRequest ChildFiling(const std::string& request_id,
                                                        const std::string& number, const std::string& hukou,
                                                        const std::string& window);

// One system's side of ChildWelfare. Owned by one thread.
class ChildClient {
 public:
  explicit ChildClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(child_welfare::v1::ChildWelfare::NewStub(channel)) {}

  absl::StatusOr<child_welfare::v1::Application> Create(
      const child_welfare::v1::CreateApplicationRequest& request);
  absl::StatusOr<child_welfare::v1::Application> Get(const std::string& number, bool full = true);
  // All that the caller may see, page by page.
  absl::StatusOr<std::vector<child_welfare::v1::Application>> List(child_welfare::v1::ApplicationState state);
  // `role` acts; the version seen is the newest one.
  absl::StatusOr<child_welfare::v1::Application> Act(const std::string& number, const std::string& act,
                                                     const std::string& role);
  absl::StatusOr<child_welfare::v1::Determination> End(const std::string& number,
                                                       child_welfare::v1::EndReason reason,
                                                       const std::string& on);
  absl::StatusOr<child_welfare::v1::Determination> Suspend(const std::string& number, const std::string& on);
  absl::StatusOr<child_welfare::v1::Determination> Resume(const std::string& number, const std::string& on);
  absl::StatusOr<child_welfare::v1::Determination> Move(const std::string& number, const std::string& hukou,
                                                        const std::string& on);
  // With the months paid.
  absl::StatusOr<child_welfare::v1::GetDeterminationResponse> Status(const std::string& number);
  absl::StatusOr<child_welfare::v1::CheckRecognitionResponse> Check(const std::string& number,
                                                                    const std::string& hukou,
                                                                    const std::string& purpose,
                                                                    bool subscribe = false);
  // The first changes after a sequence; waits for one.
  absl::StatusOr<std::vector<child_welfare::v1::RecognitionChange>> Changes(int64_t after,
                                                                            absl::Duration limit);

  // The application once it is in `state`.
  absl::StatusOr<child_welfare::v1::Application> Await(const std::string& number,
                                                       child_welfare::v1::ApplicationState state);
  absl::StatusOr<child_welfare::v1::Application> AwaitCheck(const std::string& number,
                                                            cases::v1::PeerCheck check);

 private:
  const std::unique_ptr<child_welfare::v1::ChildWelfare::Stub> stub_;
  int acts_ = 0;
};

}  // namespace chuanyu::testing

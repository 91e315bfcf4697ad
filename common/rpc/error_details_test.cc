#include "common/rpc/error_details.h"

#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

TEST(ErrorDetails, EveryReasonComesBackAsItWas) {
  for (const Reason reason : AllReasons()) {
    for (const ErrorDetail& detail :
         {ErrorDetail{}, ErrorDetail{.field = "a.b[2]"}, ErrorDetail{.detail = "why"},
          ErrorDetail{.field = "a", .detail = "at a: why"}}) {
      const absl::Status error = MakeError(reason, detail);
      const grpc::Status wire = ToGrpc(error);
      EXPECT_EQ(static_cast<int>(wire.error_code()), static_cast<int>(ReasonCode(reason)));
      EXPECT_EQ(FromGrpc(wire), error);
    }
  }
}

TEST(ErrorDetails, OkStaysOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(ErrorDetails, CarriesWhatAnyClientOfGoogleRpcReads) {
  const grpc::Status wire =
      ToGrpc(MakeError(Reason::ID_CHECK, {.field = "members[1].doc_no", .detail = "synthetic"}));
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status status;
  ASSERT_TRUE(status.ParseFromString(wire.error_details()));
  EXPECT_EQ(status.code(), 3);
  ASSERT_EQ(status.details_size(), 3);
  EXPECT_EQ(status.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(status.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "ID_CHECK");
  EXPECT_EQ(info.domain(), "chuanyu");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(status.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "members[1].doc_no");
  google::rpc::LocalizedMessage localized;
  ASSERT_TRUE(status.details(2).UnpackTo(&localized));
  EXPECT_EQ(localized.locale(), "zh-CN");
  EXPECT_EQ(localized.message(), "证件号码校验位不正确");
}

TEST(ErrorDetails, AnErrorWithoutReasonBecomesInternalAndKeepsItsTextInside) {
  const grpc::Status wire = ToGrpc(absl::NotFoundError("select from person where ..."));
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(wire.error_message(), "INTERNAL");
  EXPECT_EQ(wire.error_details().find("person"), std::string::npos);
}

TEST(ErrorDetails, AReasonOfANewerBuildKeepsItsCodeAndName) {
  google::rpc::Status status;
  status.set_code(9);
  google::rpc::ErrorInfo info;
  info.set_reason("NOT_YET_INVENTED");
  info.set_domain("chuanyu");
  status.add_details()->PackFrom(info);
  const absl::Status error =
      FromGrpc(grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "text", status.SerializeAsString()));
  EXPECT_EQ(error, absl::FailedPreconditionError("NOT_YET_INVENTED"));
  EXPECT_FALSE(ReasonOf(error).has_value());
}

TEST(ErrorDetails, AReasonOfAnotherDomainIsNotOurs) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason("ID_CHECK");
  info.set_domain("example.com");
  status.add_details()->PackFrom(info);
  const absl::Status error =
      FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "text", status.SerializeAsString()));
  EXPECT_EQ(error.code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(ReasonOf(error).has_value());
}

TEST(ErrorDetails, TransportErrorsAndGarbledDetailsKeepTheirCode) {
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no route")),
            absl::UnavailableError("no route"));
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::CANCELLED, "gone", "\xff\xff")).code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace chuanyu::rpc

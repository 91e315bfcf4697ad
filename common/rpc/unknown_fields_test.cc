#include "common/rpc/unknown_fields.h"

#include <string>

#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

using google::rpc::BadRequest;

// One more field, number 99, as a newer schema might have it.
template <typename M>
void AddUnknown(M& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(99, 1);
}

TEST(UnknownFields, AMessageOfOurSchemaPasses) {
  BadRequest request;
  EXPECT_TRUE(RejectUnknownFields(request).ok());
  request.add_field_violations()->set_field("a");
  EXPECT_TRUE(RejectUnknownFields(request).ok());
}

TEST(UnknownFields, AnUnknownFieldIsNamedByItsPath) {
  BadRequest request;
  AddUnknown(request);
  EXPECT_TRUE(HasReason(RejectUnknownFields(request), Reason::UNKNOWN_FIELD));
  EXPECT_EQ(FieldOf(RejectUnknownFields(request)), "#99");
}

TEST(UnknownFields, NestedOnesAreFoundOverTheWire) {
  BadRequest request;
  request.add_field_violations();
  AddUnknown(*request.add_field_violations());
  BadRequest received;
  ASSERT_TRUE(received.ParseFromString(request.SerializeAsString()));
  EXPECT_EQ(FieldOf(RejectUnknownFields(received)), "field_violations[1].#99");
}

TEST(Oversized, FourMebibytesPassAndOneByteMoreDoesNot) {
  BadRequest::FieldViolation message;
  message.set_field(std::string(kMaxPayloadBytes - 5, 'x'));  // tag and length take 5 bytes
  ASSERT_EQ(message.ByteSizeLong(), kMaxPayloadBytes);
  EXPECT_TRUE(RejectOversized(message).ok());
  message.mutable_field()->push_back('x');
  EXPECT_TRUE(HasReason(RejectOversized(message), Reason::PAYLOAD_TOO_LARGE));
}

}  // namespace
}  // namespace chuanyu::rpc

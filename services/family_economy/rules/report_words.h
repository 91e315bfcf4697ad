// How a report says codes in Chinese. A code without a word here is shown as it is. Pure, thread-safe.
#pragma once

#include <string>

#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

std::string WordOf(v1::VerificationType type);
std::string WordOf(v1::DataClass data_class);
// 有记录, 无记录, 未核查, 核查出错. Anything else is 未核查: what is not known never reads as "has nothing".
std::string WordOf(v1::ResultState state);
std::string WordOf(life_events::v1::LifeEventKind kind);
std::string WordOf(life_events::v1::LifeEventSource source);
std::string WordOf(v1::DiscrepancyKind kind);
std::string WordOf(v1::AssistanceType type);
std::string WordOf(v1::ProposalKind kind);
std::string WordOf(v1::ManualReason reason);

std::string PurposeWord(const std::string& purpose);  // "P-DIBAO": 最低生活保障
std::string RelationWord(const std::string& code);    // GB/T 4761-2008
std::string MaritalWord(const std::string& code);     // GB/T 2261.2-2003
std::string RegionWord(const std::string& code);      // 6 digits
std::string ReasonWord(const std::string& reason);    // a reason of the catalogue

// What a record says: kind, first month, region.
std::string DescribeItem(const v1::ClassItem& item);

}  // namespace chuanyu::family_economy

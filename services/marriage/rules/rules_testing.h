// Synthetic couples for tests: persons of domain page §10 (sequence 99x, they belong to nobody).
#pragma once

#include <string>

#include "chuanyu/marriage/v1/registration.pb.h"

namespace chuanyu::marriage {

inline constexpr char kP01[] = "500112198504129912";
inline constexpr char kP02[] = "511623198706239924";
inline constexpr char kP04[] = "511681199811089954";
inline constexpr char kP05[] = "500112200111089948";
inline constexpr char kP06[] = "511623200503019972";
inline constexpr char kP07[] = "500112200708159988";
inline constexpr char kP12[] = "810000199009099935";
inline constexpr char kP13[] = "830000199202109940";
inline constexpr char kP14[] = "950840198808089910";
inline constexpr char kP17[] = "500109196002299930";
inline constexpr char kP18[] = "511602199503149948";
inline constexpr char kP20[] = "511623200411249914";
inline constexpr char kP21[] = "511623200611249927";

inline type::v1::PersonRef RefOf(const std::string& number) {
  type::v1::PersonRef out;
  out.set_doc_type(number[0] == '9'   ? type::v1::DOC_TYPE_FOREIGN_PR_CARD
                   : number[0] == '8' ? type::v1::DOC_TYPE_HMT_RESIDENCE_PERMIT
                                      : type::v1::DOC_TYPE_RESIDENT_ID);
  out.set_doc_no(number);
  out.set_name("测试");
  return out;
}

// With every document of every rule.
inline v1::Party PartyOf(const std::string& number, const std::string& hukou) {
  v1::Party out;
  *out.mutable_person() = RefOf(number);
  if (!hukou.empty()) out.mutable_hukou()->set_code(hukou);
  out.set_marital_code("10");
  for (const v1::DocumentKind kind :
       {v1::DOCUMENT_KIND_IDENTITY, v1::DOCUMENT_KIND_HOUSEHOLD_BOOK, v1::DOCUMENT_KIND_DECLARATION,
        v1::DOCUMENT_KIND_NOTARISED_DECLARATION, v1::DOCUMENT_KIND_HOME_IDENTITY, v1::DOCUMENT_KIND_PASSPORT,
        v1::DOCUMENT_KIND_MARRIAGE_CERTIFICATE, v1::DOCUMENT_KIND_DIVORCE_AGREEMENT}) {
    out.add_documents()->set_kind(kind);
  }
  out.set_present(true);
  out.set_voluntary(true);
  out.set_declares_no_kin(true);
  return out;
}

inline void Drop(v1::Party* party, v1::DocumentKind kind) {
  for (int i = party->documents_size() - 1; i >= 0; --i) {
    if (party->documents(i).kind() == kind) party->mutable_documents()->DeleteSubrange(i, 1);
  }
}

}  // namespace chuanyu::marriage

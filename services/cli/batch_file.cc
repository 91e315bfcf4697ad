#include "services/cli/batch_file.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "google/protobuf/util/json_util.h"

namespace chuanyu::cli {
namespace {

namespace v1 = family_economy::v1;

constexpr int kChunkLines = 5'000;
constexpr std::array<std::string_view, 11> kColumns = {
    "doc_type",        "doc_no",        "name",       "sex",      "auth_no",
    "auth_valid_from", "auth_valid_to", "auth_scope", "case_ref", "known_marital_code",
    "known_until"};

std::string HexOf(std::string_view bytes) {
  return crypto::HexEncode(crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {bytes})));
}

// "A10" -> DATA_CLASS_A10_ASSISTANCE; 0 for an unknown one.
int ClassOf(const std::string& code) {
  const auto* classes = v1::DataClass_descriptor();
  for (int i = 0; i < classes->value_count(); ++i) {
    if (classes->value(i)->name().starts_with("DATA_CLASS_" + code + "_")) return classes->value(i)->number();
  }
  return 0;
}

// False for a value that the column cannot have.
bool Set(const std::string& column, const std::string& value, v1::BatchLine& line) {
  if (column == "doc_type") {
    type::v1::DocType type;
    if (!type::v1::DocType_Parse("DOC_TYPE_" + value, &type)) return false;
    line.mutable_person()->set_doc_type(type);
  } else if (column == "doc_no") {
    line.mutable_person()->set_doc_no(value);
  } else if (column == "name") {
    line.mutable_person()->set_name(value);
  } else if (column == "sex") {
    if (value != "1" && value != "2") return false;
    line.mutable_person()->set_sex(value == "1" ? type::v1::SEX_MALE : type::v1::SEX_FEMALE);
  } else if (column == "auth_no") {
    line.set_auth_no(value);
  } else if (column == "auth_valid_from") {
    line.mutable_auth_valid_from()->set_value(value);
  } else if (column == "auth_valid_to") {
    line.mutable_auth_valid_to()->set_value(value);
  } else if (column == "auth_scope") {
    const std::vector<std::string> codes = absl::StrSplit(value, ' ', absl::SkipEmpty());
    for (const std::string& code : codes) {
      const int one = ClassOf(code);
      if (one == 0) return false;
      line.add_auth_scope(static_cast<v1::DataClass>(one));
    }
  } else if (column == "case_ref") {
    line.set_case_ref(value);
  } else if (column == "known_until") {
    line.mutable_known_until()->set_value(value);
  } else {
    line.set_known_marital_code(value);
  }
  return true;
}

}  // namespace

std::vector<std::string> SplitCsv(const std::string& text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
      fields.back() += text[++at];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return quoted ? std::vector<std::string>() : fields;
}

absl::StatusOr<BatchFile> BatchFile::Open(const std::string& path) {
  BatchFile file;
  file.path_ = path;
  file.in_.open(path, std::ios::binary);
  if (!file.in_) return MakeError(Reason::BAD_REQUEST, {.detail = path + " cannot be read"});
  if (!path.ends_with(".csv")) return file;
  std::string header;
  std::getline(file.in_, header);
  absl::StripAsciiWhitespace(&header);
  file.header_ = SplitCsv(header);
  for (const std::string& column : file.header_) {
    if (std::find(kColumns.begin(), kColumns.end(), column) == kColumns.end()) {
      return MakeError(Reason::BAD_REQUEST, {.field = path, .detail = "the header names an unknown column"});
    }
  }
  return file;
}

absl::StatusOr<v1::BatchLine> BatchFile::ParseCsv(const std::string& text) const {
  const std::vector<std::string> fields = SplitCsv(text);
  if (fields.size() != header_.size()) return MakeError(Reason::BAD_REQUEST);
  v1::BatchLine line;
  line.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!fields[i].empty() && !Set(header_[i], fields[i], line)) return MakeError(Reason::BAD_REQUEST);
  }
  return line;
}

absl::StatusOr<v1::BatchLine> BatchFile::Parse(const std::string& text) const {
  if (!header_.empty()) return ParseCsv(text);
  v1::BatchLine line;
  // The parser's message quotes the text.
  if (!google::protobuf::util::JsonStringToMessage(text, &line).ok()) return MakeError(Reason::BAD_REQUEST);
  return line;
}

absl::StatusOr<v1::BatchChunk> BatchFile::Next() {
  v1::BatchLines lines;
  for (std::string text; lines.lines_size() < kChunkLines && std::getline(in_, text);) {
    absl::StripAsciiWhitespace(&text);
    if (text.empty()) continue;
    ++lines_;
    absl::StatusOr<v1::BatchLine> line = Parse(text);
    if (!line.ok()) {
      return MakeError(Reason::BAD_REQUEST,
                       {.field = absl::StrCat(path_, ": line ", lines_), .detail = "cannot be read"});
    }
    *lines.add_lines() = *std::move(line);
  }
  v1::BatchChunk chunk;
  if (lines.lines().empty()) return chunk;
  chunk.set_number(chunks_++);
  chunk.set_lines(lines.SerializeAsString());
  chunk.set_sm3(HexOf(chunk.lines()));
  return chunk;
}

absl::StatusOr<BatchDigest> DigestOf(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(BatchFile file, BatchFile::Open(path));
  std::string hashes;
  for (;;) {
    CHUANYU_ASSIGN_OR_RETURN(const v1::BatchChunk chunk, file.Next());
    if (chunk.lines().empty()) break;
    hashes += crypto::View(crypto::Hash(crypto::HashAlg::kSm3, {chunk.lines()}));
  }
  return BatchDigest{.count = file.lines(), .sm3 = HexOf(hashes)};
}

}  // namespace chuanyu::cli

// A file of persons to re-check, as a batch: JSON lines (BatchLine in JSON, one a line) or CSV with a header.
// Read in chunks, so that memory does not grow with the file.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/batch.pb.h"

namespace chuanyu::cli {

// Columns of the CSV form: doc_type, doc_no, name, sex, auth_no, auth_valid_from, auth_valid_to, auth_scope
// ("A10 A03"), case_ref, known_marital_code, known_until. Missing columns are empty; an empty doc_type is
// RESIDENT_ID.
class BatchFile {
 public:
  // BAD_REQUEST when it cannot be read, or its header names an unknown column.
  static absl::StatusOr<BatchFile> Open(const std::string& path);

  // The next chunk, complete with number and hash; without lines after the last one. BAD_REQUEST, naming the
  // line and never its content.
  absl::StatusOr<family_economy::v1::BatchChunk> Next();
  // Lines read so far.
  int64_t lines() const { return lines_; }

 private:
  BatchFile() = default;
  absl::StatusOr<family_economy::v1::BatchLine> Parse(const std::string& text) const;
  absl::StatusOr<family_economy::v1::BatchLine> ParseCsv(const std::string& text) const;

  std::string path_;
  std::ifstream in_;
  std::vector<std::string> header_;  // empty: JSON lines
  int64_t lines_ = 0;
  int64_t chunks_ = 0;
};

// What the manifest says about the whole file.
struct BatchDigest {
  int64_t count = 0;
  std::string sm3;
};
absl::StatusOr<BatchDigest> DigestOf(const std::string& path);

// The fields of a CSV row; quotes as in RFC 4180, without line breaks inside. Nothing when a quote is not
// closed.
std::vector<std::string> SplitCsv(const std::string& text);

}  // namespace chuanyu::cli

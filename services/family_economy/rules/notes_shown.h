// What officers and citizens have written about a check in their own words. It may speak of persons, so it is
// shown to the system that wrote it, and in clear for a reason (domain page §3.8); to others only that there
// is something. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "chuanyu/family_economy/v1/reveal.pb.h"
#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

// Stands where a note is that the caller may not read.
inline constexpr char kMaskedNote[] = "***";

// Masks what `caller` ("<org>/<system>") has not written. Who wrote what is in the events; of what a report
// before the newest rested on it is known only while one system has entered all of it.
void MaskNotes(const std::string& caller, v1::Verification* verification);
// Removes all of them.
void ClearNotes(v1::Verification* verification);
// All of them, as written.
std::vector<v1::WrittenNote> NotesOf(const v1::Verification& verification);

}  // namespace chuanyu::family_economy

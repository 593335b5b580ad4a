// The expected "no": why a request was refused, in a form that an edge can show to a person or a program.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "domain/json.h"
#include "domain/wording.h"

namespace assay {

enum class Reason {
  not_found,              // absent, or not visible to this person: the two look the same
  unauthenticated,        // no valid sign-in
  not_permitted,          // visible, but this person may not do it
  wrong_state,            // the record's state does not accept the command
  stale,                  // what the decision rests on has changed meanwhile
  precondition_failed,    // If-Match names another version
  precondition_required,  // If-Match is missing
  idempotency_conflict,   // the key is in use by a running request
  idempotency_mismatch,   // the key was used with another payload
  unmet,                  // guards are not met: see `unmet`
  invalid,                // the input is not valid: see `invalid`
  malformed,              // the input cannot be read at all
  too_large,
  unsupported,  // media type, method or version that is not served
  rate_limited,
  overloaded,
  storage_full,
  plugin_failed,
};

/// A guard that is not met. `detail` is an English sentence; a translation is made from `guard`, `code` and `values`.
struct UnmetGuard {
  std::string guard;   // name in the guard table
  std::string code;    // which of its reasons, e.g. "open"
  std::string detail;  // a sentence for a person
  Json values = Json::object();
  std::optional<std::chrono::seconds> retry_after = {};  // when it may be met by itself
};

/// A field that is missing or wrong. `pointer` is an RFC 6901 JSON pointer into the request body.
struct InvalidField {
  std::string pointer;
  std::string detail;                   // in English
  std::optional<Wording> wording = {};  // of which the detail is the English text; a translation is made from it
};

struct Refusal {
  Reason reason;
  std::string detail;
  std::vector<UnmetGuard> unmet = {};
  std::vector<InvalidField> invalid = {};
  std::optional<std::chrono::seconds> retry_after = {};
  bool repeated = false;  // told before, and told again for an Idempotency-Key
};

inline Refusal refuse(Reason reason, std::string detail) { return Refusal{reason, std::move(detail)}; }
inline Refusal invalid_field(std::string pointer, std::string detail) {
  return Refusal{Reason::invalid, "a field is not valid", {}, {{std::move(pointer), std::move(detail)}}, {}};
}
inline Refusal invalid_field(std::string pointer, Wording wording) {
  std::string detail = told(wording, "en");
  return Refusal{
      Reason::invalid, "a field is not valid", {}, {{std::move(pointer), std::move(detail), std::move(wording)}}, {}};
}
/// An item of the query or a header that is not what it may be: `name` is told as pointer ("?sort", "Last-Event-ID").
inline Refusal invalid_query(std::string name, std::string detail) {
  return Refusal{Reason::malformed, "the query is not valid", {}, {{std::move(name), std::move(detail)}}, {}};
}

template <class T>
using Result = boost::system::result<T, Refusal>;

/// Called by Result::value() when there is none: reaching it is a mistake in the program.
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error("unchecked refusal: " + refusal.detail);
}

}  // namespace assay

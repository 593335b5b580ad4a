// The identities of things: internal numbers that never leave the server, and public UUIDs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

enum class RecordId : std::int64_t {};
enum class PersonId : std::int64_t {};
enum class OrganisationId : std::int64_t {};

/// True for the canonical 36-character lower-case form of an RFC 9562 UUID (any version but nil).
bool is_uuid(std::string_view text);

/// A UUIDv7 for `unix_ms` from 10 random bytes of the caller (RFC 9562, 5.7).
std::string uuid_v7(std::int64_t unix_ms, std::string_view random10);

}  // namespace assay

// What nearly every decision about a record asks, of that record alone.
#pragma once

#include <string_view>

namespace assay {

inline constexpr std::string_view versions_of_record =
    "SELECT t.tree, v.items, v.evidence FROM record_version v JOIN record_version t ON t.record = :root"
    " WHERE v.record = :id";
inline constexpr std::string_view seats_of_record =
    "SELECT seat, person FROM assignment WHERE record = :id ORDER BY seat, person";
inline constexpr std::string_view links_of_record =
    "SELECT name, target FROM link WHERE source = :id ORDER BY name, target";
inline constexpr std::string_view performed_on_record =
    "SELECT command, actor, second, type, MAX(at) FROM event WHERE record = :id AND subject = 'record'"
    " GROUP BY command, actor, second, type";
inline constexpr std::string_view person_with_roles =
    "SELECT p.uuid, p.organisation, p.state, p.version, r.role FROM person p"
    " LEFT JOIN person_role r ON r.person = p.id WHERE p.id = :id ORDER BY r.role";

}  // namespace assay

// What a client wants of an answer: media types by Accept and a language by Accept-Language (RFC 9110, 12.5).
#pragma once

#include <optional>
#include <string_view>

namespace assay {

/// How much a client wants something: 0 not at all, 1000 most.
struct Wanted {
  int weight = 0;
  bool by_name = false;  // named itself, not by a range such as */*
};

/// What `accept`, the value of Accept, says of `media_type`; parameters of both but q are not looked at. An empty value
/// says that everything is welcome, and a weight that cannot be read counts as the highest.
Wanted wanted_media(std::string_view accept, std::string_view media_type);

/// False if `accept` excludes all of `media_types`, which are comma-separated. "*/*" among them stands for any type: it
/// is excluded only by a client that takes nothing at all.
bool takes_any_of(std::string_view accept, std::string_view media_types);

/// The language of ours ("en", "de") that `accept_language` wants most, the first one of equals; nothing if it wants
/// neither.
std::optional<std::string_view> wanted_language(std::string_view accept_language);

}  // namespace assay

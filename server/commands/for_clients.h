// What is kept from clients: the fields of the audience `body`.
#pragma once

#include "domain/definition.h"

namespace assay {

/// Takes the fields that are kept from clients out of an object of fields.
inline void keep_from_clients(Json& fields, const Definition& definition) {
  for (const std::string& name : definition.kept_from_clients) fields.erase(name);
}

/// The type without the fields that are kept from clients: they neither filter nor sort by them.
inline Definition for_clients(Definition type) {
  for (const std::string& field : type.kept_from_clients) type.fields.erase(field);
  return type;
}

}  // namespace assay

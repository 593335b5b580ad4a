// Proxies in front of the server: whose word about the client is believed.
#pragma once

#include <string>
#include <vector>

#include "http/request.h"
#include "integrations/address_guard.h"

namespace assay {

/// The client at the far end of a request.
struct FarEnd {
  std::string address;  // numeric
  bool is_tls = false;  // it speaks HTTPS, to us or to the proxy
};

/// The client as the connection shows it (`request.peer`, `request.is_tls`), or, when the connection comes from a
/// trusted proxy, as X-Forwarded-For and X-Forwarded-Proto tell: the last address that is no trusted proxy itself, and
/// the last scheme. Everybody can send these headers, so those of others are not looked at; nor is Forwarded (RFC
/// 7239), which proxies that set the former pass on unseen.
FarEnd far_end(const Request& request, const std::vector<AddressRange>& trusted);

}  // namespace assay

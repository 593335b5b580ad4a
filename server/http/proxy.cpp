// Proxies in front of the server.
#include "http/proxy.h"

#include <algorithm>

#include "http/text.h"

namespace assay {
namespace {

bool is_in(const std::vector<AddressRange>& ranges, std::string_view address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(std::string(address), error);
  return !error &&
         std::any_of(ranges.begin(), ranges.end(), [&](const AddressRange& one) { return one.contains(parsed); });
}

bool is_address(std::string_view text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(text), error);
  return !error;
}

std::vector<std::string_view> elements(std::string_view list) {
  std::vector<std::string_view> all;
  while (!list.empty()) all.push_back(next_element(list, ','));
  return all;
}

}  // namespace

FarEnd far_end(const Request& request, const std::vector<AddressRange>& trusted) {
  FarEnd end{std::string(request.peer), request.is_tls};
  if (!is_in(trusted, end.address)) return end;
  const std::string forwarded = request.joined_header("X-Forwarded-For").value_or("");
  const auto addresses = elements(forwarded);
  for (auto next = addresses.rbegin(); next != addresses.rend() && is_address(*next); ++next) {
    end.address = std::string(*next);
    if (!is_in(trusted, end.address)) break;
  }
  const std::string proto = request.joined_header("X-Forwarded-Proto").value_or("");
  if (const auto schemes = elements(proto); !schemes.empty())
    end.is_tls = end.is_tls || same_ignoring_case(schemes.back(), "https");
  return end;
}

}  // namespace assay

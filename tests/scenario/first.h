// The first administrator of a folder, for scenarios that start and stop a server of their own.
#pragma once

#include <string>

#include "scenario/stage.h"

namespace assay::test {

/// A request with `proof`, header lines that say who asks, and a body as JSON if there is one.
inline Answer send_to(std::uint16_t port, const std::string& method, const std::string& path, const std::string& proof,
                      const std::string& body = {}) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + proof;
  if (!body.empty())
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return ask(port, text + "\r\n" + body);
}

/// Sets the password of a one-time link and gets a token for everything, good for so many seconds: its header line.
inline std::string token_of_first(std::uint16_t port, const std::string& link, int seconds = 3600) {
  const Answer in = send_to(port, "POST", "/api/v1/invitations/accept", "",
                            Json{{"token", link}, {"password", "a long enough password"}}.dump());
  REQUIRE(in.status == 201);
  const std::string cookie = in.header("Set-Cookie");
  const std::string proof = "Cookie: " + cookie.substr(0, cookie.find(';')) +
                            "\r\nX-CSRF-Token: " + parsed(in).at("csrf_token").get<std::string>() + "\r\n";
  const Answer made =
      send_to(port, "POST", "/api/v1/me/tokens", proof,
              Json{{"name", "x"}, {"scopes", {"read", "write", "admin"}}, {"expires", instant(seconds)}}.dump());
  REQUIRE(made.status == 201);
  return "Authorization: Bearer " + parsed(made).at("token").get<std::string>() + "\r\n";
}

}  // namespace assay::test

// A client on a bare socket, which can send what no library would.
#include "http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "http/request.h"

namespace assay::test {

std::string Answer::header(std::string_view name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const auto end = head.find("\r\n", at + 2);
    const std::string_view line = std::string_view(head).substr(at + 2, end - at - 2);
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos && same_ignoring_case(line.substr(0, colon), name))
      return std::string(line.substr(colon + 2));
    at = end;
  }
  return {};
}

Client::Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect");
  }
}

Client::~Client() { ::close(socket_); }

bool Client::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Client::send(std::string_view bytes) {
  if (!try_send(bytes)) throw std::runtime_error("the server does not take more");
}

void Client::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool Client::receive() {
  char bytes[16384];
  const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("no answer within 10 s");
  if (count <= 0) return false;
  received_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::string Client::take(std::size_t count) {
  while (received_.size() < count)
    if (!receive()) throw std::runtime_error("the connection ended within an answer");
  std::string taken = received_.substr(0, count);
  received_.erase(0, count);
  return taken;
}

std::string Client::read_until(std::string_view mark) {
  for (;;) {
    const auto at = received_.find(mark);
    if (at != std::string::npos) return take(at + mark.size());
    if (!receive()) throw std::runtime_error("the connection ended before " + std::string(mark));
  }
}

std::string Client::read_all() {
  while (receive()) continue;
  return std::exchange(received_, {});
}

bool Client::is_closed_by_server() { return read_all().empty(); }

Answer Client::read(bool to_head) {
  while (received_.find("\r\n\r\n") == std::string::npos)
    if (!receive()) return {};
  Answer answer;
  answer.head = take(received_.find("\r\n\r\n") + 2);
  take(2);
  answer.status = std::stoi(answer.head.substr(9, 3));
  const bool empty = to_head || answer.status == 204 || answer.status == 304 || answer.status < 200;
  if (empty) return answer;
  if (answer.header("Transfer-Encoding") == "chunked") {
    for (;;) {
      const std::string line = read_until("\r\n");
      const std::size_t size = std::stoul(line, nullptr, 16);
      answer.body += take(size);
      take(2);
      if (size == 0) return answer;
    }
  }
  const std::string length = answer.header("Content-Length");
  answer.body = length.empty() ? read_all() : take(std::stoul(length));
  return answer;
}

Answer ask(std::uint16_t port, std::string_view bytes) {
  Client client(port);
  client.send(bytes);
  return client.read();
}

Answer get(std::uint16_t port, std::string_view target) {
  return ask(port, "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

}  // namespace assay::test

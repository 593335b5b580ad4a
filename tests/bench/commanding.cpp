// The requests of a connection that commands.
#include "bench/commanding.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "domain/time.h"

namespace bench {
namespace {

std::string reject_body(std::uint64_t number) {
  return fmt::format(
      R"({{"rejection":"Attempt {}: the extent names one site only; show for the others too whether a restore was tried."}})",
      number);
}

std::string respond_body(std::uint64_t number, const std::string& owner, const std::string& day) {
  return fmt::format(
      R"({{"correction":"Restored a sample of last month, attempt {}.","extent":"All three sites were looked at.",)"
      R"("root_cause":"Nobody was named for the quarterly test after the storage was replaced.",)"
      R"("action":"The test is in the calendar of operations, with a deputy.","action_due":"{}","action_owner":["{}"]}})",
      number, day, owner);
}

std::string day_in(int days) {
  return assay::to_text(
      assay::Date{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) + std::chrono::days{days}});
}

}  // namespace

std::string command_request(const Target& target, const Fixture& fixture, std::uint64_t draw, const std::string& key,
                            std::uint64_t number) {
  const auto half = static_cast<std::size_t>(fixture.managers) / 2;
  const std::string& token = fixture.tokens.at(draw % half + (target.responded ? half : 0));
  static const std::string due = day_in(200);
  const std::string body = target.responded ? reject_body(number) : respond_body(number, target.owner, due);
  return fmt::format(
      "POST /api/v1/nonconformities/{}/commands/{} HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer {}\r\nIf-Match: \"v{}\"\r\nIdempotency-Key: {}\r\n"
      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      target.uuid, target.responded ? "reject_plan" : "respond", token, target.version, key, body.size(), body);
}

class Commanding::Share final : public Requests {
 public:
  Share(Commanding& all, unsigned number, unsigned connections, std::uint64_t run)
      : all_(all),
        number_(number),
        step_(connections),
        random_(run * 1000 + number),
        key_(fmt::format("bench-{}-{}-{}-", ::getpid(), run, number)) {}

  void next(std::string& to) override {
    const auto mine = (all_.targets_.size() - number_ + step_ - 1) / step_;
    target_ = &all_.targets_[number_ + step_ * (random_() % mine)];
    ++count_;
    to += command_request(*target_, all_.fixture_, random_(), key_ + std::to_string(count_), count_);
  }

  bool take(int status, std::string_view) override {
    if (status != 200) return false;
    ++target_->version;
    target_->responded = !target_->responded;
    return true;
  }

 private:
  Commanding& all_;
  const unsigned number_, step_;
  std::mt19937_64 random_;
  const std::string key_;
  std::uint64_t count_ = 0;
  Target* target_ = nullptr;
};

MakeRequests Commanding::requests(unsigned connections) {
  const std::uint64_t run = ++runs_;
  return [this, connections, run](unsigned number) { return std::make_unique<Share>(*this, number, connections, run); };
}

}  // namespace bench

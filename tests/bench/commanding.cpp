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

class Commanding::Share final : public Requests {
 public:
  Share(Commanding& all, unsigned number, unsigned connections, std::uint64_t run)
      : all_(all),
        number_(number),
        step_(connections),
        random_(run * 1000 + number),
        key_(fmt::format("bench-{}-{}-{}-", ::getpid(), run, number)),
        due_(day_in(200)) {}

  void next(std::string& to) override {
    const auto mine = (all_.targets_.size() - number_ + step_ - 1) / step_;
    target_ = &all_.targets_[number_ + step_ * (random_() % mine)];
    const auto& fixture = all_.fixture_;
    const auto& token = fixture.tokens[random_() % static_cast<std::size_t>(fixture.managers)];
    const std::string body = target_->responded ? reject_body(++count_) : respond_body(++count_, target_->owner, due_);
    fmt::format_to(std::back_inserter(to),
                   "POST /api/v1/nonconformities/{}/commands/{} HTTP/1.1\r\nHost: localhost\r\n"
                   "Authorization: Bearer {}\r\nIf-Match: \"v{}\"\r\nIdempotency-Key: {}{}\r\n"
                   "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                   target_->uuid, target_->responded ? "reject_plan" : "respond", token, target_->version, key_, count_,
                   body.size(), body);
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
  const std::string key_, due_;
  std::uint64_t count_ = 0;
  Target* target_ = nullptr;
};

MakeRequests Commanding::requests(unsigned connections) {
  const std::uint64_t run = ++runs_;
  return [this, connections, run](unsigned number) { return std::make_unique<Share>(*this, number, connections, run); };
}

}  // namespace bench

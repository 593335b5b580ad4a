// An office with a delivery worker, as the tests of deliveries need it.
#pragma once

#include "integrations/webhook_signature.h"
#include "jobs/delivery_worker.h"
#include "jobs/office.h"
#include "jobs/receiver.h"

namespace assay::test {

using namespace std::chrono_literals;

inline OutboundSettings loopback() {
  OutboundSettings settings;
  settings.timeout = 5s;
  settings.guard = AddressGuard({AddressRange::parse("127.0.0.0/8").value()});
  return settings;
}

inline DeliverySettings quick() {
  DeliverySettings settings;
  settings.attempt.urls.allow_http = true;
  settings.attempt.source = "https://assay.example";
  settings.attempt.random = [] { return 0.0; };
  settings.grace = 0ms;
  return settings;
}

/// An office with one worker, woken by commits as in the server.
struct Post : Office {
  explicit Post(DeliverySettings wanted = quick(), std::string_view engine = "sqlite")
      : Office(engine), settings(std::move(wanted)), client(loopback()) {
    employ();
  }
  ~Post() {
    store->on_events([](std::int64_t) {});
  }

  void employ() {
    worker = std::make_unique<DeliveryWorker>(*context, client, settings, Journal{});
    store->on_events([this](std::int64_t) { worker->wake(); });
    worker->start();
  }
  void dismiss() {
    store->on_events([](std::int64_t) {});
    worker.reset();
  }
  void later(std::chrono::milliseconds by) {
    clock.advance(by);
    worker->settle();
  }

  DeliverySettings settings;
  OutboundClient client;
  std::unique_ptr<DeliveryWorker> worker;
};

inline WebhookWish wish(const Receiver& receiver, std::vector<std::string> types = {}) {
  WebhookWish made;
  made.url = receiver.url();
  made.types = std::move(types);
  return made;
}

inline SignatureVerdict verdict(const Received& got, const std::string& secret) {
  const std::vector<WebhookSecret> secrets{WebhookSecret::parse(secret).value()};
  const std::string& timestamp = got.headers.at("webhook-timestamp");
  return verify_webhook(secrets, got.id(), timestamp, got.headers.at("webhook-signature"), got.body,
                        std::stoll(timestamp));
}

}  // namespace assay::test

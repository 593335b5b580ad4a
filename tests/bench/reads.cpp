// Reading: the server against the library alone, with the same requests.
#include <fmt/format.h>

#include "bench/figures.h"
#include "bench/reading.h"
#include "bench/server.h"
#include "http/page.h"

namespace bench {
namespace {

using MakeText = std::function<void(std::string& to, std::mt19937_64& random)>;

/// Requests for things drawn uniformly, by people drawn uniformly.
class Reading final : public Requests {
 public:
  Reading(unsigned number, int status, MakeText text) : random_(number + 1), status_(status), text_(std::move(text)) {}
  void next(std::string& to) override { text_(to, random_); }
  bool take(int status, std::string_view) override { return status == status_; }

 private:
  std::mt19937_64 random_;
  const int status_;
  const MakeText text_;
};

template <class T>
const T& one_of(const std::vector<T>& all, std::mt19937_64& random) {
  return all[random() % all.size()];
}

struct Read {
  const char* name;
  const char* what;
  double bar;
  int status;
  MakeText text;
};

std::vector<Read> reads(const Fixture& fixture, const std::vector<Target>& targets) {
  const auto get = [&](std::string& to, const std::string& rest, std::mt19937_64& random, const std::string& field) {
    fmt::format_to(std::back_inserter(to),
                   "GET /api/v1/nonconformities{} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n{}\r\n",
                   rest, one_of(fixture.tokens, random), field);
  };
  return {{"record", "GET a record / bare hello", 0.30, 200,
           [=, &targets](std::string& to, std::mt19937_64& random) {
             get(to, "/" + one_of(targets, random).uuid, random, {});
           }},
          {"not-modified", "GET a record, 304 / bare hello", 0.50, 304,
           [=, &targets](std::string& to, std::mt19937_64& random) {
             const Target& target = one_of(targets, random);
             get(to, "/" + target.uuid, random, fmt::format("If-None-Match: \"v{}\"\r\n", target.version));
           }},
          {"commands", "GET a record's commands / bare hello", 0.10, 200,
           [=, &targets](std::string& to, std::mt19937_64& random) {
             get(to, "/" + one_of(targets, random).uuid + "/commands", random, {});
           }},
          {"page", "a page of 50, filtered, keyset / bare hello", 0.05, 200,
           [=, &targets](std::string& to, std::mt19937_64& random) {
             const auto place = assay::Json::array({"created", "", one_of(targets, random).id}).dump();
             get(to, "?grade=major&limit=50&cursor=" + assay::encode_cursor(place), random, {});
           }}};
}

}  // namespace

MakeRequests reading_records(const Fixture& fixture, const std::vector<Target>& targets) {
  return [text = reads(fixture, targets).front().text](unsigned number) {
    return std::make_unique<Reading>(number, 200, text);
  };
}

void measure_reads(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  constexpr unsigned connections = 32;
  const auto targets = read_targets(fixture.data);
  for (const Read& read : reads(fixture, targets)) {
    if (!options.wants(read.name)) continue;
    Served server = serve_assay(options, fixture), bare = serve_bare(options);
    const auto make = [&](int status) {
      return [&read, status](unsigned number) { return std::make_unique<Reading>(number, status, read.text); };
    };
    Figure figure{read.name, read.what};
    figure.unit = "req/s";
    figure.bar = read.bar;
    std::vector<double> p99, ours, others;
    measure(figure, options.rounds(),
            {[&] {
               const Run run = run_on(options, server, make(read.status), {connections});
               p99.push_back(run.load.p99_us);
               ours.push_back(run.processor_us);
               return run.load.per_second;
             },
             [&] {
               const Run run = run_on(options, bare, make(200), {connections});
               others.push_back(run.processor_us);
               return run.load.per_second;
             }});
    figure.more = {{"connections", connections},
                   {"p99_us", median(p99)},
                   {"processor_us", median(ours)},
                   {"other_processor_us", median(others)}};
    server.process.stop();
    bare.process.stop();
    figures.push_back(std::move(figure));
  }
}

}  // namespace bench

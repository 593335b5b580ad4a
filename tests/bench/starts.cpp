// Starting with the whole log, memory at rest, and what TLS costs.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <stdexcept>
#include <thread>

#include "bench/figures.h"
#include "bench/reading.h"
#include "bench/server.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

void measure_start(const Options& options, const Fixture& fixture, const std::vector<Target>& targets,
                   std::vector<Figure>& figures) {
  Figure start{"start", fmt::format("start to first answer with {} events", options.recipe.events)};
  start.unit = "ms";
  start.bar = 50;
  start.at_least = false;
  Figure memory{"memory", "RssAnon of the idle server"};
  memory.unit = "MB";
  memory.bar = 40;
  memory.at_least = false;
  for (int round = 0; round < options.rounds(); ++round) {
    const auto began = Clock::now();
    Served server = serve_assay(options, fixture);
    const auto& target = targets[static_cast<std::size_t>(round) % targets.size()];
    fetch(server.port, "/api/v1/nonconformities/" + target.uuid, fixture.tokens.front());
    start.samples.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    // At rest is what it is after a second without a request.
    std::this_thread::sleep_for(std::chrono::seconds(1));
    memory.samples.push_back(static_cast<double>(server.process.rss_anon_kib()) / 1000);
    server.process.stop();
  }
  start.ours = start.value = median(start.samples);
  memory.ours = memory.value = median(memory.samples);
  figures.push_back(std::move(start));
  figures.push_back(std::move(memory));
}

template <class T, void (*Release)(T*)>
struct Freed {
  void operator()(T* object) const { Release(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;

void close_file(std::FILE* file) { std::fclose(file); }
using OpenFile = std::unique_ptr<std::FILE, Freed<std::FILE, close_file>>;

/// A certificate of its own issue and its key, in PEM.
void write_certificate(const std::filesystem::path& certificate_path, const std::filesystem::path& key_path) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), subject);
  const OpenFile to(std::fopen(certificate_path.c_str(), "w")), key_to(std::fopen(key_path.c_str(), "w"));
  const bool written = X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0 && to && key_to &&
                       PEM_write_X509(to.get(), certificate.get()) == 1 &&
                       PEM_write_PrivateKey(key_to.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (!written) throw std::runtime_error("a certificate cannot be made");
}

void measure_tls(const Options& options, const Fixture& fixture, const std::vector<Target>& targets,
                 std::vector<Figure>& figures) {
  const auto certificate = options.cache / "tls.pem", key = options.cache / "tls.key";
  write_certificate(certificate, key);
  Figure figure{"tls", "GET a record, TLS / plain, keep-alive"};
  figure.unit = "req/s";
  figure.bar = 0.6;
  const auto side = [&](const std::vector<std::string>& more, bool tls) {
    Served server = serve_assay(options, fixture, more);
    RunPlan how;
    how.tls = tls;
    const Run run = run_on(options, server, reading_records(fixture, targets), how);
    server.process.stop();
    return run.load.per_second;
  };
  measure(figure, options.rounds(),
          {[&] { return side({"--tls-certificate", certificate.string(), "--tls-key", key.string()}, true); },
           [&] { return side({}, false); }});
  figures.push_back(std::move(figure));
}

}  // namespace

void measure_starts(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  const bool start = options.wants("start") || options.wants("memory");
  if (!start && !options.wants("tls")) return;
  const auto targets = read_targets(fixture.data);
  if (options.wants("tls")) measure_tls(options, fixture, targets, figures);
  if (start) measure_start(options, fixture, targets, figures);
}

}  // namespace bench

// TLS with a certificate made here.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "http/fixture.h"

namespace assay::test::tls_test {
namespace {

namespace asio = boost::asio;

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* pointer) const { Free(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;

void close_file(FILE* file) { std::fclose(file); }
using File = std::unique_ptr<FILE, Freed<FILE, close_file>>;

/// A folder with a self-signed certificate for localhost and its key.
class CertificateFolder {
 public:
  CertificateFolder() {
    char name[] = "/tmp/assay-tls-XXXXXX";
    path_ = ::mkdtemp(name);
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const File key_file(std::fopen(files().private_key.c_str(), "w"));
    PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    const File certificate_file(std::fopen(files().certificate_chain.c_str(), "w"));
    PEM_write_X509(certificate_file.get(), certificate.get());
  }
  ~CertificateFolder() { std::filesystem::remove_all(path_); }
  TlsFiles files() const { return {path_ / "certificate.pem", path_ / "key.pem"}; }

 private:
  std::filesystem::path path_;
};

struct TlsClient {
  explicit TlsClient(std::uint16_t port, const CertificateFolder& folder, int version = TLS1_3_VERSION)
      : context(asio::ssl::context::tls_client), stream(io_context, prepare(folder, version)) {
    stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
  }
  void shake_hands(const std::string& protocol = "\x08http/1.1") {
    SSL_set_alpn_protos(stream.native_handle(), reinterpret_cast<const unsigned char*>(protocol.data()),
                        static_cast<unsigned>(protocol.size()));
    stream.handshake(asio::ssl::stream_base::client);
  }
  std::string exchange(const std::string& request) {
    asio::write(stream, asio::buffer(request));
    std::string answer;
    boost::system::error_code error;
    asio::read(stream, asio::dynamic_buffer(answer), error);
    clean_end = error == asio::error::eof;
    return answer;
  }
  asio::ssl::context& prepare(const CertificateFolder& folder, int version) {
    context.load_verify_file(folder.files().certificate_chain.string());
    context.set_verify_mode(asio::ssl::verify_peer);
    SSL_CTX_set_min_proto_version(context.native_handle(), version);
    SSL_CTX_set_max_proto_version(context.native_handle(), version);
    if (version < TLS1_2_VERSION) SSL_CTX_set_cipher_list(context.native_handle(), "ALL:@SECLEVEL=0");
    return context;
  }
  asio::io_context io_context;
  asio::ssl::context context;
  asio::ssl::stream<asio::ip::tcp::socket> stream;
  bool clean_end = false;
};

TEST_CASE("TLS 1.2 and 1.3 carry requests, and say so") {
  const CertificateFolder folder;
  ServerSettings settings = test_settings();
  settings.tls = folder.files();
  TestServer server(settings);
  server.on("/people/{id}", [](Request& request) { return Result<Response>(json_text(request.is_tls ? "1" : "0")); });
  const std::string large(300'000, 'x');
  server.on("/hello", [&](Request&) { return Result<Response>(json_text(large)); });
  server.start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    INFO(version);
    TlsClient client(server.port(), folder, version);
    client.shake_hands();
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.stream.native_handle(), &protocol, &size);
    CHECK(std::string(reinterpret_cast<const char*>(protocol), size) == "http/1.1");
    const std::string answer = client.exchange(
        "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "GET /people/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(client.clean_end);
    CHECK(answer.find(large) != std::string::npos);
    CHECK(answer.find("Strict-Transport-Security: max-age=31536000\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n1"));
  }
}

TEST_CASE("what is not TLS 1.2 with http/1.1 is refused") {
  const CertificateFolder folder;
  ServerSettings settings = test_settings();
  settings.tls = folder.files();
  settings.header_timeout = std::chrono::milliseconds(100);
  TestServer server(settings);
  server.start();
  CHECK_THROWS(TlsClient(server.port(), folder, TLS1_1_VERSION).shake_hands());
  CHECK_THROWS(TlsClient(server.port(), folder).shake_hands("\x02h2"));
  Client plain(server.port());
  plain.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(plain.read().status == 0);
  Client silent(server.port());
  CHECK(silent.is_closed_by_server());
}

TEST_CASE("a key of another certificate is refused at the start") {
  const CertificateFolder one;
  const CertificateFolder other;
  ServerSettings settings = test_settings();
  settings.tls = TlsFiles{one.files().certificate_chain, other.files().private_key};
  CHECK_THROWS_AS(TestServer(settings), std::runtime_error);
}

}  // namespace
}  // namespace assay::test::tls_test

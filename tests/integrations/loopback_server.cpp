// A scripted server for the tests of the outbound side.
#include "integrations/loopback_server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <memory>
#include <stdexcept>

namespace assay::test {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

template <class Stream>
class StreamConnection : public Connection {
 public:
  explicit StreamConnection(Stream& stream) : stream_(stream) {}

  Request read_request() override {
    Request request;
    boost::beast::http::read(stream_, buffer_, request);
    return request;
  }
  bool write(std::string_view bytes) override {
    boost::system::error_code error;
    asio::write(stream_, asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }
  void wait_for_close() override {
    boost::system::error_code error;
    char byte = 0;
    while (!error) stream_.read_some(asio::buffer(&byte, 1), error);
  }

 private:
  Stream& stream_;
  boost::beast::flat_buffer buffer_;
};

template <class T, void (*Free)(T*)>
struct Freeing {
  void operator()(T* object) const { Free(object); }
};
template <class T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freeing<T, Free>>;

void require(bool done) {
  if (!done) throw std::runtime_error("the test's certificate cannot be made");
}

std::string pem(const std::function<int(BIO*)>& write) {
  const Owned<BIO, BIO_free_all> bio(BIO_new(BIO_s_mem()));
  require(bio && write(bio.get()) == 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

Certificate make_certificate(const std::string& alternative_names, long seconds_left) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  require(key && certificate);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds_left);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const unsigned char common_name[] = "test receiver";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_names.c_str()));
  require(names && X509_add_ext(certificate.get(), names.get(), -1) == 1);
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  return {
      pem([&](BIO* bio) { return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); }),
      pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); })};
}

LoopbackServer::LoopbackServer(Script script, std::optional<Certificate> certificate)
    : script_(std::move(script)), acceptor_(io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
  port_ = acceptor_.local_endpoint().port();
  if (certificate) {
    tls_.emplace(asio::ssl::context::tls_server);
    tls_->use_private_key(asio::buffer(certificate->key), asio::ssl::context::pem);
    tls_->use_certificate_chain(asio::buffer(certificate->certificate));
  }
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  stopping_ = true;
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes the accept() that blocks; close() would not
  thread_.join();
}

void LoopbackServer::serve() {
  while (!stopping_) {
    boost::system::error_code error;
    tcp::socket socket = acceptor_.accept(error);
    if (error) continue;
    ++accepted_;
    try {
      converse(std::move(socket));
    } catch (const boost::system::system_error&) {  // NOLINT(bugprone-empty-catch): it broke off, which its side judges
    }
  }
}

void LoopbackServer::converse(tcp::socket socket) {
  if (!tls_) {
    StreamConnection<tcp::socket> connection(socket);
    script_(connection);
    return;
  }
  asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls_);
  stream.handshake(asio::ssl::stream_base::server);
  StreamConnection<asio::ssl::stream<tcp::socket>> connection(stream);
  script_(connection);
}

}  // namespace assay::test

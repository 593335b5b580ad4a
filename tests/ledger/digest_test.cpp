// Digests and encodings against published vectors: FIPS 180-4 examples, RFC 4231, RFC 4648.
#include "ledger/digest.h"

#include <catch2/catch_all.hpp>

#include "ledger/random.h"

namespace assay::test::digest_test {
namespace {

TEST_CASE("SHA-256 gives the published digests") {
  const auto [text, digest] = GENERATE(table<std::string, std::string>({
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  }));
  CHECK(sha256_hex(text) == digest);

  Sha256 stream;
  for (std::size_t at = 0; at < text.size(); at += 4093) stream.update(std::string_view(text).substr(at, 4093));
  CHECK(to_hex(bytes_of(stream.finish())) == digest);
  CHECK(to_hex(bytes_of(stream.update(text).finish())) == digest);  // finish() starts anew
}

TEST_CASE("HMAC-SHA256 gives the digests of RFC 4231") {
  const auto [key, text, digest] = GENERATE(table<std::string, std::string, std::string>({
      {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
      {"It's a Secret to Everybody", "Hello, World!",
       "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
  }));
  CHECK(to_hex(bytes_of(hmac_sha256(key, text))) == digest);
}

TEST_CASE("comparison in constant time is still a comparison") {
  const auto [left, right, equal] = GENERATE(table<std::string, std::string, bool>({
      {"", "", true},
      {"same", "same", true},
      {"same", "sama", false},
      {"same", "Same", false},
      {"same", "samesame", false},
      {"same", "", false},
  }));
  CHECK(constant_time_equal(left, right) == equal);
}

TEST_CASE("base64 and hex give the texts of RFC 4648") {
  const auto [bytes, base64, base64url, hex] = GENERATE(table<std::string, std::string, std::string, std::string>({
      {"", "", "", ""},
      {"f", "Zg==", "Zg", "66"},
      {"fo", "Zm8=", "Zm8", "666f"},
      {"foo", "Zm9v", "Zm9v", "666f6f"},
      {"foob", "Zm9vYg==", "Zm9vYg", "666f6f62"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"},
      {"\xfb\xff\xfe", "+//+", "-__-", "fbfffe"},
  }));
  CHECK(to_base64(bytes) == base64);
  CHECK(to_base64url(bytes) == base64url);
  CHECK(to_hex(bytes) == hex);
  CHECK(from_base64(base64) == bytes);
  CHECK(from_base64url(base64url) == bytes);
  CHECK(from_hex(hex) == bytes);
}

TEST_CASE("decoders refuse what their encoders never write") {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm9-",
                           "Zg==Zg==", "=Zg=", "Zm9v="}) {
    INFO(text);
    CHECK_FALSE(from_base64(text));
  }
  for (const char* text : {"Zg==", "Z", "Zh", "Zm9", "Zm9+", "Zm9/", "Zm9v ", "Zm9vY"}) {
    INFO(text);
    CHECK_FALSE(from_base64url(text));
  }
  for (const char* text : {"6", "6g", "0x66", " 66", "66 "}) {
    INFO(text);
    CHECK_FALSE(from_hex(text));
  }
  CHECK(from_hex("FbFF") == "\xfb\xff");
}

TEST_CASE("random bytes have the length asked for and differ") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(1000).size() == 1000);
  CHECK(random_bytes(16) != random_bytes(16));
  const auto many = random_bytes(100'000);
  std::array<int, 256> seen{};
  for (const char c : many) ++seen[static_cast<unsigned char>(c)];
  // 390 expected of each; 200 is nearly ten standard deviations away.
  for (const int count : seen) CHECK(count > 200);
}

}  // namespace
}  // namespace assay::test::digest_test

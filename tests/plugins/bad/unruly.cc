// A plugin made with the wrapper, in C++17, that misbehaves as the language or the format of the call says.
#include <assay/cxx/checklist.h>
#include <assay/cxx/report.h>

#include <string>

namespace {

using assay::sdk::Call;
using assay::sdk::Failure;
using assay::sdk::Writer;

std::string question(const std::string& id) { return R"({"id":")" + id + R"(","question":"How?"})"; }

std::string item(const std::string& id, const std::string& group, const std::string& questions) {
  return R"({"id":")" + id + R"(","group":")" + group + R"(","clause":"1","title":"Item","questions":[)" + questions +
         "]}";
}

std::string catalogue(const std::string& id, const std::string& language, const std::string& items) {
  return R"({"catalogues":[{"id":")" + id + R"(","version":"1.0.0","title":"Small","standard":"None","language":")" +
         language +
         R"(","results":[{"id":"conforms","title":"Conforms"}],"groups":[{"id":"1","title":"One"}],"items":[)" + items +
         "]}]}";
}

class Unruly {
 public:
  explicit Unruly(const assay::sdk::Host& host) : host_(host) {}

  void catalogues(const Call& call, const Writer& out) {
    const std::string_view language = call.language();
    const std::string good = item("1.1", "1", question("q1"));
    if (language == "en-throw") throw std::runtime_error("thrown in catalogues");
    if (language == "en-deep") return out.write(std::string(65, '[') + std::string(65, ']'));
    if (language == "en-utf8") return out.write("{\"catalogues\": \"\xC3\x28\"}");
    if (language == "en-broken") return out.write("{\"catalogues\": [");
    if (language == "en-schema") return out.write(R"({"catalogues":[],"more":1})");
    if (language == "en-twice")
      return out.write(catalogue("small", "en", good + "," + item("1.2", "1", question("q1"))));
    if (language == "en-group") return out.write(catalogue("small", "en", item("1.1", "7", question("q1"))));
    if (language == "en-other") return out.write(catalogue("large", "en", good));
    if (language == "en-tongue") return out.write(catalogue("small", "fr", good));
    if (language == "en-log") log();
    while (language == "en-flood") out.write(std::string(1 << 16, ' '));
    out.write(catalogue("small", "en", good));
  }

  void render(const Call& call, std::string_view format, std::string_view input, const Writer& out) {
    if (format == "throw") throw std::runtime_error("thrown in render");
    if (format == "throw-int") throw 42;
    if (format == "refuse") throw Failure(ASSAY_UNSUPPORTED, "not today");
    if (format == "fail") throw Failure(ASSAY_INVALID, "no\nsuch\x1b[1m audit", "/audit/number");
    if (format == "silent") return;
    if (format == "halfway") {
      out.write("half of it");
      throw Failure(ASSAY_FAILED, "lost the thread");
    }
    while (format == "flood") out.write(std::string(1 << 16, 'x'));
    if (format == "malformed") return out.write("\xED\xA0\x80");
    if (format == "split") {
      out.write("\xE2\x82");
      return out.write("\xAC");
    }
    while (format == "slow" && !call.cancelled()) call.progress(1);
    while (format == "swallow") {
      try {
        out.write(std::string(1 << 16, 'x'));
      } catch (const Failure&) {
        return;
      }
    }
    out.write(input);
  }

 private:
  void log() {
    host_.log(ASSAY_LOG_WARNING, "one\nline \xFF");
    host_.log(77, std::string(5000, 'x'));
    for (int i = 0; i < 1000; ++i) host_.log(ASSAY_LOG_INFO, "again");
  }

  assay::sdk::Host host_;
};

}  // namespace

ASSAY_PLUGIN(Unruly, assay::sdk::Checklist, assay::sdk::Report)

// Founds the organisation, gives everybody a token, has the records written, and keeps the folder for the next run.
#include "bench/fixture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "bench/fixture_records.h"
#include "cli/workspace.h"
#include "commands/machine.h"
#include "commands/people.h"
#include "commands/tokens.h"
#include "commands/webhooks.h"
#include "ledger/digest.h"
#include "storage/connection.h"
#include "storage/migrations.h"
#include "storage/search.h"

namespace bench {
namespace {

namespace fs = std::filesystem;
using assay::Json;

constexpr int form = 2;  // of the fixture: counts on when what is written changes
constexpr std::chrono::days fresh{20};

template <class T>
T need(assay::Result<T> result, std::string_view what) {
  if (!result) throw std::runtime_error(fmt::format("{}: {}", what, result.error().detail));
  return std::move(*result);
}

std::string content(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

std::string recipe_hash(const Recipe& recipe, const std::string& set) {
  std::string text = fmt::format("{} {} {} {} {}\n", form, recipe.records, recipe.events, recipe.principals, set);
  for (const auto& migration : assay::embedded_migrations(assay::Engine::sqlite)) text += migration.sql;
  return assay::sha256_hex(text).substr(0, 16);
}

assay::SettingValues settings_of(const Fixture& fixture) {
  return assay::SettingValues({{"data", fixture.data.string()}, {"workflows", fixture.workflows.string()}},
                              [](const std::string&) { return std::optional<std::string>(); }, {});
}

/// Everybody of the fixture, ready to act.
class Staff {
 public:
  Staff(assay::Context& context, const Recipe& recipe) : context_(context) {
    const auto founded = need(
        assay::found_organisation(context, {"Elbwerk Instruments", "UTC", "en", "Person 0", "person0@elbwerk.example"}),
        "founding");
    join(founded.invitation, 0);
    const assay::PersonRow founder = row(0);
    assay::PersonChange change;
    change.roles = {{"administrator", "isms_manager"}};
    const auto who = principal(0);
    need(assay::change_person(context, assay::Call{who, founder.version}, founder.uuid, change), "roles");
    const auto administrator = principal(0);
    for (int i = 1; i < recipe.principals; ++i) {
      const char* role = i < recipe.principals / 2 ? "isms_manager" : "internal_auditor";
      const assay::Invitation invitation{fmt::format("Person {}", i), address(i), "en", {role}, {}};
      join(need(assay::invite_person(context, assay::Call{administrator}, invitation), "inviting").token, i);
    }
  }

  Member member(int number) const {
    const auto person = row(number);
    return {person.id, person.uuid};
  }
  std::string token(int number) {
    const auto who = principal(number);
    const assay::TokenWish wish{"bench", {"read", "write"}, context_.clock() + std::chrono::days{90}};
    return need(assay::make_personal_token(context_, assay::Call{who}, wish), "token").token;
  }
  assay::Principal principal(int number) const {
    const auto person = row(number);
    auto at = context_.store.read();
    return assay::principal_of(context_, at, person, {assay::Scope::read, assay::Scope::write, assay::Scope::admin})
        .value();
  }

 private:
  static std::string address(int number) { return fmt::format("person{}@elbwerk.example", number); }

  assay::PersonRow row(int number) const {
    auto at = context_.store.read();
    return assay::find_person_by_email(at, address(number)).value();
  }
  void join(const std::string& invitation, int number) {
    need(assay::accept_invitation(context_, invitation, fmt::format("a long enough pass phrase {}", number)),
         "joining");
  }

  assay::Context& context_;
};

void write_records(assay::Context& context, const Staff& staff, const assay::OrganisationRow& organisation,
                   const Recipe& recipe) {
  std::vector<Member> managers, auditors;
  for (int i = 0; i < recipe.principals; ++i)
    (i < recipe.principals / 2 ? managers : auditors).push_back(staff.member(i));
  RecordWriter writer(context, organisation, std::move(managers), std::move(auditors));
  const std::int64_t programmes = std::max<std::int64_t>(1, recipe.records / 2000);
  std::int64_t records = recipe.records, fillers = recipe.events - 5 * recipe.records;
  for (std::int64_t i = 0; i < programmes; ++i) {
    const std::int64_t left = programmes - i, here = records / left, more = fillers / left;
    const std::int64_t audits = std::max<std::int64_t>(1, here / 10);
    writer.write({audits, here - audits - 1, more});
    records -= here;
    fillers -= more;
    fmt::print(stderr, "\rfixture: {} of {} records", recipe.records - records, recipe.records);
  }
  fmt::print(stderr, "\n");
}

std::vector<std::string> build(const Fixture& fixture, const Recipe& recipe) {
  assay::Workspace workspace(settings_of(fixture));
  auto& context = workspace.context();
  Staff staff(context, recipe);
  std::vector<std::string> tokens;
  for (int i = 0; i < recipe.principals; ++i) tokens.push_back(staff.token(i));
  assay::OrganisationRow organisation;
  {
    auto at = context.store.read();
    organisation = assay::list_organisations(at).front();
  }
  write_records(context, staff, organisation, recipe);
  // It wants nothing that happens here, but its cursor follows the log.
  const auto administrator = staff.principal(0);
  assay::WebhookWish wish;
  wish.url = "https://tickets.elbwerk.example/assay";
  wish.types = {{"audit.completed"}};
  need(assay::make_webhook(context, assay::Call{administrator}, wish, [](std::string_view) { return std::nullopt; }),
       "webhook");
  // Housekeeping has long indexed what is there.
  if (auto current = assay::build_search(context.store); !current) throw std::runtime_error("the search index failed");
  return tokens;
}

}  // namespace

Fixture make_fixture(const fs::path& cache, const Recipe& recipe) {
  if (recipe.events < 5 * recipe.records || recipe.records < 30 || recipe.principals < 40) {
    throw std::runtime_error("the fixture takes at least 30 records, five events a record, and 40 people");
  }
  Fixture fixture;
  fixture.workflows = cache / "workflows";
  write_workflows(fixture.workflows);
  const auto set = assay::workflows_of(settings_of(fixture))->hash;
  const fs::path folder = cache / ("fixture-" + recipe_hash(recipe, set));
  fixture.data = folder / "data";
  fixture.managers = recipe.principals / 2;
  const fs::path mark = folder / "fixture.json";
  const bool usable = fs::exists(mark) && fs::last_write_time(mark) + fresh > fs::file_time_type::clock::now();
  if (!usable) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    const Json tokens = build(fixture, recipe);
    std::ofstream(mark) << tokens.dump() << '\n';
  }
  fixture.tokens = Json::parse(content(mark)).get<std::vector<std::string>>();
  return fixture;
}

namespace {

/// Waits until the disk has the file: what the kernel still writes behind would be measured with the first round.
void sync(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 || ::fsync(descriptor) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot sync " + file.string());
  ::close(descriptor);
}

}  // namespace

Fixture copy_of(const Fixture& fixture, const fs::path& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder.parent_path());
  fs::copy(fixture.data, folder, fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) sync(entry.path());
  }
  Fixture copy = fixture;
  copy.data = folder;
  return copy;
}

void cut_log(const fs::path& data, std::int64_t kept) {
  const auto database =
      assay::Connection::sqlite((fs::canonical(data) / "assay.db").string(), assay::Connection::Access::write, 65536);
  const auto last = database->value<std::int64_t>("SELECT MAX(sequence) FROM event");
  database->run("BEGIN");
  database->run("DELETE FROM event WHERE sequence <= :last", assay::with("last", last - kept));
  database->run("DELETE FROM event_payload WHERE sequence <= :last", assay::with("last", last - kept));
  database->run("COMMIT");
  database->run("VACUUM");
  database->checkpoint();
}

std::vector<Target> read_targets(const fs::path& data) {
  const auto database =
      assay::Connection::sqlite((fs::canonical(data) / "assay.db").string(), assay::Connection::Access::write, 65536);
  std::vector<Target> targets;
  for (auto& [id, uuid, version, state, owner] :
       database->all<std::int64_t, std::string, std::int64_t, std::string, std::string>(
           "SELECT r.id, r.uuid, r.version, r.state, p.uuid FROM record r"
           " JOIN assignment a ON a.record = r.id AND a.seat = 'action_owner' JOIN person p ON p.id = a.person"
           " WHERE r.type = 'nonconformity' ORDER BY r.id")) {
    targets.push_back({id, std::move(uuid), version, state == "response_submitted", std::move(owner)});
  }
  return targets;
}

}  // namespace bench

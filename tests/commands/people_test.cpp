// People and what they sign in with: the last administrators, links, sessions, tokens and passwords under races.
#include <array>
#include <barrier>
#include <future>
#include <thread>

#include "commands/machine.h"
#include "commands/password.h"
#include "commands/sign_in.h"
#include "commands/tokens.h"
#include "jobs/office.h"

namespace assay::test::people_test {
namespace {

using namespace std::chrono_literals;

constexpr const char* first = "jonas@elbwerk.example";
constexpr const char* second = "maria@elbwerk.example";
constexpr const char* wanted = "quite another password";

bool administers_now(const PersonRow& person) {
  const auto& roles = person.roles;
  return person.state == "active" && std::find(roles.begin(), roles.end(), "administrator") != roles.end();
}

int administrators(Office& office) {
  Snapshot at = office.store->read();
  const Reader reader{PersonId{0}, find_person_by_email(at, first)->organisation, {}, true};
  const auto people = list_people(at, reader, 0, 200);
  return static_cast<int>(std::count_if(people.begin(), people.end(), administers_now));
}

/// Runs both at once.
void race(const std::function<void()>& one, const std::function<void()>& other) {
  std::barrier start(2);
  std::thread thread([&] {
    start.arrive_and_wait();
    other();
  });
  start.arrive_and_wait();
  one();
  thread.join();
}

Result<Performed> step_down(Office& office, const Principal& who) {
  return change_person(*office.context, Call{who, who.person.version}, who.person.uuid,
                       {.roles = std::vector<std::string>{"isms_manager"}});
}

struct SignInDesk {
  SignInSettings settings = {};
  SignInThrottle throttle{settings};
  Result<SignedIn> sign_in(Office& office, std::string_view email, std::string_view password = Office::password,
                           std::string_view before = {}) {
    return assay::sign_in(*office.context, settings, throttle, email, password, {"192.0.2.1", before});
  }
};

std::optional<PersonRow> find_person_by_email_in(Office& office, const char* email) {
  Snapshot at = office.store->read();
  return find_person_by_email(at, email);
}

Call keyed(const Principal& who, const std::string& key) {
  Call call{who};
  call.key = key;
  call.request_hash = "request";
  return call;
}

TEST_CASE("of two administrators at least one remains, whatever they do at once") {
  ASSAY_EACH_ENGINE(engine);
  struct Row {
    const char* what;
    std::array<bool, 2> removes;
  };
  for (const Row& row : {Row{"both step down", {false, false}}, Row{"each removes the other", {true, true}},
                         Row{"one steps down, the other is removed", {false, true}}}) {
    for (int round = 0; round < 5; ++round) {
      INFO(row.what << ", round " << round);
      Office office(engine);
      const Principal fresh = office.join(second, {"administrator"});
      const std::array<Principal, 2> both = {office.administrator(), fresh};
      std::array<bool, 2> done{};
      const auto act = [&](std::size_t self) {
        const Principal& who = both[self];
        const PersonRow& other = both[1 - self].person;
        done[self] = row.removes[self]
                         ? remove_person(*office.context, Call{who, other.version}, other.uuid).has_value()
                         : step_down(office, who).has_value();
      };
      race([&] { act(0); }, [&] { act(1); });
      CHECK((done[0] || done[1]));
      REQUIRE(administrators(office) == 1);
    }
  }
}

TEST_CASE("the last administrator neither steps down nor is removed") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  const Principal boss = office.administrator();
  const auto refused = step_down(office, boss);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().invalid.at(0).pointer == "/roles");
  const Principal other = office.join(second, {"administrator"});
  REQUIRE(step_down(office, other));
  // `other` acts as the administrator that they were a moment ago.
  CHECK(remove_person(*office.context, Call{other, boss.person.version}, boss.person.uuid).error().reason ==
        Reason::wrong_state);
  CHECK(administrators(office) == 1);
}

TEST_CASE("an administrator gets a link only for somebody who has not used one") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  const Principal boss = office.administrator();
  const auto invited = invite_person(*office.context, Call{boss}, {"Nora", "nora@elbwerk.example"});
  REQUIRE(invited);
  const auto renewed = renew_invitation(*office.context, Call{boss}, invited->performed.uuid);
  REQUIRE(renewed);
  CHECK_FALSE(accept_invitation(*office.context, invited->token, wanted));
  REQUIRE(accept_invitation(*office.context, renewed->token, wanted));
  const auto active = renew_invitation(*office.context, Call{boss}, invited->performed.uuid);
  REQUIRE_FALSE(active);
  CHECK(active.error().reason == Reason::wrong_state);
  CHECK(active.error().detail.find("assay user reset") != std::string::npos);
  CHECK(renew_invitation_at_machine(*office.context, "nora@elbwerk.example"));
}

TEST_CASE("a reset by link ends every session and token, also one that is made meanwhile") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  SignInDesk desk;
  const auto token_for = [&](const Principal& who) {
    return make_personal_token(*office.context, Call{who}, {"script", {"read"}, office.clock.now() + 24h});
  };
  Principal maria = office.join(second);
  for (int round = 0; round < 10; ++round) {
    maria = office.principal(second);
    const auto before = token_for(maria);
    REQUIRE(before);
    const auto session = desk.sign_in(office, second, round == 0 ? Office::password : wanted);
    REQUIRE(session);
    const auto link = renew_invitation_at_machine(*office.context, second);
    REQUIRE(link);
    std::optional<std::string> late;
    bool accepted = false;
    race([&] { accepted = accept_invitation(*office.context, link->token, wanted).has_value(); },
         [&] {
           if (const auto made = token_for(maria)) late = made->token;
         });
    REQUIRE(accepted);
    CHECK_FALSE(principal_of_token(*office.context, before->token));
    CHECK_FALSE(principal_of_session(*office.context, desk.settings, session->session));
    // One that was made after the reset is the new owner's; it rests on the account as it is after it.
    Snapshot at = office.store->read();
    for (const TokenRow& row : list_tokens(at, maria.person.id)) {
      if (!row.revoked) CHECK((late && row.hash == sha256_hex(*late)));
    }
  }
  check_replay(*office.store);
}

TEST_CASE("a changed password ends the other sessions, keeps this one, and is a command with a key") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  SignInDesk desk;
  office.join(second);
  const auto here = desk.sign_in(office, second), there = desk.sign_in(office, second);
  REQUIRE((here && there));
  const auto alive = [&](const SignedIn& session) {
    return principal_of_session(*office.context, desk.settings, session.session).has_value();
  };
  const Call call = keyed(here->who, "change");
  const auto changed = change_password(*office.context, call, desk.throttle, "192.0.2.1", Office::password, wanted);
  REQUIRE(changed);
  CHECK(changed->status == 204);
  CHECK(alive(*here));
  CHECK_FALSE(alive(*there));
  const auto again = change_password(*office.context, call, desk.throttle, "192.0.2.1", Office::password, wanted);
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK_FALSE(desk.sign_in(office, second));
  CHECK(desk.sign_in(office, second, wanted));
  Snapshot at = office.store->read();
  const auto events = list_events(at, {0, 100, {}, {"person.password_changed"}}, office.administrator().reader);
  REQUIRE(events.size() <= 1);  // PostgreSQL gives positions later
  Principal bearer = here->who;
  bearer.credential.kind = Credential::Kind::token;
  CHECK(change_password(*office.context, Call{bearer}, desk.throttle, "192.0.2.1", wanted, Office::password)
            .error()
            .reason == Reason::not_permitted);
}

TEST_CASE("guesses of the present password count as failed sign-ins") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  SignInDesk desk;
  const auto session = desk.sign_in(office, first);
  REQUIRE(session);
  const auto guess = [&](const char* present) {
    return change_password(*office.context, Call{session->who}, desk.throttle, "192.0.2.1", present, wanted);
  };
  for (int i = 0; i < desk.settings.failures_per_account; ++i) {
    const auto refused = guess("a guess that is wrong");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == Reason::invalid);
  }
  CHECK(guess(Office::password).error().reason == Reason::rate_limited);
  CHECK(desk.sign_in(office, first).error().reason == Reason::rate_limited);
  office.clock.advance(desk.settings.window);
  CHECK(guess(Office::password));
}

TEST_CASE("a change of the password counts when the present one is wrong, and looks at it only for a good new one") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  SignInDesk desk;
  const auto session = desk.sign_in(office, first);
  REQUIRE(session);
  struct Row {
    const char *present, *wanted, *pointer;
    unsigned computations;
    std::size_t counted;  // entries of the throttle: account and address
  };
  for (const Row& row :
       {Row{Office::password, "too short", "/password", 0, 0}, Row{"not it at all", "too short", "/password", 0, 0},
        Row{Office::password, "i am Jonas Brandt", "/password", 0, 0},
        Row{"not it at all", wanted, "/present", 1, 2}}) {
    INFO(row.present << ", " << row.wanted);
    const std::uint64_t before = password_load().all;
    const auto refused =
        change_password(*office.context, Call{session->who}, desk.throttle, "192.0.2.1", row.present, row.wanted);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().invalid.at(0).pointer == row.pointer);
    CHECK(password_load().all - before == row.computations);
    CHECK(desk.throttle.entries() == row.counted);
  }
}

TEST_CASE("no reader is held while passwords are computed, and they are computed once") {
  ASSAY_EACH_ENGINE(engine);
  struct Row {
    const char* what;
    unsigned computations;
    std::function<bool(Context&, Office&, const std::string&)> act;
  };
  SignInDesk desk;
  for (const Row& row : {Row{"change", 2,
                             [&](Context& context, Office& office, const std::string&) {
                               const Principal who = office.principal(second);
                               return change_password(context, Call{who}, desk.throttle, "192.0.2.1", Office::password,
                                                      wanted)
                                   .has_value();
                             }},
                         Row{"link", 1, [](Context& context, Office&, const std::string& link) {
                               return accept_invitation(context, link, wanted).has_value();
                             }}}) {
    INFO(row.what);
    Office office(engine);
    office.join(second);
    const auto link = renew_invitation_at_machine(*office.context, second);
    REQUIRE(link);
    office.close();
    office.database.settings.readers = 1;
    office.open();
    // The clock is asked in the snapshot of a plan: what moves then makes its commit stale.
    int moves = 2;
    Context moving{*office.store, *office.files, office.keys, shipped_workflows(), [&] {
                     if (moves-- > 0) {
                       REQUIRE(office.store->write([&](Connection& to) {
                         to.run("UPDATE person SET version = version + 1 WHERE email = :email", with("email", second));
                       }));
                     }
                     return office.clock.now();
                   }};
    std::vector<std::unique_ptr<PasswordTurn>> all;
    const PasswordLoad before = password_load();
    for (unsigned i = 0; i < before.limit; ++i) all.push_back(std::make_unique<PasswordTurn>());
    auto done = std::async(std::launch::async, [&] { return row.act(moving, office, link->token); });
    while (password_load().waiting == 0) std::this_thread::yield();
    auto read = std::async(std::launch::async, [&] { return find_person_by_email_in(office, second); });
    const bool free = read.wait_for(2s) == std::future_status::ready;
    CHECK(free);
    all.clear();
    CHECK(done.get());
    read.wait();
    CHECK(moves <= 0);
    CHECK(password_load().all - before.all == before.limit + row.computations);
  }
}

TEST_CASE("an address that is too long to be anybody's is refused before it is counted or computed for") {
  Office office;
  SignInDesk desk;
  const std::uint64_t before = password_load().all;
  for (const std::size_t length : {std::size_t{255}, std::size_t{1} << 20}) {
    const auto refused = desk.sign_in(office, std::string(length, 'a'));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == Reason::invalid);
    CHECK(refused.error().invalid.at(0).pointer == "/email");
  }
  CHECK(password_load().all == before);
  CHECK(desk.throttle.entries() == 0);
  CHECK(desk.sign_in(office, std::string(254, 'a')).error().reason == Reason::unauthenticated);
  CHECK(desk.throttle.entries() == 2);
}

TEST_CASE("a session that begins ends the browser's earlier one in the same write, or neither happens") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  SignInDesk desk;
  const PersonRow maria = office.join(second).person;
  const auto alive = [&](const SignedIn& session) {
    return principal_of_session(*office.context, desk.settings, session.session).has_value();
  };
  const auto others = desk.sign_in(office, first);
  REQUIRE(others);
  const auto refused = begin_session(*office.context, desk.settings, maria, "another hash", others->session);
  CHECK(refused.error().reason == Reason::unauthenticated);
  CHECK(alive(*others));
  const auto begun = desk.sign_in(office, second, Office::password, others->session);
  REQUIRE(begun);
  CHECK(alive(*begun));
  CHECK_FALSE(alive(*others));
}

TEST_CASE("a new hash of the old password never replaces a new password") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  const PersonRow person = office.person(first);
  const std::string salt = "0123456789abcdef", old = hash_password(Office::password, salt, {64, 1, 1});
  const auto put = [&](const std::string& encoded) {
    REQUIRE(
        office.store->write([&](Connection& to) { put_password_hash(to, person.id, encoded, office.clock.now()); }));
  };
  const auto stored = [&] {
    Snapshot at = office.store->read();
    return password_hash(at, person.id).value();
  };
  put(old);
  SignInDesk desk;
  REQUIRE(desk.sign_in(office, first));
  CHECK(stored() != old);
  CHECK_FALSE(needs_rehash(stored()));
  CHECK(password_matches(Office::password, stored()));

  const std::string changed = hash_password(wanted, salt, {64, 1, 1});
  put(changed);
  bool replaced = true;
  REQUIRE(office.store->write([&](Connection& to) {
    replaced = replace_password_hash(to, person.id, old, hash_password(Office::password, salt));
  }));
  CHECK_FALSE(replaced);
  CHECK(stored() == changed);
}

TEST_CASE("no session rests on a password that is not there any more") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  const Principal maria = office.join(second);
  const auto hash = [&] {
    Snapshot at = office.store->read();
    return password_hash(at, maria.person.id).value();
  };
  const std::string before = hash();
  REQUIRE(begin_session(*office.context, {}, maria.person, before));
  SignInThrottle throttle{SignInSettings{}};
  REQUIRE(change_password(*office.context, Call{maria}, throttle, "192.0.2.1", Office::password, wanted));
  CHECK(begin_session(*office.context, {}, maria.person, before).error().reason == Reason::unauthenticated);
  REQUIRE(begin_session(*office.context, {}, maria.person, hash()));
  const Principal boss = office.administrator();
  REQUIRE(remove_person(*office.context, Call{boss, office.person(second).version}, maria.person.uuid));
  CHECK(begin_session(*office.context, {}, maria.person, hash()).error().reason == Reason::unauthenticated);
  Snapshot at = office.store->read();
  CHECK(at.connection().value<std::int64_t>("SELECT COUNT(*) FROM session WHERE person = :person",
                                            with("person", maria.person.id)) == 0);
}

TEST_CASE("a session or token stands as long as it would sign in, and asking does not prolong it") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  SignInDesk desk;
  const auto stands = [&](const Principal& who) {
    Snapshot at = office.store->read();
    return still_signed_in(*office.context, desk.settings, at, who).has_value();
  };
  const Principal maria = office.join(second);
  const auto made = make_personal_token(*office.context, Call{maria}, {"short", {"read"}, office.clock.now() + 2h});
  const auto kept = make_personal_token(*office.context, Call{maria}, {"long", {"read"}, office.clock.now() + 24h});
  REQUIRE((made && kept));
  const Principal by_short = *principal_of_token(*office.context, made->token);
  const Principal by_long = *principal_of_token(*office.context, kept->token);
  const auto session = desk.sign_in(office, second);
  REQUIRE(session);
  CHECK((stands(by_short) && stands(by_long) && stands(session->who)));
  office.clock.advance(59min);
  CHECK(stands(session->who));
  office.clock.advance(2min);
  CHECK_FALSE(stands(session->who));
  office.clock.advance(1h);
  CHECK_FALSE(stands(by_short));
  CHECK(stands(by_long));
  REQUIRE(revoke_token(*office.context, Call{maria, 1}, kept->performed.uuid));
  CHECK_FALSE(stands(by_long));
  const auto other = desk.sign_in(office, second);
  REQUIRE(other);
  REQUIRE(sign_out(*office.context, other->session));
  CHECK_FALSE(stands(other->who));
  const auto last = desk.sign_in(office, second);
  REQUIRE(last);
  const Principal boss = office.administrator();
  REQUIRE(remove_person(*office.context, Call{boss, office.person(second).version}, maria.person.uuid));
  CHECK_FALSE(stands(last->who));
}

TEST_CASE("a password is measured in characters, and what is wrong with it is told in both languages") {
  PersonRow person{};
  person.name = "Sina Sprache";
  person.email = "sina@elbwerk.example";
  struct Row {
    std::string password;
    const char* english;  // "" for an acceptable one
    const char* german;
  };
  const char *short_en = "must have at least 12 characters", *short_de = "muss mindestens 12 Zeichen haben",
             *own_en = "must not contain your name or e-mail address",
             *own_de = "darf weder Ihren Namen noch Ihre E-Mail-Adresse enthalten";
  const auto times = [](int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  for (const Row& row :
       {Row{"", short_en, short_de}, Row{"elevenchars", short_en, short_de}, Row{"twelve chars", "", ""},
        Row{times(11, "\u00e4"), short_en, short_de}, Row{times(12, "\u00e4"), "", ""},
        Row{times(11, "\U0001F511"), short_en, short_de}, Row{times(12, "\U0001F511"), "", ""},
        Row{std::string(1024, 'x'), "", ""},
        Row{std::string(1025, 'x'), "must have at most 1024 bytes", "darf h\u00f6chstens 1024 Bytes haben"},
        Row{"i am SINA sprache", own_en, own_de}, Row{"Sina@Elbwerk.Example1", own_en, own_de}}) {
    INFO(row.password);
    for (const char* language : {"en", "de", "fr"}) {
      INFO(language);
      const bool german = std::string_view(language) == "de";
      const auto fine = acceptable_password(row.password, person, language);
      REQUIRE(fine.has_value() == (*row.english == '\0'));
      if (fine) continue;
      CHECK(fine.error().detail == (german ? "eine Angabe ist nicht g\u00fcltig" : "a field is not valid"));
      CHECK(fine.error().invalid.at(0).pointer == "/password");
      CHECK(fine.error().invalid.at(0).detail == (german ? row.german : row.english));
    }
  }
}

}  // namespace
}  // namespace assay::test::people_test

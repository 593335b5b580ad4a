// The reader of shared objects: what it finds, and that no file can lead it astray.
#include "plugins/check/elf.h"

#include <elf.h>

#include <cstring>

#include "plugins/check/inputs.h"
#include "plugins/fixture.h"

namespace assay::test::elf_test {
namespace {

std::string sound_bytes() { return read_file(test_packages / "careful/careful.so"); }

template <class T>
T part_at(const std::string& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

TEST_CASE("a plugin's library says what it needs and gives") {
  const auto read = read_elf(sound_bytes());
  REQUIRE(std::holds_alternative<ElfFacts>(read));
  const auto& facts = std::get<ElfFacts>(read);
  CHECK(facts.exported == std::vector<std::string>{"assay_plugin_v1"});
  CHECK(facts.unique.empty());
  CHECK_THAT(facts.imported, Catch::Matchers::Contains(std::string("snprintf")));
  CHECK_THAT(facts.needed, Catch::Matchers::Contains(std::string("libc.so.6")));
  CHECK_FALSE(facts.versions.empty());
  CHECK_FALSE(facts.executable_stack);
  CHECK_FALSE(facts.text_relocations);
}

TEST_CASE("relocations in code are seen") {
  std::string bytes = sound_bytes();
  const auto head = part_at<Elf64_Ehdr>(bytes, 0);
  for (std::size_t i = 0; i < head.e_phnum; ++i) {
    const auto segment = part_at<Elf64_Phdr>(bytes, head.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type != PT_DYNAMIC) continue;
    Elf64_Dyn entry{};
    for (std::size_t at = segment.p_offset; (entry = part_at<Elf64_Dyn>(bytes, at)).d_tag != DT_NULL;
         at += sizeof entry) {
      if (entry.d_tag != DT_FLAGS) continue;
      entry.d_un.d_val |= DF_TEXTREL;
      std::memcpy(bytes.data() + at, &entry, sizeof entry);
    }
  }
  const auto read = read_elf(bytes);
  REQUIRE(std::holds_alternative<ElfFacts>(read));
  CHECK(std::get<ElfFacts>(read).text_relocations);
}

TEST_CASE("what is no library is said to be none") {
  CHECK(std::get<std::string>(read_elf("")).find("cut off") != std::string::npos);
  CHECK(std::get<std::string>(read_elf(std::string(100, 'x'))) == "it is no ELF file");
  std::string other = sound_bytes();
  other[EI_CLASS] = ELFCLASS32;
  CHECK(std::get<std::string>(read_elf(other)).find("64-bit") != std::string::npos);
  other = sound_bytes();
  other[offsetof(Elf64_Ehdr, e_machine)] = 3;
  CHECK(std::get<std::string>(read_elf(other)) == "it is for another processor");
}

TEST_CASE("no library leads its reader astray, however it was changed or cut off") {
  const std::string sound = sound_bytes();
  for (std::size_t length = 0; length < sound.size(); length += 97) read_elf(std::string_view(sound).substr(0, length));
  Chance chance(20260101);
  int readable = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = sound;
    // Most of what leads elsewhere stands at the beginning.
    for (std::uint64_t changes = 1 + chance.below(6); changes > 0; --changes)
      bytes[chance.below(chance.below(2) == 0 ? 1024 : bytes.size())] = static_cast<char>(chance.below(256));
    readable += std::holds_alternative<ElfFacts>(read_elf(bytes)) ? 1 : 0;
  }
  CHECK(readable > 0);
  CHECK(readable < 3000);
}

TEST_CASE("versions are compared by their numbers") {
  CHECK(not_newer("GLIBC_2.36", "2.36"));
  CHECK(not_newer("GLIBC_2.4", "2.36"));
  CHECK(not_newer("GLIBC_2.2.5", "2.36"));
  CHECK_FALSE(not_newer("GLIBC_2.38", "2.36"));
  CHECK_FALSE(not_newer("GLIBC_2.36.1", "2.36"));
  CHECK_FALSE(not_newer("GLIBCXX_3.4.31", "3.4.30"));
}

}  // namespace
}  // namespace assay::test::elf_test

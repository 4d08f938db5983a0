#include <regvault/vault_file/merge_units.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/vault_file/line_merge.hpp>

namespace regvault::vault_file {
namespace {

/// A line, or as many as a vault takes.
struct Unit {
  std::string_view bytes;
  std::string key;  ///< what is compared: the bytes, with a number for each vault; empty: as the bytes
  std::vector<std::string> payloads;
};

std::vector<Unit> units_of(std::string_view bytes, const std::vector<VaultSpan>& spans, KnownSecrets& secrets) {
  std::vector<Unit> units;
  std::size_t next = 0;
  for (std::size_t begin = 0, end = 0; begin < bytes.size(); begin = end) {
    Unit unit;
    std::size_t copied = begin;
    auto line_end_from = [&](std::size_t at) { return std::min(bytes.find('\n', at), bytes.size() - 1) + 1; };
    end = line_end_from(begin);
    for (; next < spans.size() && spans[next].begin < end; ++next) {
      const VaultSpan& span = spans[next];
      unit.key.append(bytes.substr(copied, span.begin - copied)).append(span.before);
      unit.key.append("\1" + std::to_string(secrets.number_of(span.payload)) + "\1" + span.after);
      unit.payloads.push_back(span.payload);
      copied = span.end;
      bool ends_a_line = span.end > begin && bytes[span.end - 1] == '\n';
      end = std::max(end, ends_a_line ? span.end : line_end_from(span.end));
    }
    if (!unit.payloads.empty()) unit.key.append(bytes.substr(copied, end - copied));
    unit.bytes = bytes.substr(begin, end - begin);
    units.push_back(std::move(unit));
  }
  return units;
}

/// Numbers for units, and for each number the units it stands for in every version, in their order.
struct Numbering {
  std::map<std::string_view, std::size_t> numbers;
  std::vector<std::array<std::vector<const Unit*>, Side::count>> units;
  std::array<std::vector<std::size_t>, Side::count> lines;

  void add(std::size_t version, const std::vector<Unit>& added) {
    for (const Unit& unit : added) {
      std::string_view key = unit.key.empty() ? unit.bytes : std::string_view(unit.key);
      auto [at, is_new] = numbers.try_emplace(key, units.size());
      if (is_new) units.emplace_back();
      units[at->second][version].push_back(&unit);
      lines[version].push_back(at->second);
    }
  }
};

/// Puts lines together again. Of units that say the same, each version may have other ciphertext.
class Assembly {
 public:
  explicit Assembly(const Numbering& numbering) : numbering_(numbering) {}

  void append(SecretBytes& text, const MergedLine& line) {
    using Kind = MergedLine::Kind;
    if (!text.empty() && text.view().back() != '\n') text.append("\n");
    switch (line.kind) {
      case Kind::marker_ours:
        return text.append("<<<<<<< ours\n");
      case Kind::marker_middle:
        return text.append("=======\n");
      case Kind::marker_theirs:
        return text.append(">>>>>>> theirs\n");
      case Kind::ours:
        return text.append(one_of(line.number, Side::ours).bytes);
      case Kind::theirs:
        return text.append(one_of(line.number, Side::theirs).bytes);
      case Kind::both:
        return text.append(chosen(line.number).bytes);
    }
  }

 private:
  /// nullptr: this version has no more of them.
  const Unit* next(std::size_t number, std::size_t version) {
    const std::vector<const Unit*>& units = numbering_.units[number][version];
    std::size_t& used = used_[number][version];
    return used < units.size() ? units[used++] : nullptr;
  }

  const Unit& one_of(std::size_t number, std::size_t version) {
    const Unit* unit = next(number, version);
    return unit ? *unit : *numbering_.units[number][version].back();
  }

  const Unit& chosen(std::size_t number) {
    const Unit *before = next(number, Side::base), *our = next(number, Side::ours), *their = next(number, Side::theirs);
    if (!our) our = their;
    if (!their) their = our;
    if (!our) return *any_of(number);
    if (!before || our->payloads == their->payloads) return *our;
    return our->payloads == before->payloads ? *their : *our;
  }

  const Unit* any_of(std::size_t number) const {
    const auto& versions = numbering_.units[number];
    for (std::size_t version : {Side::ours, Side::theirs}) {
      if (!versions[version].empty()) return versions[version].back();
    }
    return versions[Side::base].back();
  }

  const Numbering& numbering_;
  std::map<std::size_t, std::array<std::size_t, Side::count>> used_;
};

}  // namespace

MergedText merge_units(const MergeTexts& texts, KnownSecrets& secrets, Conflicts form, const Environment& environment) {
  std::array<std::vector<Unit>, Side::count> units;
  Numbering numbering;
  for (std::size_t version : kSides) {
    units[version] = units_of(texts[version].bytes.view(), texts[version].vaults.spans, secrets);
    numbering.add(version, units[version]);
  }
  MergedText merged;
  Assembly assembly(numbering);
  for (const MergedLine& line : merge_lines(numbering.lines, environment)) {
    merged.lines_conflict = merged.lines_conflict || line.kind == MergedLine::Kind::marker_ours;
    bool is_left_out = line.kind != MergedLine::Kind::both && line.kind != MergedLine::Kind::ours;
    if (form == Conflicts::marked || !is_left_out) assembly.append(merged.text, line);
  }
  return merged;
}

}  // namespace regvault::vault_file

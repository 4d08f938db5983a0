#include <regvault/vault_file/merge.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>

#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/line_merge.hpp>
#include <regvault/vault_file/secrets.hpp>
#include <regvault/vault_file/try_open.hpp>
#include <regvault/vault_file/vault_spans.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {
namespace {

using Opened = keys::Keyring::Opened;

enum Version : std::size_t { base, ours, theirs, kVersions };

constexpr std::string_view kBothChanged = " was changed on both sides: ours stays";
constexpr std::string_view kNeighbourChanged = " was changed by them, beside a change of ours: ours stays";

/// All secrets that were met: which are the same, and who opened them.
class Secrets {
 public:
  Secrets(std::string name, keys::Keyring& keyring) : name_(std::move(name)), keyring_(keyring) {}

  /// The same number for the same text; for the same ciphertext where no key opens it.
  std::size_t number_of(const std::string& payload) { return known_[index_of(payload)].number; }

  /// Whether `now` is under another vault id or password than `before`.
  bool was_rekeyed(const std::string& before, const std::string& now) {
    const auto& a = known_[index_of(before)].opened;
    const auto& b = known_[index_of(now)].opened;
    return a && b && (a->key != b->key || a->header_label != b->header_label);
  }

 private:
  struct Known {
    std::size_t number;
    std::optional<Opened> opened;
  };

  std::size_t index_of(const std::string& payload) {
    auto [at, is_new] = by_payload_.try_emplace(payload, known_.size());
    if (!is_new) return at->second;
    std::optional<Opened> opened = try_open(payload, name_, keyring_);
    std::size_t number = known_.size();
    for (const Known& other : known_) {
      if (opened && other.opened && other.opened->plaintext.view() == opened->plaintext.view()) number = other.number;
    }
    known_.push_back({number, std::move(opened)});
    return at->second;
  }

  std::string name_;
  keys::Keyring& keyring_;
  std::map<std::string, std::size_t> by_payload_;
  std::deque<Known> known_;
};

/// A line, or as many as a vault takes.
struct Unit {
  std::string_view bytes;
  std::string key;  ///< what is compared: the bytes, with a number for each vault; empty: as the bytes
  std::vector<std::string> payloads;
};

std::vector<Unit> units_of(std::string_view bytes, const std::vector<VaultSpan>& spans, Secrets& secrets) {
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
  std::vector<std::array<std::vector<const Unit*>, kVersions>> units;
  std::array<std::vector<std::size_t>, kVersions> lines;

  void add(Version version, const std::vector<Unit>& added) {
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
        return text.append(one_of(line.number, ours).bytes);
      case Kind::theirs:
        return text.append(one_of(line.number, theirs).bytes);
      case Kind::both:
        return text.append(chosen(line.number).bytes);
    }
  }

 private:
  /// nullptr: this version has no more of them.
  const Unit* next(std::size_t number, Version version) {
    const std::vector<const Unit*>& units = numbering_.units[number][version];
    std::size_t& used = used_[number][version];
    return used < units.size() ? units[used++] : nullptr;
  }

  const Unit& one_of(std::size_t number, Version version) {
    const Unit* unit = next(number, version);
    return unit ? *unit : *numbering_.units[number][version].back();
  }

  const Unit& chosen(std::size_t number) {
    const Unit *before = next(number, base), *our = next(number, ours), *their = next(number, theirs);
    if (!our) our = their;
    if (!their) their = our;
    if (!our) return *any_of(number);
    if (!before || our->payloads == their->payloads) return *our;
    return our->payloads == before->payloads ? *their : *our;
  }

  const Unit* any_of(std::size_t number) const {
    const auto& versions = numbering_.units[number];
    for (Version version : {ours, theirs}) {
      if (!versions[version].empty()) return versions[version].back();
    }
    return versions[base].back();
  }

  const Numbering& numbering_;
  std::map<std::size_t, std::array<std::size_t, kVersions>> used_;
};

/// One version of the text. SecretBytes: it may be what a vault holds.
struct Text {
  SecretBytes bytes;
  VaultSpans vaults;

  Text(std::string_view text, const std::string& name)
      : bytes(SecretBytes::copy_of(text)), vaults(vault_spans(text, name)) {}

  const VaultSpan* at_key_of(const VaultSpan& wanted) const {
    auto is_it = [&](const VaultSpan& span) { return span.document == wanted.document && span.key == wanted.key; };
    auto found = std::ranges::find_if(vaults.spans, is_it);
    return found == vaults.spans.end() ? nullptr : &*found;
  }
};

using Texts = std::array<Text, kVersions>;

/// The payload for a key that both sides have: from the side that changed its text, else its password.
const std::string& resolved(const VaultSpan* before, const VaultSpan& our, const VaultSpan& their, Secrets& secrets,
                            std::vector<std::string>& conflicts) {
  std::size_t our_text = secrets.number_of(our.payload), their_text = secrets.number_of(their.payload);
  if (our_text == their_text) {
    if (!before) return our.payload;
    bool rekeyed =
        !secrets.was_rekeyed(before->payload, our.payload) && secrets.was_rekeyed(before->payload, their.payload);
    return our.payload == before->payload || rekeyed ? their.payload : our.payload;
  }
  std::optional<std::size_t> text;
  if (before) text = secrets.number_of(before->payload);
  if (text == our_text) return their.payload;
  if (text != their_text) conflicts.push_back(yaml::to_string(our.key) + std::string(kBothChanged));
  return our.payload;
}

/// Merges the secrets that both sides have at the same key, and puts them into all versions: what is left for the
/// merge of lines is what stands around them, so that changes side by side are no conflict.
void merge_secrets(Texts& texts, const std::string& name, Secrets& secrets, std::vector<std::string>& conflicts) {
  if (!std::ranges::all_of(texts, [](const Text& text) { return text.vaults.is_yaml; })) return;
  std::array<std::vector<std::optional<std::string>>, kVersions> payloads;
  for (Version version : {base, ours, theirs}) payloads[version].resize(texts[version].vaults.spans.size());
  auto put = [&](Version version, const VaultSpan* span, const std::string& payload) {
    if (!span || span->payload == payload) return;
    payloads[version][static_cast<std::size_t>(span - texts[version].vaults.spans.data())] = payload;
  };
  for (const VaultSpan& our : texts[ours].vaults.spans) {
    const VaultSpan *before = texts[base].at_key_of(our), *their = texts[theirs].at_key_of(our);
    if (!their) continue;
    const std::string& payload = resolved(before, our, *their, secrets, conflicts);
    put(base, before, payload);
    put(ours, &our, payload);
    put(theirs, their, payload);
  }
  for (Version version : {base, ours, theirs}) {
    bool is_changed = std::ranges::any_of(payloads[version], [](const auto& payload) { return payload.has_value(); });
    if (!is_changed) continue;
    SecretFile file = SecretFile::parse(std::string(texts[version].bytes.view()), name);
    texts[version] = Text(file.with(payloads[version]), name);
  }
}

enum class Conflicts { marked, ours };  // what becomes of lines in conflict

struct MergedText {
  SecretBytes text;
  bool has_conflicts = false;
};

MergedText merged_lines(const Texts& texts, Secrets& secrets, Conflicts form, const Environment& environment) {
  std::array<std::vector<Unit>, kVersions> units;
  Numbering numbering;
  for (Version version : {base, ours, theirs}) {
    units[version] = units_of(texts[version].bytes.view(), texts[version].vaults.spans, secrets);
    numbering.add(version, units[version]);
  }
  MergedText merged;
  Assembly assembly(numbering);
  for (const MergedLine& line : merge_lines(numbering.lines, environment)) {
    merged.has_conflicts = merged.has_conflicts || line.kind == MergedLine::Kind::marker_ours;
    bool is_left_out = line.kind != MergedLine::Kind::both && line.kind != MergedLine::Kind::ours;
    if (form == Conflicts::marked || !is_left_out) assembly.append(merged.text, line);
  }
  return merged;
}

/// Why the text is no YAML, or a vault's key is there twice; nullopt: all is well.
std::optional<Error> reason_it_is_broken(std::string_view text, const std::string& name) {
  try {
    yaml::Document document = yaml::Document::parse(std::string(text), name, 0);
    for (const yaml::Place& place : document.vaults()) document.find(place.path);
    return std::nullopt;
  } catch (const Error& error) {
    if (error.code != ErrorCode::malformed) return std::nullopt;  // an alias on the way, say
    return error;
  }
}

MergedText merge_text(const Versions& versions, const std::string& name, Secrets& secrets, Conflicts form,
                      const Environment& environment, std::vector<std::string>& conflicts) {
  Texts texts{Text(versions.base, name), Text(versions.ours, name), Text(versions.theirs, name)};
  merge_secrets(texts, name, secrets, conflicts);
  MergedText merged = merged_lines(texts, secrets, form, environment);
  bool is_marked = merged.has_conflicts && form == Conflicts::marked;
  bool is_other = form == Conflicts::marked && !may_hold_secrets(merged.text.view());  // any text
  if (is_marked || is_other || reason_it_is_broken(versions.ours, name)) return merged;
  if (std::optional<Error> broken = reason_it_is_broken(merged.text.view(), name)) {
    conflicts.push_back("the changes of both sides together are no valid YAML: " + broken->message);
    if (form == Conflicts::ours) merged.text = SecretBytes::copy_of(versions.ours);
  }
  return merged;
}

/// What they changed and the merged text has not, in texts that are not to be shown.
std::vector<std::string> untaken_changes(const Versions& versions, std::string_view merged, const std::string& name) {
  std::vector<std::string> changes;
  try {
    auto parse = [&](std::string_view text) { return yaml::Document::parse(std::string(text), name, 0); };
    yaml::Document before = parse(versions.base), our = parse(versions.ours), now = parse(merged);
    for (const yaml::Place& place : parse(versions.theirs).scalars()) {
      auto is_theirs = [&](const yaml::Document& document) {
        std::optional<yaml::Value> value = document.find(place.path);
        return value && value->text == place.value.text;
      };
      if (is_theirs(now) || is_theirs(before) || place.value.is_vault) continue;  // vaults are looked at one by one
      std::optional<yaml::Value> at_ours = our.find(place.path), at_base = before.find(place.path);
      bool ours_is_as_it_was =
          at_base.has_value() == at_ours.has_value() && (!at_ours || at_ours->text == at_base->text);
      changes.push_back(yaml::to_string(place.path) +
                        std::string(ours_is_as_it_was ? kNeighbourChanged : kBothChanged));
    }
  } catch (const Error&) {
    changes.clear();
  }
  return changes;
}

class WholeFiles {
 public:
  WholeFiles(const Versions& versions, const std::string& name, keys::Keyring& keyring)
      : versions_(versions), name_(name), keyring_(keyring) {
    before_ = try_open(std::string(versions.base), name, keyring);
    our_ = try_open(std::string(versions.ours), name, keyring);
    their_ = try_open(std::string(versions.theirs), name, keyring);
  }

  Merge merged(const Environment& environment) {
    if (versions_.ours == versions_.theirs || versions_.base == versions_.theirs) return ours_stays();
    if (versions_.base == versions_.ours) return {std::string(versions_.theirs), {}};
    if (our_ && their_ && view(our_) == view(their_)) return {sealed_text(view(our_)), {}};
    if (before_ && our_ && their_) return merged_texts(environment);
    return ours_stays("this vault" + std::string(kBothChanged) +
                      (our_ && their_ ? "" : " (no vault secret at hand opens all versions)"));
  }

 private:
  static std::string_view view(const std::optional<Opened>& opened) { return opened->plaintext.view(); }

  Merge ours_stays(std::optional<std::string> conflict = std::nullopt) const {
    Merge merge{.bytes = std::string(versions_.ours), .conflicts = {}};
    if (conflict) merge.conflicts.push_back(*conflict);
    return merge;
  }

  Merge merged_texts(const Environment& environment) {
    Versions texts{view(before_), view(our_), view(their_)};
    Secrets secrets(name_, keyring_);
    Merge merge;
    MergedText merged = merge_text(texts, name_, secrets, Conflicts::ours, environment, merge.conflicts);
    if (merged.has_conflicts) {
      std::vector<std::string> changes = untaken_changes(texts, merged.text.view(), name_);
      if (changes.empty()) changes.emplace_back("lines of this vault conflict: ours stay");
      merge.conflicts.insert(merge.conflicts.end(), changes.begin(), changes.end());
    }
    merge.bytes = sealed_text(merged.text.view());
    return merge;
  }

  bool has_changed_key(const std::optional<Opened>& opened) const {
    return before_ && (opened->key != before_->key || opened->header_label != before_->header_label);
  }

  /// Under our key, unless only they have changed it. What a version holds already is not sealed anew.
  std::string sealed_text(std::string_view text) {
    bool as_theirs = has_changed_key(their_) && !has_changed_key(our_);
    bool as_ours_was = before_ && view(our_) == view(before_) && !has_changed_key(our_);
    const Opened& like = as_theirs ? *their_ : *our_;
    if (text == like.plaintext.view()) return std::string(as_theirs ? versions_.theirs : versions_.ours);
    if (text == view(their_) && as_ours_was) return std::string(versions_.theirs);
    return vault::seal(text, like.key->password.view(), keyring_.sealing(like.header_label));
  }

  const Versions& versions_;
  const std::string& name_;
  keys::Keyring& keyring_;
  std::optional<Opened> before_, our_, their_;
};

}  // namespace

Merge merge_versions(const Versions& versions, const std::string& name, keys::Keyring& keyring,
                     const Environment& environment) {
  bool our = vault::is_encrypted(versions.ours), their = vault::is_encrypted(versions.theirs);
  if (our && their) return WholeFiles(versions, name, keyring).merged(environment);
  if (our != their) {
    return {std::string(versions.ours), {"one side is a vault as a whole, the other is not: ours stays"}};
  }
  Secrets secrets(name, keyring);
  Merge merge;
  MergedText merged = merge_text(versions, name, secrets, Conflicts::marked, environment, merge.conflicts);
  if (merged.has_conflicts) merge.conflicts.emplace_back("lines conflict: they are marked");
  merge.bytes = merged.text.view();
  return merge;
}

}  // namespace regvault::vault_file

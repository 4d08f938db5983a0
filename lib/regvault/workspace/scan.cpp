#include <regvault/workspace/scan.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>

#include <regvault/base/text.hpp>
#include <regvault/config/rules_file.hpp>
#include <regvault/system/file.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/secrets.hpp>
#include <regvault/workspace/broken_vault.hpp>
#include <regvault/workspace/token_search.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::workspace {
namespace {

using Kind = Finding::Kind;

constexpr std::string_view kPayload = "$ANSIBLE_VAULT;";
constexpr std::string_view kJsonVault = "__ansible_vault";  // the key of a vault in JSON, which needs no tag

Kind kind_of(TokenHit::Form form) {
  constexpr std::array kKinds{Kind::token, Kind::encoded_token, Kind::registry_login};
  return kKinds.at(static_cast<std::size_t>(form));
}

bool has_yaml_name(const std::string& path) {
  std::string extension = lowercase(std::filesystem::path(path).extension().string());
  return extension == ".yml" || extension == ".yaml";
}

bool is_yaml(const std::string& path, std::string_view bytes) {
  if (has_yaml_name(path)) return true;
  return !std::filesystem::path(path).has_extension() && bytes.find(kPayload) != bytes.npos;
}

/// vault, vault.yml, prod-vault.yaml, keys.vault
bool says_vault(const std::string& path) {
  std::filesystem::path file(lowercase(path));
  if (file.filename() == "vault" || file.extension() == ".vault") return true;
  bool is_no_data = path.find(".github/") != path.npos || file.filename() == config::kRulesFile;
  return has_yaml_name(path) && !is_no_data && file.stem().string().find("vault") != std::string::npos;
}

/// One file.
class FileScan {
 public:
  /// What is found is added to `findings` at once: it counts even if something fails afterwards.
  FileScan(const FoundFile& file, const ScanRequest& request, std::vector<Finding>& findings)
      : findings_(findings), file_(file), request_(request) {}

  void run(const SkipSink& skipped);

 private:
  void add(Kind kind, std::size_t line, std::string text) {
    findings_.push_back({kind, {.file = file_.path, .line = line}, inside_ + std::move(text)});
  }
  void look_for_tokens(std::string_view bytes);
  void look_at_whole_vault(const std::string& bytes);
  void look_into(const std::string& payload);
  void look_at_yaml(const std::string& bytes);
  void look_at_value(const yaml::Place& place, std::string_view bytes);
  void look_at_lines(std::string_view bytes);
  bool has_something_to_encrypt(const std::string& bytes) const;

  std::vector<Finding>& findings_;
  const FoundFile& file_;
  const ScanRequest& request_;
  std::string inside_;  // before each text, within a vault
};

void FileScan::look_for_tokens(std::string_view bytes) {
  std::size_t line = 1, counted = 0;
  for (TokenHit& hit : search_tokens(bytes)) {
    line += static_cast<std::size_t>(std::ranges::count(bytes.substr(counted, hit.begin - counted), '\n'));
    counted = hit.begin;
    add(kind_of(hit.form), line, std::move(hit.text));
  }
}

void FileScan::look_at_whole_vault(const std::string& bytes) {
  if (!vault::is_encrypted(bytes))
    return add(Kind::broken_vault, 1, "a byte that is not ASCII: Ansible takes this for no vault");
  try {
    vault::SealedPayload::parse(vault::reading(bytes), file_.path);
  } catch (const Error& error) {
    return add(Kind::broken_vault, std::max<std::size_t>(error.where.line, 1), error.message);
  }
  if (!request_.keys.empty()) look_into(bytes);
}

/// What no key opens, and what is no YAML, has nothing to look at.
void FileScan::look_into(const std::string& payload) {
  const std::vector<std::string_view> passwords = keys::passwords_of(request_.keys);
  std::size_t before = findings_.size();
  inside_ = "inside the vault: ";
  try {
    if (auto opened = vault::open(payload, passwords, file_.path)) look_at_yaml(std::string(opened->plaintext.view()));
  } catch (const Error&) {
    findings_.resize(before);
  }
  inside_.clear();
}

void FileScan::look_at_yaml(const std::string& bytes) {
  if (!vault_file::may_hold_secrets(bytes)) return;
  for (const yaml::Document& document : yaml::Document::parse_all(bytes, file_.path)) {
    for (const yaml::Place& place : document.scalars()) look_at_value(place, bytes);
  }
}

void FileScan::look_at_value(const yaml::Place& place, std::string_view bytes) {
  const yaml::Value& value = place.value;
  std::string key = yaml::to_string(place.path) + ": ";
  if (value.is_vault) {
    if (auto fault = fault_of(value, bytes, file_.path)) add(Kind::broken_vault, fault->line, key + fault->text);
  } else if (value.tag == yaml::kPlainTag) {
    add(Kind::plain_vault, value.line, key + "a secret in the clear, tagged !vault-plain");
  } else if (stripped(value.text).starts_with(kPayload)) {
    if (!place.path.empty() && place.path.back().key == kJsonVault) return;
    add(Kind::untagged_vault, value.line, key + "a vault without the tag !vault, which Ansible reads as text");
  }
}

/// YAML that does not parse.
void FileScan::look_at_lines(std::string_view bytes) {
  for (LineFault& fault : faults_of_lines(bytes)) {
    add(fault.is_plain_vault ? Kind::plain_vault : Kind::broken_vault, fault.line, std::move(fault.text));
  }
}

/// Of a file without a vault.
bool FileScan::has_something_to_encrypt(const std::string& bytes) const {
  if (!has_yaml_name(file_.path)) return !stripped(bytes).empty();
  try {
    for (const yaml::Document& document : yaml::Document::parse_all(bytes, file_.path)) {
      if (auto root = document.root(); root && root->kind() == yaml::Kind::sequence) continue;
      for (const yaml::Place& place : document.scalars()) {
        if (!place.value.text.empty() && place.value.text.find("{{") == std::string::npos) return true;
      }
    }
    return false;
  } catch (const Error&) {
    return true;
  }
}

void FileScan::run(const SkipSink& skipped) {
  std::string bytes = read_file(file_.path);
  look_for_tokens(bytes);
  bool mentions_vaults = vault_file::may_hold_secrets(bytes);
  if (bytes.starts_with(kPayload)) {
    look_at_whole_vault(bytes);
  } else if (stripped(std::string_view(bytes).substr(0, 64)).starts_with(kPayload) && !has_yaml_name(file_.path)) {
    add(Kind::broken_vault, 1, "blanks before $ANSIBLE_VAULT: Ansible takes this for no vault");
  } else if (mentions_vaults && is_yaml(file_.path, bytes)) {
    std::size_t before = findings_.size();
    try {
      look_at_yaml(bytes);
    } catch (const Error&) {
      findings_.resize(before);
      look_at_lines(bytes);
      if (findings_.size() == before) throw;
    }
  } else if (mentions_vaults && skipped) {
    skipped({file_.path, "looked through for tokens only: no YAML, though it mentions vaults"});
  }
  if (bytes.find(kPayload) == bytes.npos && says_vault(file_.path) && has_something_to_encrypt(bytes)) {
    add(Kind::not_encrypted, 1, "the name says vault, and nothing in it is encrypted");
  }
  std::ranges::stable_sort(findings_, {}, [](const Finding& finding) { return finding.where.line; });
}

void add_password_files(const ScanRequest& request, std::vector<Finding>& findings) {
  for (const PasswordFile& file : find_password_files(request.files, request.passwords)) {
    Where where{.file = file.path, .line = 1};
    if (file.is_tracked) findings.push_back({Kind::tracked_password_file, where, "a vault password that git tracks"});
    if (!file.others_can_read) continue;
    findings.push_back({Kind::open_password_file, where, "a vault password that every user of this machine can read"});
  }
}

}  // namespace

std::string_view name_of(Finding::Kind kind) {
  constexpr std::array<std::string_view, 9> kNames{"token",         "encoded token",         "registry login",
                                                   "plain vault",   "broken vault",          "untagged vault",
                                                   "not encrypted", "tracked password file", "open password file"};
  return kNames.at(static_cast<std::size_t>(kind));
}

ScanReport scan(const ScanRequest& request, const SkipSink& skipped, const Progress& progress) {
  const std::vector<FoundFile>& files = request.files;
  std::vector<std::vector<Finding>> found(files.size());
  std::vector<std::optional<Error>> failures =
      for_each_file(files.size(), skipped, progress,
                    [&](std::size_t i, const SkipSink& tell) { FileScan(files[i], request, found[i]).run(tell); });
  ScanReport report;
  for (std::vector<Finding>& some : found) std::ranges::move(some, std::back_inserter(report.findings));
  for (std::optional<Error>& failure : failures) {
    if (failure) report.failures.push_back(std::move(*failure));
  }
  add_password_files(request, report.findings);
  return report;
}

}  // namespace regvault::workspace

#include <regvault/workspace/password_files.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_config.hpp>
#include <regvault/keys/vault_id.hpp>
#include <regvault/system/input.hpp>

namespace regvault::workspace {
namespace {

namespace fs = std::filesystem;

/// What a file with "vaultpass" in its name may be instead: a program, a page, a template, something encrypted.
constexpr std::array kOtherExtensions{".yml", ".yaml", ".json", ".py",  ".sh",     ".rb",      ".pl",   ".go",
                                      ".c",   ".cpp",  ".h",    ".hpp", ".md",     ".rst",     ".adoc", ".html",
                                      ".j2",  ".gpg",  ".asc",  ".age", ".sample", ".example", ".dist", ".vault"};
constexpr std::array kNames{"vaultpass", "vaultpw", "vaultkey", "vaultsecret"};
constexpr std::array kNoPassword{"#!", "$ANSIBLE_VAULT", "-----BEGIN PGP"};

bool sounds_like_password_file(const fs::path& path) {
  std::string name = lowercase(path.filename().string());
  if (std::ranges::count(kOtherExtensions, fs::path(name).extension().string()) != 0) return false;
  std::erase_if(name, [](char c) { return c == '.' || c == '_' || c == '-'; });
  return std::ranges::any_of(kNames, [&](std::string_view start) {
    return name.starts_with(start) || name.starts_with("ansible" + std::string(start));
  });
}

bool holds_password(const std::string& path) {
  try {
    std::array<char, 64> head{};
    std::string_view begin(head.data(), Input::open(path).read_at(0, head.data(), head.size()));
    return !stripped(begin).empty() && begin.find('\0') == begin.npos &&
           std::ranges::none_of(kNoPassword, [&](std::string_view other) { return begin.starts_with(other); });
  } catch (const Error&) {
    return true;  // not for us to read
  }
}

bool others_may(const fs::path& path, mode_t mode) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & mode) != 0;
}

bool others_can_read(const fs::path& file) {
  if (!others_may(file, S_IROTH)) return false;
  for (fs::path folder = file.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    if (!others_may(folder, S_IXOTH)) return false;
  }
  return true;
}

class Search {
 public:
  explicit Search(const PasswordSearch& search) : search_(search) {
    std::error_code gone;
    if (search_.working_directory.empty()) search_.working_directory = fs::current_path(gone).string();
  }

  void look_at_configuration();
  void look_at(const std::vector<FoundFile>& files);
  std::vector<PasswordFile> result() const;

 private:
  void add(const fs::path& path);
  void add_source(const keys::VaultId& id, const std::string& folder);
  void add_configured(const Environment& environment, const std::string& folder);
  void look_beside(const fs::path& folder);
  fs::path absolute(const fs::path& path) const { return fs::path(search_.working_directory) / path; }

  PasswordSearch search_;
  std::map<std::string, std::string> shown_;  // by the real path
};

void Search::add(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::canonical(absolute(path), error);
  if (error || !fs::is_regular_file(real, error) || !holds_password(real.string())) return;
  std::string shown = path.string();
  std::string here = search_.working_directory + "/";
  shown_.try_emplace(real.string(), shown.starts_with(here) ? shown.substr(here.size()) : shown);
}

/// Scripts print a password; they are none.
void Search::add_source(const keys::VaultId& id, const std::string& folder) {
  try {
    keys::KeySource source = keys::find_key_source(
        id, "default", {.environment = search_.environment, .working_directory = folder, .ask_hidden = {}, .warn = {}});
    if (source.kind == keys::KeySource::Kind::file) add(source.path);
  } catch (const Error&) {
    return;
  }
}

void Search::add_configured(const Environment& environment, const std::string& folder) {
  try {
    config::AnsibleConfig config = config::load_ansible_config(environment, folder, [](std::string_view) {});
    if (config.vault_password_file) add_source({std::nullopt, *config.vault_password_file}, folder);
    for (const std::string& id : config.vault_identity_list) add_source(keys::parse_vault_id(id), folder);
  } catch (const Error&) {
    return;
  }
}

void Search::look_at_configuration() {
  for (const std::string& file : search_.request.password_files) {
    add_source({std::nullopt, file}, search_.working_directory);
  }
  try {
    for (const std::string& id : search_.request.vault_ids) {
      add_source(keys::parse_vault_id(id), search_.working_directory);
    }
  } catch (const Error&) {  // whoever uses the option says so
  }
  add_configured(search_.environment, search_.working_directory);
}

void Search::look_beside(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(absolute(folder), error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code unknown;
    fs::path name = entries->path().filename();
    if (sounds_like_password_file(name) && fs::is_regular_file(entries->symlink_status(unknown))) add(folder / name);
  }
}

void Search::look_at(const std::vector<FoundFile>& files) {
  std::set<fs::path> folders;
  for (const FoundFile& file : files) {
    fs::path path(file.path);
    if (!file.by_name) folders.insert(path.parent_path());
    if (file.by_name && sounds_like_password_file(path)) add(path);
    if (path.filename() != "ansible.cfg") continue;
    Environment only_this = [&](const std::string& name) -> std::optional<std::string> {
      if (name == "ANSIBLE_CONFIG") return absolute(path).string();
      return name == "HOME" ? search_.environment(name) : std::nullopt;
    };
    add_configured(only_this, absolute(path).parent_path().string());
  }
  for (const fs::path& folder : folders) look_beside(folder);
}

std::vector<PasswordFile> Search::result() const {
  std::vector<PasswordFile> files;
  for (const auto& [real, shown] : shown_) {
    files.push_back({shown, is_tracked(real, search_.environment), others_can_read(real)});
  }
  std::ranges::sort(files, {}, &PasswordFile::path);
  return files;
}

}  // namespace

std::vector<PasswordFile> find_password_files(const std::vector<FoundFile>& files, const PasswordSearch& search) {
  Search running(search);
  running.look_at(files);  // first, so that files are shown as they were given
  running.look_at_configuration();
  return running.result();
}

}  // namespace regvault::workspace
